// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "test/mssqlsim/model/options.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What a seed stands for: a group, a length of time, and the troubles that meet it.

namespace ha::sim {

enum class trouble {
    engine_killed,
    engine_frozen,
    supervisor_killed,
    node_paused,
    node_off,
    node_isolated,
    cut_from_api,
    cut_from_peers,
    api_outage,
    lost_response,
    api_refuses,
    diagnostics_bad,
    switchover,
    failover_by_hand,
    force_by_hand,
    endpoints_stuck,
    lease_made_anew,
};

const char* words(trouble what);

struct fault_plan {
    trouble what{};
    int node = 0;
    duration at{};      // since the beginning
    duration length{};  // of what lasts
    int number = 0;     // of responses lost, the status given, the target of a switchover
};

struct run_plan {
    std::uint64_t seed = 0;
    mssqlsim::reading reading = mssqlsim::reading::a;
    agent::settings chosen;
    duration length = std::chrono::minutes{10};
    duration write_period = std::chrono::milliseconds{500};
    std::vector<fault_plan> faults;
    bool two_data_voters = false;  // the third replica asynchronous
    bool engine_latches = false;   // sqlserver.md fact 9: 41104 until both endpoints are restarted
    int slow_promotion_ms = 0;
    bool promotion_raises_number = true;
};

// The plan of a seed: at least three troubles (reading B: one), all over by the middle of the run,
// so that the second half can show that the group heals and then stands still.
run_plan plan_of(std::uint64_t seed, mssqlsim::reading reading);

}  // namespace ha::sim
