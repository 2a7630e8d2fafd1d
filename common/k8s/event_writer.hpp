// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "common/k8s/client.hpp"

#include <deque>

// Kubernetes Events: told once, never waited for.

namespace ha::k8s {

struct event_note {
    bool warning = false;
    std::string reason;  // CamelCase, up to 128 characters
    std::string action;  // what was done: "Promote"
    std::string note;    // a sentence, cut at 1 kB
};

// The object that an Event is about.
struct event_subject {
    std::string api_version;
    std::string kind;
    std::string space;
    std::string name;
    std::string uid;
};

// Who tells it.
struct event_source {
    std::string controller;  // "mssql-ha-supervisor"
    std::string instance;    // the pod's name
};

class event_writer {
public:
    event_writer(clock_source& clock, client& api, event_source as);

    // When too many wait, the oldest is dropped and counted.
    void write(event_subject about, event_note note);
    std::size_t dropped() const { return dropped_; }

    // Sends what waits, until cancelled. One that the API server does not take is dropped.
    boost::asio::awaitable<void> run();

private:
    struct waiting_event {
        event_subject about;
        event_note note;
    };
    nlohmann::json object_for(const waiting_event& one, std::string name) const;

    clock_source& clock_;
    client& api_;
    event_source self_;
    std::deque<waiting_event> waiting_;
    std::size_t dropped_ = 0;
    std::uint64_t sent_ = 0;
    doorbell something_;
};

}  // namespace ha::k8s
