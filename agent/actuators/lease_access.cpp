// SPDX-License-Identifier: MIT
#include "agent/actuators/lease_access.hpp"

#include "agent/codec/lease.hpp"
#include "common/k8s/address.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

namespace asio = boost::asio;

namespace {

k8s::failure failed(const k8s::object_name& what, const char* verb, const char* reason) {
    k8s::failure made;
    made.verb = verb;
    made.object = k8s::words(what);
    made.reason = reason;
    return made;
}

}  // namespace

lease_access::lease_access(clock_source& clock,
                           k8s::client& api,
                           k8s::object_name what,
                           profile times)
    : clock_(clock), api_(api), what_(std::move(what)), times_(times) {}

asio::awaitable<k8s::outcome<lease_reading>> lease_access::read(duration limit) {
    auto what = what_;
    auto came = co_await api_.get(std::move(what), limit);
    co_return understood(came, "get");
}

asio::awaitable<k8s::outcome<lease_reading>> lease_access::put(lease_record wanted,
                                                               duration limit) {
    if (!last_ || wanted.resource_version.empty() || wanted.uid.empty()) {
        auto never = failed(what_, "update", "NeverRead");
        never.what = k8s::failure::kind::not_sent;
        never.message = "the Lease was never read, and it is not ours to make it";
        co_return tl::unexpected(std::move(never));
    }
    auto object = write_lease_object(*last_, wanted, times_, clock_.wall_time());
    auto what = what_;
    auto came = co_await api_.update(std::move(what), std::move(object), limit);
    co_return understood(came, "update");
}

void lease_access::remember(std::shared_ptr<const nlohmann::json> object) {
    last_ = std::move(object);
}

// A write whose answer cannot be read may have happened.
k8s::outcome<lease_reading> lease_access::understood(const k8s::outcome<k8s::reply>& came,
                                                     const char* verb) {
    if (!came) return tl::unexpected(came.error());
    auto record = read_lease_object(*came->object);
    if (!record) {
        bool newer = record.error().kind == errc::refused;
        auto unreadable = failed(what_, verb, newer ? "NewerFormat" : "Malformed");
        unreadable.what = std::string_view(verb) == "get" ? k8s::failure::kind::refused
                                                          : k8s::failure::kind::unknown;
        unreadable.message = record.error().message;
        unreadable.sent_at = came->sent_at;
        return tl::unexpected(std::move(unreadable));
    }
    last_ = came->object;
    return lease_reading{std::move(*record), came->sent_at, came->received_at};
}

}  // namespace ha::agent
