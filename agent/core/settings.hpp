// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The lengths of time that the protocol stands on, and the arithmetic that must hold between them.

namespace ha::agent {

// protocol.md, rules 1 and 4.
struct profile {
    duration lease = std::chrono::seconds{15};  // L: how long a Lease stands after its renewal
    duration period = std::chrono::seconds{3};  // P: how often it is renewed
    duration write_lease =
        std::chrono::seconds{9};                // W: how long the engine accepts writes; whole s
    duration margin = std::chrono::seconds{1};  // m: drift of clocks, late timers
    bool operator==(const profile&) const = default;
};

profile balanced_profile();
profile fast_profile();  // L=10 P=2 W=6
profile wide_profile();  // L=30 P=5 W=20: for clouds that live-migrate

struct settings {
    profile times;
    duration canary_period = std::chrono::seconds{1};
    duration canary_limit = std::chrono::seconds{10};  // detection limit of an engine gone silent
    duration command_limit = std::chrono::seconds{10};
    duration promotion_limit = std::chrono::minutes{10};  // rule 16
    duration session_timeout = std::chrono::seconds{10};  // of the replicas: SESSION_TIMEOUT
    duration peer_limit = std::chrono::seconds{1};        // one question to one peer
    duration put_limit = std::chrono::seconds{2};         // one attempt at the Lease
    int monitor_policy = 3;
    std::int64_t redo_limit_mb = 100;  // of a switchover's target; 0: none
    bool operator==(const settings&) const = default;
};

// What is wrong with these settings, one sentence each with the arithmetic; empty when nothing is.
std::vector<std::string> complaints(const settings& chosen);

// From the death of a primary's node to its successor's promotion begun, at worst: L, one rank's
// wait and a poll. The engine's own promotion comes on top.
duration worst_takeover(const profile& times);

}  // namespace ha::agent
