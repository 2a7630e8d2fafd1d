// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/http/client.hpp"
#include "common/transport/stream.hpp"
#include "test/support/node/fields.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

// The kubelet's questions to a container, and what it makes of the answers.

namespace ha::test::node {

struct probe_plan {
    json handler;  // httpGet or tcpSocket
    duration initial_delay{};
    duration period = std::chrono::seconds{10};
    duration timeout = std::chrono::seconds{1};
    int failure_threshold = 3;
    int success_threshold = 1;
    static probe_plan from(const json& probe);
};

// Counts results in a row; says when the verdict changes.
class probe_count {
public:
    probe_count(const probe_plan& plan, bool good_at_first)
        : failures_needed_(plan.failure_threshold),
          successes_needed_(plan.success_threshold),
          good_(good_at_first) {}
    // True when this result changed the verdict, or confirmed a failure once more.
    bool add(bool success);
    bool good() const { return good_; }

private:
    int failures_needed_;
    int successes_needed_;
    bool good_;
    int failures_ = 0;
    int successes_ = 0;
};

// How a container is reached from its node.
struct prober {
    clock_source& clock;
    transport::dialer& dialer;

    // One question; false on any failure. `ports` finds named ports.
    boost::asio::awaitable<bool> ask(json handler, std::string ip, json ports, duration timeout);
};

// The handler's port: a number, or the name of one in the container's `ports`; 0 when unknown.
std::uint16_t port_of(const json& handler_port, const json& ports);

}  // namespace ha::test::node
