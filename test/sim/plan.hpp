// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "test/mssqlsim/model/options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a seed stands for: a group, a length of time, and the troubles that meet it.

namespace ha::sim {

enum class trouble {
    engine_killed,
    engine_frozen,
    supervisor_killed,
    node_paused,
    machine_stopped,
    node_off,
    node_isolated,
    cut_from_api,
    cut_from_peers,
    cut_one_way,
    api_outage,
    api_slow,
    lost_response,
    api_refuses,
    engine_slow,
    diagnostics_bad,
    switchover,
    failover_by_hand,
    force_by_hand,
    endpoints_stuck,
    lease_made_anew,
    pause,  // ordered by people, as the next one
    fence,
    failover_job,
    typed,  // ALTER AVAILABILITY GROUP with the plan's words, or ALTER DATABASE whole, by hand
};

const char* words(trouble what);

// Whom a trouble meets: a pod by its number, or whoever plays that part when it comes.
enum class victim { numbered, primary, not_primary };

struct fault_plan {
    trouble what{};
    victim whom = victim::numbered;
    int node = 0;
    duration at{};      // since the beginning
    duration length{};  // of what lasts, at most
    int number = 0;     // of responses lost, the status given, the way of a cut
    std::string words;  // whom a Job is to make primary; what is typed
    // Comes that long after the first change of the Lease's holder that follows `at`; without any
    // it comes a minute after `at`.
    std::optional<duration> after_change;
    // Is over that long after the Lease has been taken by another, if that comes before `length`.
    std::optional<duration> until_taken;
};

// The lists of seeds: the same number is another world in each.
struct seed_list {
    mssqlsim::reading reading = mssqlsim::reading::a;
    bool two_voters = false;  // odd seeds: and an asynchronous replica; even ones: just the two
    bool names = false;       // databases come while troubles do, by the list
    bool scales = false;      // it grows, shrinks to what it was, and may grow again
    bool readings = false;    // one of the engine's rarer readings, or both
};

// From then on a client has a database of this name on the primary, and the list names it.
struct database_plan {
    duration at{};
    std::string name;
};

// The specification names so many replicas from then on.
struct size_plan {
    duration at{};
    int replicas = 0;
};

struct run_plan {
    std::uint64_t seed = 0;
    mssqlsim::reading reading = mssqlsim::reading::a;
    agent::settings chosen;
    duration length = std::chrono::minutes{10};
    duration write_period = std::chrono::milliseconds{500};
    std::vector<fault_plan> faults;
    int replicas = 3;
    std::vector<size_plan> sizes;
    std::vector<database_plan> databases;
    bool two_data_voters = false;   // a third replica is asynchronous
    bool lease_witness = true;      // spec.ha.witness
    bool read_scale = false;        // clusterType NONE: no rule of the protocol is judged
    bool failover_by_name = false;  // of every replica: failoverMode Manual
    bool neighbour_visible = true;
    duration recovery{};          // each start of an engine takes so much longer
    bool engine_latches = false;  // sqlserver.md fact 9: 41104 until both endpoints are restarted
    int slow_promotion_ms = 0;
    duration api_latency = std::chrono::microseconds{300};
    duration peer_latency = std::chrono::microseconds{300};
    bool promotion_raises_number = true;
    // The rarer readings of the engine (instance_options): rolled by a list of their own.
    bool primaries_resume = false;
    bool renewal_revives = false;
};

// How long a trouble waits for the change of the Lease that it is to follow.
inline constexpr duration longest_wait = std::chrono::seconds{60};

// When the last trouble of a plan is over, at the latest.
duration end_of_troubles(const run_plan& plan);

// The plan of a seed: at least three troubles (reading B: one) of kinds that the seed prefers, some
// of them tied to a failover under way; all over before the last four minutes, so that these can
// show that the group heals and then stands still. The same troubles meet the group of two voters.
run_plan plan_of(std::uint64_t seed, seed_list list = {});

int most_replicas(const run_plan& plan);

}  // namespace ha::sim
