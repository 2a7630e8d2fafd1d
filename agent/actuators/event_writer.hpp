// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/async/doorbell.hpp"
#include "common/k8s/client.hpp"

#include <deque>

// Kubernetes Events about our own pod: told once, never waited for.

namespace ha::agent {

struct event_note {
    bool warning = false;
    std::string reason;  // CamelCase, up to 128 characters
    std::string action;  // what was done: "Promote"
    std::string note;    // a sentence, cut at 1 kB
};

class event_writer {
public:
    event_writer(clock_source& clock, k8s::client& api, std::string space, pod_identity self);

    // When too many wait, the oldest is dropped and counted.
    void write(event_note note);
    std::size_t dropped() const { return dropped_; }

    // Sends what waits, until cancelled. One that the API server does not take is dropped.
    boost::asio::awaitable<void> run();

private:
    nlohmann::json object_for(const event_note& note, std::string name) const;

    clock_source& clock_;
    k8s::client& api_;
    std::string space_;
    pod_identity self_;
    std::deque<event_note> waiting_;
    std::size_t dropped_ = 0;
    std::uint64_t sent_ = 0;
    doorbell something_;
};

}  // namespace ha::agent
