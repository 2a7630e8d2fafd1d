// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <string>
#include <vector>

// What a contained group's own master knows: logins, users and permissions. They are rows of that
// database, so that the group carries them to its secondaries.

namespace ha::mssqlsim {

const table_definition& contained_catalog_table();

// The session is inside of a contained group, and this is the master of that.
bool is_own_master(const engine& owner, const session_state& session, const std::string& database);

// Documented: the administrators of the instance are copied when it is made. Nobody else is.
void copy_administrators(engine& owner, const std::string& master);

// Writes these instead of what was known of the same things; waits as commits do.
progress write_inside(engine& owner,
                      session_state& session,
                      const std::vector<log_record>& records);

}  // namespace ha::mssqlsim
