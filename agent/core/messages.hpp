// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

// What supervisors of one group ask each other and answer (protocol.md section 1, Peers).

namespace ha::agent {

// How somebody last saw the Lease.
struct lease_sighting {
    std::string holder;
    term transitions = 0;
    std::string resource_version;
    duration age{};  // since the last change was seen
    bool operator==(const lease_sighting&) const = default;
};

// A replica in the engine's configuration.
struct group_member {
    std::string name;
    std::string id;
    bool operator==(const group_member&) const = default;
};

// What every answer carries.
struct peer_status {
    int format = format_version;
    std::string group;    // name
    std::string replica;  // = pod name
    std::string pod_uid;
    std::string incarnation;  // of the supervisor process
    std::string group_id;     // empty: the engine knows none; see engine_known
    cluster_type cluster = cluster_type::external;  // of the group that its engine has
    bool engine_known = false;  // the engine answered lately; false: the fields on it are unknown
    bool bootstrap_clear = false;  // engine knows no group, no record names one, no CREATE may run
    bool ready = false;  // its endpoint is up, with every peer's certificate: it could join now
    role local_role = role::absent;
    bool authority = false;
    term authority_term = 0;
    bool working = false;  // sees a primary that works: it follows one, or is one with authority
    availability_mode mode = availability_mode::synchronous;
    configuration numbered;
    bool record_intact = true;  // false: no file but a number > 0
    term line = 0;
    term voted = 0;
    std::optional<term> strange;  // rule 32: as in the record
    std::vector<database_position> databases;
    std::optional<int> required;  // its engine's copy of REQUIRED_SYNCHRONIZED_...; with a group
    int priority = 0;
    bool may_lead = true;
    std::optional<lease_sighting> lease;
    bool api_answers = false;
    std::string endpoint_url;     // own endpoint as the engine has it; empty: not made yet
    std::string certificate_hex;  // public part of the endpoint certificate; empty: none yet
    std::string certificate_name;
    std::string label_role;  // what this pod's label says, as last written
    // Of one with authority, or the primary of a group without a cluster, while no commit is
    // pending; empty: not told.
    std::vector<group_member> members;
    bool operator==(const peer_status&) const = default;
};

// Would you vote for me now? Binds nobody.
struct prevote_question {
    std::string candidate;  // replica name
    std::string candidate_uid;
    configuration numbered;
    term line = 0;
    std::vector<database_position> databases;
    bool member = false;  // two data voters, and the Lease's set names the candidate (rule 27)
    bool operator==(const prevote_question&) const = default;
};

// Vote for me. A yes seals the voter.
struct vote_question {
    std::string candidate;
    std::string candidate_uid;
    term wanted = 0;
    duration time_left{};  // of the candidate's authority
    configuration numbered;
    term line = 0;
    std::vector<database_position> databases;
    bool named = false;   // the release named this candidate
    bool member = false;  // as in the pre-vote
    bool operator==(const vote_question&) const = default;
};

// I am the primary of this term: follow me. Pushed by a new primary.
struct primary_notice {
    std::string replica;
    std::string pod_uid;
    term of = 0;
    configuration numbered;
    std::string endpoint_url;
    bool operator==(const primary_notice&) const = default;
};

// Your endpoint and mine do not speak: restart yours (rule 31).
struct restart_endpoint_question {
    std::string replica;
    bool operator==(const restart_endpoint_question&) const = default;
};

struct status_question {
    bool operator==(const status_question&) const = default;
};

using peer_question = std::variant<status_question,
                                   prevote_question,
                                   vote_question,
                                   primary_notice,
                                   restart_endpoint_question>;

struct peer_answer {
    peer_status status;
    std::optional<bool> yes;           // to a vote, a pre-vote, a restart
    std::vector<std::string> reasons;  // codes of a no
    bool operator==(const peer_answer&) const = default;
};

}  // namespace ha::agent
