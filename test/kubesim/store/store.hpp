// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

// The objects of a small cluster and the history of their changes: what etcd is to a real one.
// Pure: no time, no I/O, the same calls give the same contents.

namespace ha::kubesim {

// All objects of one kind: table{"coordination.k8s.io", "leases"}.
struct table {
    std::string group;
    std::string plural;
    auto operator<=>(const table&) const = default;
};

struct key {
    std::string space;  // namespace; empty for cluster-scoped kinds
    std::string name;
    auto operator<=>(const key&) const = default;
};

using shared_object = std::shared_ptr<const nlohmann::json>;
using revision = std::uint64_t;

// Bytes that are no UTF-8 become U+FFFD.
std::string text_of(const nlohmann::json& object);

struct change {
    enum class kind { added, modified, deleted } what{};
    revision at = 0;
    kubesim::table table;
    kubesim::key key;
    shared_object now;     // of a deletion: the last state, with the deletion's resourceVersion
    shared_object before;  // null for an addition
    std::shared_ptr<const std::string> text{};  // `now` as JSON, written once for all who watch
};

class store {
public:
    explicit store(std::size_t history_max = 1000) : history_max_(history_max) {}

    // Null when there is no such object.
    shared_object find(const table& where, const key& which) const;
    const std::map<key, shared_object>& all(const table& where) const;
    // Tables that ever had an object.
    std::vector<table> tables() const;

    // Writes with the next version, which becomes the object's metadata.resourceVersion.
    shared_object put(const table& where, const key& which, nlohmann::json value);
    // Deletes; `last` is what the deletion's event shows. The object must be there.
    shared_object erase(const table& where, const key& which, nlohmann::json last);

    revision now() const { return now_; }
    // Changes up to and including this one are forgotten.
    revision compacted() const { return compacted_; }
    // Forgets all history.
    void compact();

    // Changes after `since`, oldest first; nothing when some of them are forgotten. Valid until the
    // next one.
    using news = std::ranges::subrange<std::deque<change>::const_iterator>;
    std::optional<news> changes(revision since) const;
    // The table as it was at `then`; nothing when that is forgotten.
    std::optional<std::map<key, shared_object>> at(const table& where, revision then) const;

    // Called after each change, in the caller's stack.
    void on_change(std::function<void(const change&)> tell) {
        listeners_.push_back(std::move(tell));
    }

private:
    void record(change what);

    std::size_t history_max_;
    revision now_ = 1;
    revision compacted_ = 0;
    std::map<table, std::map<key, shared_object>> tables_;
    std::deque<change> history_;
    std::vector<std::function<void(const change&)>> listeners_;
};

}  // namespace ha::kubesim
