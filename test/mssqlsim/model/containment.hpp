// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>

// Contained databases: CONTAINMENT = PARTIAL. It is a row of the database, as its users are, so
// that it goes to the secondaries and comes back from a crash.

namespace ha::mssqlsim {

bool is_contained(const engine& owner, const std::string& database);

// CONTAINMENT = PARTIAL stands in CREATE or ALTER DATABASE.
bool wants_containment(const definition_statement& what);
// 12824 unless the instance allows contained databases; `verb` as the message has it.
std::optional<sql_error> refuses_contained_databases(const engine& owner, const std::string& verb);
// What refuses ALTER DATABASE ... SET CONTAINMENT: that, 12809, 226, 5061, or the database itself.
std::optional<sql_error> refuses_containment(const engine& owner,
                                             const session_state& session,
                                             const std::string& database,
                                             bool contains);
// Commits it. The session has no transaction of its own.
progress contain(engine& owner, session_state& session, const std::string& database, bool contains);

const table_definition& database_options_table();

}  // namespace ha::mssqlsim
