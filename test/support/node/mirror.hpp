// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "common/k8s/client.hpp"
#include "test/support/node/fields.hpp"

#include <map>

// A copy of all objects of one kind in one namespace, kept up to date by list and watch.

namespace ha::test::node {

class mirror {
public:
    mirror(clock_source& clock,
           k8s::client& api,
           k8s::resource kind,
           std::string space,
           doorbell& bell);

    // Lists, watches, lists again when the watch ends; until cancelled.
    boost::asio::awaitable<void> run();

    const std::map<std::string, json>& objects() const { return objects_; }
    // Whether the first list has come: before it, what is not here may still exist.
    bool complete() const { return complete_; }

private:
    boost::asio::awaitable<bool> list();
    bool take(const k8s::watch_event& event);

    clock_source& clock_;
    k8s::client& api_;
    k8s::selection what_;
    doorbell& bell_;  // rung at every change
    std::map<std::string, json> objects_;
    bool complete_ = false;
};

}  // namespace ha::test::node
