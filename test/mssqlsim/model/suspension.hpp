// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// Databases that move no data until somebody says SET HADR RESUME: who stopped them, and its words.

namespace ha::mssqlsim {

// suspend_reason and suspend_reason_desc of sys.dm_hadr_database_replica_states; NULL: not
// suspended. sqlserver.md 4.
value suspend_reason(suspension why);
value suspend_reason_desc(suspension why);

// is_pending_secondary_suspend: this primary was made by force, and has not heard yet that the
// other replica's database is suspended.
bool suspend_is_pending(const group_state& group,
                        const group_replica& replica,
                        const group_database& entry);

}  // namespace ha::mssqlsim
