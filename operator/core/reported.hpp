// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What supervisors tell of their group in its state ConfigMap, as far as the operator needs it.

namespace ha::op {

struct reported_replica {
    std::string name;
    std::string role;             // as in the state ConfigMap: primary, secondary ...
    std::string synchronization;  // synchronized, notSynchronizing ...
    bool connected = false;
    std::string mode{};  // synchronous, asynchronous, configurationOnly
    bool operator==(const reported_replica&) const = default;
};

struct reported_condition {
    std::string type;
    std::string reason;  // a code: no_majority
    std::string words;
    bool operator==(const reported_condition&) const = default;
};

struct reported_answer {
    std::string id;  // of the request
    bool done = false;
    std::string words;  // why it was refused
    bool operator==(const reported_answer&) const = default;
};

struct reported_database {
    std::string name;
    std::string state;   // as in the state ConfigMap: inGroup, catchingUp ...
    std::string reason;  // a code; empty: none
    std::string words;
    bool operator==(const reported_database&) const = default;
};

// The state ConfigMap, as far as the status needs it.
struct reported_state {
    bool formed = false;  // the engines have the group
    std::string primary;
    std::vector<reported_replica> replicas;
    std::vector<reported_database> databases;
    std::vector<reported_condition> conditions;  // those that hold
    std::vector<reported_answer> answers;
    std::int64_t term = 0;  // of the primary
    bool operator==(const reported_state&) const = default;
};

}  // namespace ha::op
