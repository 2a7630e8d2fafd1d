// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <vector>

// The ConfigMap of a group's state: what the leader last saw and did, for people, plugin and
// operator.

namespace ha::agent {

struct replica_report {
    std::string name;
    std::string role;             // primary, secondary, resolving, absent, unknown
    std::string mode;             // synchronous, asynchronous, configurationOnly
    std::string synchronization;  // synchronized, synchronizing ...
    bool connected = false;
    bool operator==(const replica_report&) const = default;
};

struct answer_report {
    std::string id;
    bool done = false;
    std::vector<std::string> reasons;  // codes of a refusal
    std::string words;
    std::string at;  // wall clock
    bool operator==(const answer_report&) const = default;
};

// One change of primary, with the instants of its phases in milliseconds after its beginning.
struct transition_report {
    std::string at;    // wall clock at its end
    std::string from;  // replica; empty: unknown or none
    std::string to;
    term of = 0;
    std::string reason;
    std::vector<std::pair<std::string, std::int64_t>> phases;  // "lease" to 812
    bool operator==(const transition_report&) const = default;
};

struct condition_report {
    std::string type;
    bool holds = false;
    std::string reason;
    std::string words;
    bool operator==(const condition_report&) const = default;
};

// A database that somebody names for the group, or that is in it without being named.
struct database_line {
    std::string name;
    std::string state;   // inGroup, catchingUp, waiting, refused, unlisted
    std::string reason;  // a code; empty: nothing is to be said
    std::string words;
    bool operator==(const database_line&) const = default;
};

inline constexpr std::size_t transitions_kept = 20;
inline constexpr std::size_t answers_kept = 20;

struct group_state {
    std::string group;
    std::string group_id;
    std::string primary;  // replica
    term of = 0;
    std::int64_t sequence_number = 0;
    bool commit_pending = false;  // a configuration commit waits for its quorum
    int required = 0;
    std::vector<replica_report> replicas;
    std::vector<database_line> databases;  // empty where nobody gave a list
    std::vector<condition_report> conditions;
    std::vector<answer_report> answers;          // oldest first
    std::vector<transition_report> transitions;  // oldest first
    bool operator==(const group_state&) const = default;
};

// The `data` of the ConfigMap: {"format": "1", "state": "<JSON>"}.
nlohmann::json write_group_state(const group_state& state);

// Of a whole ConfigMap object; one without data is an empty state. Refused: a newer format.
result<group_state> read_group_state(const nlohmann::json& config_map);

// `now` with what `before` remembers of answers and transitions, the oldest dropped.
group_state merged(const group_state& before, group_state now);

}  // namespace ha::agent
