// SPDX-License-Identifier: MIT
#include "test/support/node/mirror.hpp"

namespace ha::test::node {
namespace {

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration silence_limit = std::chrono::seconds{90};
constexpr duration retry_after = std::chrono::milliseconds{200};

}  // namespace

mirror::mirror(
    clock_source& clock, k8s::client& api, k8s::resource kind, std::string space, doorbell& bell)
    : clock_(clock), api_(api), bell_(bell) {
    what_.kind = std::move(kind);
    what_.space = std::move(space);
}

boost::asio::awaitable<void> mirror::run() {
    for (;;) {
        bool listed = co_await list();
        while (listed) {
            auto on_event = [this](const k8s::watch_event& event) { return take(event); };
            std::function<bool(const k8s::watch_event&)> receiver = on_event;
            auto ended = co_await api_.watch(what_, silence_limit, receiver);
            if (!ended) break;
        }
        co_await clock_.sleep_for(retry_after);
    }
}

boost::asio::awaitable<bool> mirror::list() {
    what_.resource_version.clear();
    auto found = co_await api_.list(what_, call_limit);
    if (!found) co_return false;
    objects_.clear();
    for (const auto& object : at(*found->object, "/items")) {
        objects_[text_at(object, "/metadata/name")] = object;
    }
    what_.resource_version = found->resource_version();
    complete_ = true;
    bell_.ring();
    co_return true;
}

bool mirror::take(const k8s::watch_event& event) {
    using kind = k8s::watch_event::kind;
    what_.resource_version = text_at(*event.object, "/metadata/resourceVersion");
    if (event.what == kind::bookmark) return true;
    auto name = text_at(*event.object, "/metadata/name");
    if (event.what == kind::deleted) {
        objects_.erase(name);
    } else {
        objects_[name] = *event.object;
    }
    bell_.ring();
    return true;
}

}  // namespace ha::test::node
