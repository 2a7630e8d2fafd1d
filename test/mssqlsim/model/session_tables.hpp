// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/row_store.hpp"
#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Temporary tables (#name), which live as long as their session or the procedure that made them,
// and table variables (@name), which live as long as their batch. Nobody else sees them, and no log
// has them.

namespace ha::mssqlsim {

struct session_state;

struct session_table {
    table_definition about;  // its name begins with # or with @
    std::map<std::int64_t, row> rows;
    std::int64_t next_row = 0;
    std::size_t scope = 1;  // how deep the session was in procedures when it was made
    std::optional<std::int64_t> last_identity = {};
};

using session_tables = std::vector<session_table>;

// By the last part of a name. ##name, which all sessions see, is none.
bool is_session_table(const std::string& name);

// Where a table of this name is looked for.
std::string database_of(const session_state& session, const std::vector<std::string>& table);

// As the session's present scope sees it: temporary tables of the scopes around it too.
session_table* find_session_table(session_state& session, const std::string& name);

// 208 for a temporary table that is not there, 1087 for a table variable.
sql_error no_session_table(const std::vector<std::string>& path);

// 2714 when this scope has one of that name.
std::optional<sql_error> make_session_table(session_state& session, table_definition about);
bool drop_session_table(session_state& session, const std::string& name);
void declare_table(session_state& session, table_definition about);

// The session is in no more than so many scopes any more; its batch is over.
void leave_scopes(session_state& session, std::size_t depth);
void leave_batch(session_state& session);

// What a rollback restores: table variables are none of its business.
void note_session_tables(session_state& session);
void restore_session_tables(session_state& session);
void restore_session_tables(session_state& session, session_tables before);

}  // namespace ha::mssqlsim
