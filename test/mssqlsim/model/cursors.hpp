// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/variables.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The cursors of a session: their rows, where they stand in them, and by which names they are
// known. assumption: the rows of each are those that there were when it was opened, whatever it was
// declared as.

namespace ha::mssqlsim {

struct session_state;

struct server_cursor {
    std::shared_ptr<const cursor_definition> definition;
    cursor_definition::kind what{};  // what its query made of the one that was declared
    variable_scope variables;        // as they were when it was declared
    std::optional<row_set> rows;     // while it is open
    std::int64_t at = 0;  // the row it stands on, from 1; before the first, behind the last
};

// A name, or a variable (with its @) that may have no cursor.
struct cursor_hold {
    std::string name;
    std::size_t scope = 0;  // how deep in procedures it was declared; 0: global
    std::shared_ptr<server_cursor> cursor;
};

struct session_cursors {
    std::vector<cursor_hold> holds;
    std::weak_ptr<const server_cursor> last_opened;
    std::int64_t fetch_status = 0;
};

// As documented: some queries have no cursor that shows changes.
cursor_definition::kind kind_after_conversion(const cursor_definition& declared);

// Where a cursor of so many rows stands after it was moved from there; 0 is before the first.
std::int64_t moved(fetch_statement::kind how,
                   std::int64_t from,
                   std::int64_t count,
                   std::int64_t rows);

std::int64_t rows_of_last_cursor(const session_cursors& all);  // @@CURSOR_ROWS
// CURSOR_STATUS; nothing if it is another function.
std::optional<value> cursor_function(const session_state& session,
                                     const std::string& function,
                                     const row& arguments);

cursor_hold* find_cursor(session_state& session, const std::string& name, bool global);
void declare_cursor_variable(session_state& session, const std::string& name);

// The session is in no more than so many scopes any more; nought at the end of its batch.
void leave_cursor_scopes(session_state& session, std::size_t depth);
// As documented: what is insensitive stays open.
void close_rolled_back_cursors(session_state& session);

}  // namespace ha::mssqlsim
