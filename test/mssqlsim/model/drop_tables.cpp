// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/session_tables.hpp"

// DROP TABLE and TRUNCATE TABLE.

namespace ha::mssqlsim {

namespace {

sql_error cannot_drop(const std::string& name) {
    return error_of(3701,
                    "Cannot drop the table '" + name +
                        "', because it does not exist or you do not have permission.",
                    11,
                    5);
}

sql_error cannot_truncate(const std::string& name) {
    return error_of(4701,
                    "Cannot find the object \"" + name +
                        "\" because it does not exist or you do not have permissions.");
}

// `missing`: it is not there, or the session may not change it; `referenced`: a foreign key of
// another table is on it.
sql_result<table_definition> droppable(const engine& owner,
                                       const session_state& session,
                                       const std::string& database,
                                       const std::string& table,
                                       const sql_error& missing,
                                       const sql_error& referenced) {
    auto about = owner.table_of(session, database, table);
    if (!about || owner.refuses_table(session, database, about->name, "ALTER"))
        return tl::unexpected(missing);
    if (is_referenced(owner, session, database, about->name)) return tl::unexpected(referenced);
    return std::move(*about);
}

sql_error cannot_drop_referenced(const std::string& name) {
    return error_of(3726,
                    "Could not drop object '" + name +
                        "' because it is referenced by a FOREIGN KEY constraint.");
}

sql_error cannot_truncate_referenced(const std::string& name) {
    return error_of(4712,
                    "Cannot truncate table '" + name +
                        "' because it is being referenced by a FOREIGN KEY constraint.");
}

}  // namespace

progress engine::drop_table(session_state& session, const drop_table_statement& what) {
    if (is_session_table(what.table.back())) {
        if (drop_session_table(session, what.table.back()) || what.if_exists)
            return statement_end{};
        return failed_with(cannot_drop(what.table.back()));
    }
    if (is_global_table(what.table.back()))
        return drop_global(session, what, cannot_drop(what.table.back()));
    const std::string name = database_of(session, what.table);
    const auto drop = [this, &what, name](session_state& running) -> progress {
        const std::string& table = what.table.back();
        if (what.if_exists && !table_of(running, name, table)) return statement_end{};
        const auto about = droppable(
            *this, running, name, table, cannot_drop(table), cannot_drop_referenced(table));
        if (!about) return failed_with(about.error());
        erase_table(running, name, *about);
        return finish_change(running);
    };
    return when_quiet(session, name, what.table.back(), drop);
}

void engine::erase_table(session_state& session,
                         const std::string& name,
                         const table_definition& about) {
    std::vector<std::int64_t> numbers;
    auto rows = rows_seen(session, name, about, &numbers);
    session.transaction.database = database(name)->about.name;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        session.transaction.changes.add(
            {row_change::kind::erase, about.name, numbers[i], std::move(rows.rows[i]), {}, {}});
    session.transaction.changes.add({row_change::kind::drop_table, about.name, 0, {}, {}, about});
}

// The table is made anew, so that its identity begins again.
// assumption: within a transaction the identity goes on until it is committed.
progress engine::truncate(session_state& session, const truncate_statement& what) {
    const std::string& table = what.table.back();
    if (is_session_table(table)) {
        auto* own = find_session_table(session, table);
        if (own == nullptr) return failed_with(cannot_truncate(table));
        own->rows.clear();
        own->last_identity.reset();
        return statement_end{};
    }
    if (is_global_table(table)) return truncate_global(session, table, cannot_truncate(table));
    const std::string name = database_of(session, what.table);
    if (database(name) == nullptr) return failed_with(cannot_truncate(table));
    const auto truncate = [this, name, table](session_state& running) -> progress {
        const auto about = droppable(
            *this, running, name, table, cannot_truncate(table), cannot_truncate_referenced(table));
        if (!about) return failed_with(about.error());
        erase_table(running, name, *about);
        running.transaction.changes.add(
            {row_change::kind::create_table, about->name, 0, {}, {}, *about});
        return finish_change(running);
    };
    return when_quiet(session, name, table, truncate);
}

}  // namespace ha::mssqlsim
