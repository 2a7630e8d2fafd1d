// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/outputs.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Global temporary tables (##name): all sessions see them. They end with the session that made
// them, or with the last transaction or statement of another one that is in them then. No log has
// them.

namespace ha::mssqlsim {

struct global_table {
    session_table contents;  // what is committed
    session_number maker = 0;
    std::int64_t id = 0;  // below nought, as OBJECT_ID tells it
    // Transactions that are open: nobody else sees what one made, and nobody at all what one
    // dropped, until it is rolled back.
    std::optional<session_number> made_by = {};
    std::optional<session_number> dropped_by = {};
    bool orphaned = false;  // its maker is gone
};

// A row that an open transaction changed.
struct global_change {
    global_table* table = nullptr;
    row_change what;
};

// By the last part of a name.
bool is_global_table(const std::string& name);

class global_tables {
public:
    using all_sessions = std::map<session_number, session_state>;

    // As the session sees it.
    global_table* find(const session_state& session, const std::string& name);
    static session_table seen(const session_state& session, const global_table& table);
    // No other session changed it and has not committed that.
    static bool is_quiet(const all_sessions& all,
                         const session_state& session,
                         const global_table& table);

    // 2714 when there is one, or another transaction is about to make one.
    std::optional<sql_error> make(session_state& session,
                                  table_definition about,
                                  std::vector<row> rows);
    // Now, or with the session's transaction.
    void change(session_state& session, global_table& table, std::vector<row_change> changes);
    void drop(session_state& session, global_table& table);
    // ALTER TABLE.
    void replace(session_state& session, global_table& table, session_table fresh);

    void commit(session_state& session);
    void roll_back(session_state& session);
    // Its tables go, but for those that another session is in.
    void leave(const all_sessions& all, session_number maker);
    void sweep(const all_sessions& all);

private:
    void apply(global_table& table, const row_change& what);
    void erase(const global_table& table);

    std::list<global_table> all_;  // of one name there are two while a transaction makes it anew
    std::int64_t next_id_ = -1000;
};

}  // namespace ha::mssqlsim
