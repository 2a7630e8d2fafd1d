// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// What an instance knows of its groups' databases, for the views that show it: sqlserver.md 2.12.

namespace ha::mssqlsim {

using seen_groups = std::vector<const group_state*>;

// Without a permission on it, a group is not there.
seen_groups visible(const engine& owner, const session_state& session);

// What is known here of one database of one replica.
struct database_view {
    // 0 NOT SYNCHRONIZING, 1 SYNCHRONIZING, 2 SYNCHRONIZED, 3 REVERTING, 4 INITIALIZING
    std::int64_t state = 0;
    std::int64_t hardened = 0;
    std::int64_t redone = 0;
    std::int64_t sent = 0;
    std::int64_t end = 0;
    bool known = false;
    suspension suspended = suspension::none;
};

// Of sys.databases and of the groups' databases: 0 ONLINE to 6 OFFLINE.
std::int64_t shown_state(database_damage damage, bool restoring, bool recovering);
const char* state_word(std::int64_t state);

// Is a database that belongs to the group not ONLINE here?
bool recovers(const engine& owner, const group_state& group);

// As block ids look: large, ordered, and comparable between replicas only roughly.
std::int64_t shown_lsn(std::int64_t lsn);

database_view look(engine& owner,
                   const group_state& group,
                   const group_database& entry,
                   const group_replica& replica);

}  // namespace ha::mssqlsim
