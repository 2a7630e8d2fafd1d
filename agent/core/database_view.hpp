// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Databases as plain values: those that somebody names for the group, and what the primary's engine
// says of them.

namespace ha::agent {

// The key `databases` of the requests. Not given: nobody looks after the group's databases.
struct wanted_databases {
    bool given = false;
    std::vector<std::string> names;
    bool operator==(const wanted_databases&) const = default;
};

// A database of the instance, in the group or not.
struct found_database {
    std::string name;
    bool of_system = false;
    bool online = false;
    bool open = false;           // writable, for many users, and does not close by itself
    bool full_recovery = false;  // recovery model FULL
    bool backed_up = false;      // a full backup has begun its chain of logs
    bool grouped = false;        // in an availability group, this one or another
    bool operator==(const found_database&) const = default;
};

struct database_refusal {
    std::int32_t error = 0;  // the engine's
    instant at{};
    bool operator==(const database_refusal&) const = default;
};

struct database_knowledge {
    wanted_databases wanted;
    std::optional<std::vector<found_database>> found;  // none: not looked since the list changed
    std::optional<instant> found_at;
    std::optional<instant> asked_at;
    bool asking = false;
    std::string adding;                               // named by the ADD under way, or the last one
    std::map<std::string, database_refusal> refused;  // by name, since the list changed
    bool operator==(const database_knowledge&) const = default;
};

// Names are compared as most servers do, without regard to the case of a to z.
bool is_same_database(const std::string& left, const std::string& right);

}  // namespace ha::agent
