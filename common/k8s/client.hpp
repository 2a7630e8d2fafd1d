// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/http/client.hpp"
#include "common/k8s/outcome.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

// The calls to the Kubernetes API that we need, and no more. One call is one attempt with one
// deadline: nothing here retries, except that a 401 makes the next call read the token again.

namespace ha::k8s {

// Where a kind lives in the API: resource{"coordination.k8s.io", "v1", "leases", "Lease"}.
struct resource {
    std::string group;  // empty for the core group
    std::string version;
    std::string plural;
    std::string kind;
    bool namespaced = true;
    bool operator==(const resource&) const = default;
};

struct object_name {
    resource kind;
    std::string space{};  // namespace; empty for cluster-scoped kinds
    std::string name{};
    std::string subresource{};  // "status", or empty
    bool operator==(const object_name&) const = default;
};

struct selection {
    resource kind;
    std::string space{};
    std::string name{};  // not empty: this object alone (fieldSelector metadata.name)
    std::string label_selector{};
    std::string resource_version{};  // "" = quorum read, "0" = from the server's cache
    std::size_t page_size = 0;       // 0 = everything at once
    // Watches: when the server is to end it by itself, rounded up to seconds; zero = its own
    // choice.
    duration watch_time{};
    // Watches: called once when the server has begun to answer, which may be long before an event.
    std::function<void()> on_open{};
};

struct delete_preconditions {
    std::string uid{};
    std::string resource_version{};
    std::string propagation{};  // "", Background, Foreground, Orphan
    std::optional<duration> grace{};
};

// What a call that got an answer yields: the object, and when its request was sent.
struct reply {
    std::shared_ptr<const nlohmann::json> object;
    instant sent_at{};
    instant received_at{};
    std::string resource_version() const;  // of the object, or of the list
};

struct watch_event {
    enum class kind { added, modified, deleted, bookmark } what{};
    std::shared_ptr<const nlohmann::json> object;
};

// Every member returns after `limit` at the latest. `not_sent`, `unknown` and `refused` are told
// apart as outcome.hpp says.
class client {
public:
    virtual ~client() = default;

    using answer = boost::asio::awaitable<outcome<reply>>;
    virtual answer get(object_name what, duration limit) = 0;
    virtual answer list(selection what, duration limit) = 0;  // follows `continue`
    // POST: `what` names the collection, the object itself; for a subresource (eviction) both
    // names.
    virtual answer create(object_name what, nlohmann::json object, duration limit) = 0;
    // PUT: the object carries the resourceVersion (and uid) it replaces.
    virtual answer update(object_name what, nlohmann::json object, duration limit) = 0;
    virtual answer merge_patch(object_name what, nlohmann::json patch, duration limit) = 0;
    virtual answer apply(object_name what,
                         nlohmann::json object,
                         std::string field_manager,
                         bool force,
                         duration limit) = 0;
    virtual answer remove(object_name what, delete_preconditions only_if, duration limit) = 0;

    // One watch connection from `selection.resource_version` on, with bookmarks; ends when the
    // server ends it, on_event returns false, or on error (410 is refused with reason Expired).
    // Yields the number of events, bookmarks included. `silence_limit` bounds each wait for bytes;
    // the wait for the answer's begin no more than 15 s.
    virtual boost::asio::awaitable<outcome<std::size_t>> watch(
        selection what,
        duration silence_limit,
        std::function<bool(const watch_event&)> on_event) = 0;
};

// Who we are to the API server.
class token_source {
public:
    virtual ~token_source() = default;
    virtual std::string token() = 0;  // empty: none is sent
    virtual void refused() = 0;       // a 401 came: read it again for the next call
};

// `tokens` may be nullptr (client certificates). `user_agent`: "mssql-ha-supervisor/0.1.0".
std::unique_ptr<client> make_client(clock_source& clock,
                                    http::client& over,
                                    token_source* tokens,
                                    std::string user_agent);

}  // namespace ha::k8s
