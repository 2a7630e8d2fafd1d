// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

#include <string>
#include <vector>

// What is wrong with the group as this replica sees it, in the words that people look for. Nothing
// is decided by these; they are for status, Events and metrics.

namespace ha::agent {

struct condition {
    std::string type;    // "WritesBlocked"
    std::string reason;  // a reason code
    std::string words;   // what it means and what helps
    bool operator==(const condition&) const = default;
};

// Only those that hold.
std::vector<condition> conditions_of(const observation& seen);

// Those of a group with two data voters (rule 27), for conditions_of.
void add_two_voters(const observation& seen, std::vector<condition>& all);

// Those of a group without a cluster, and of cluster types that differ.
void add_read_scale(const observation& seen, std::vector<condition>& all);

}  // namespace ha::agent
