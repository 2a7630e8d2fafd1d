// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/engine_view.hpp"
#include "agent/core/messages.hpp"
#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"

#include <map>
#include <string>
#include <vector>

// All that the probes and people see of one group, as the loop last published it.

namespace ha::agent {

// A row of the decision table as it stands now.
struct row_view {
    std::string code;
    std::string sentence;
    bool holds = false;
};

struct condition_view {
    std::string type;  // "FencingUnavailable"
    bool holds = false;
    std::string reason;
    std::string words;
};

struct phase_view {
    std::string name;  // detected, lease, votes, promoted, writable, routed
    duration after{};  // since the beginning of the transition
};

struct transition_view {
    std::string at;  // wall clock at its end
    std::string from;
    std::string to;
    term of = 0;
    std::string reason;
    std::vector<phase_view> phases;
};

struct peer_line {
    std::string replica;
    bool answers = false;
    std::optional<duration> silent_for;
    std::optional<peer_status> status;  // the last one
};

struct certificate_line {
    std::string name;
    std::string expires;
};

struct group_report {
    std::string group;
    instant published_at{};  // the loop's heartbeat
    bool spec_known = false;
    group_spec spec;

    engine_knowledge engine;
    health_verdict health;
    role local_role = role::absent;  // meaningful only with role_known
    bool role_known = false;
    // SYNCHRONIZED (asynchronous: SYNCHRONIZING) in every database once since its engine started;
    // true for a primary and for a group without databases that is connected.
    bool caught_up_once = false;
    bool formed = false;  // the group has been bootstrapped; not formed: ready to be formed
    bool standalone = false;

    bool authority = false;
    term authority_term = 0;
    duration authority_left{};
    std::optional<lease_record> lease;
    std::optional<duration> lease_age;  // since its last change was seen
    bool api_answers = false;
    bool record_intact = false;
    std::string record_trouble;
    replica_record record;
    std::string label_role;

    std::vector<peer_line> peers;
    std::vector<row_view> rows;
    std::string last_action_code;       // of the row that acted last
    std::vector<std::string> refusals;  // why this replica does not take over, as codes
    std::vector<condition_view> conditions;
    std::vector<transition_view> transitions;  // newest last
    std::vector<certificate_line> certificates;
};

// Calls of the ODBC driver since the program started; they only grow.
struct driver_counts {
    std::uint64_t connections = 0;
    std::uint64_t connections_failed = 0;
    std::uint64_t logins_refused = 0;
    std::uint64_t batches = 0;
    std::uint64_t batches_unanswered = 0;
    std::uint64_t calls_abandoned = 0;
};

// One supervisor; a pod may be in several groups, or in none.
struct view {
    pod_identity self;
    std::string version;
    std::string incarnation;
    instant started{};
    std::chrono::system_clock::time_point wall_time{};  // for what is left of certificates alone
    settings chosen;
    bool deleting = false;  // our own pod has a deletionTimestamp
    std::vector<group_report> groups;
    driver_counts driver;
};

}  // namespace ha::agent
