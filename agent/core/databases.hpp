// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

// Which databases are in the group, which should be, and the one that may come next.

namespace ha::agent {

struct database_report {
    enum class place {
        in_group,
        catching_up,  // in the group, and a replica does not have it in step
        waiting,      // is added as soon as the group lets it
        refused,      // is not as the engine wants it: a person has to do something
        unlisted      // in the group and not in the list, where it stays
    } where{};
    std::string name;
    std::string reason;  // a code; empty: in the group, or unlisted
    std::string words;
    bool operator==(const database_report&) const = default;
};

// In the order of the list, then those that are in the group without being listed. Empty where
// nobody has given a list, and on everybody but the primary.
std::vector<database_report> databases_of(const observation& seen);

// One of the list is not in the group.
bool lacks_databases(const observation& seen);

// Every replica that is specified, and no other, is in the group, connected and in step in every
// database; between two data voters the Lease names both.
bool is_whole(const observation& seen);

// What keeps any database from being added now, as reason codes.
std::vector<std::string_view> adding_obstacles(const observation& seen);

// As the engine calls it: named, not in the group, as the engine wants it, and not refused within
// the last half minute. Empty: none.
std::string next_database(const observation& seen);

}  // namespace ha::agent
