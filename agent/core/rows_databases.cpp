// SPDX-License-Identifier: MIT
#include "agent/core/databases.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/rows.hpp"

#include <array>

// Databases that somebody names come into the group, one at a time, by the primary. None ever goes.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

constexpr auto look_every = 10s;

bool may_add(const observation& seen) {
    return is_primary(seen) && !seen.leaving && !open_request(seen);
}

// 1. we are primary, and one of the databases that are named is not in the group
// 2. the engine was not asked about its databases since the list changed, or ten seconds ago
action ask_engine(glance& look) {
    const auto& seen = look.seen;
    if (!may_add(seen) || !lacks_databases(seen) || seen.databases.asking) return {};
    if (!look.past(seen.databases.asked_at, look_every)) return {};
    return look_at_databases{};
}

// 1. primary, nobody asks for a switchover, and a named database that is not in the group is as the
//    engine wants it: that was seen after the last one was added
// 2. the group is whole, so that a secondary that lacks it is seeded at once, and none is about to
//    be waited for that could not be promoted anyway
// 3. no configuration commit is pending, and majorities of the voters know the last change
// 4. one at a time: a database that is not in step everywhere keeps the group from being whole
// 5. what the engine refused is tried again after half a minute
action add(glance& look) {
    const auto& seen = look.seen;
    if (!may_add(seen) || !may_command(seen) || !guard_is_fresh(look)) return {};
    const auto& known = seen.databases;
    if (!known.found_at || seen.now - *known.found_at >= 2 * look_every) return {};
    auto name = next_database(seen);
    if (name.empty() || !adding_obstacles(seen).empty()) return {};
    if (!look.past(seen.hands.last_role_attempt, 1s)) return {};
    return add_database{guarded(seen, {role::primary}, seen.held->until), name};
}

constexpr std::array table{
    rule{"look_at_databases",
         "A database that is named is not in the group: the engine is asked what it is like.",
         ask_engine},
    rule{"add_database",
         "A database that is named is as the engine wants it, and the group is whole: it is added.",
         add},
};

}  // namespace

std::span<const rule> database_rules() {
    return table;
}

}  // namespace ha::agent
