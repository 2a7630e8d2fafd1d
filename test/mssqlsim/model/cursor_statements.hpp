// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/cursors.hpp"
#include "test/mssqlsim/model/engine.hpp"

// DECLARE CURSOR, OPEN, FETCH, CLOSE, DEALLOCATE, and what SET gives a cursor variable.

namespace ha::mssqlsim {

class cursor_statements {
public:
    cursor_statements(engine& owner, session_state& session) : owner_(owner), session_(session) {}

    progress run(const declare_cursor_statement& one);
    progress run(const cursor_statement& one);
    progress run(const fetch_statement& one);
    // SET @variable = the cursor of a name or of another variable.
    progress assign(cursor_hold& variable, const expression& from);

    // The rows of its query, as its variables were when it was declared.
    sql_result<row_set> rows_of(server_cursor& cursor, std::optional<row_set>* before = nullptr);

private:
    sql_result<cursor_hold*> held(const std::string& name, bool global);
    progress open(server_cursor& cursor);
    sql_result<std::int64_t> count_of(const fetch_statement& one);
    std::optional<sql_error> hand_over(const fetch_statement& one, const row* found);
    std::optional<sql_error> refuses_variables(const fetch_statement& one,
                                               const server_cursor& cursor) const;
    progress done(std::int64_t rows);

    engine& owner_;
    session_state& session_;
};

}  // namespace ha::mssqlsim
