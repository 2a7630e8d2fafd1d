// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

// Statements that need a global temporary table to themselves.

namespace ha::mssqlsim {

progress engine::when_global_is_quiet(
    session_state& session,
    const std::string& table,
    const sql_error& missing,
    std::function<progress(session_state& session, global_table& table)> then) {
    return until_done([this, number = session.number, table, missing, then = std::move(then)]()
                          -> std::optional<progress> {
        auto& running = sessions_.at(number);
        auto* found = global_tables_.find(running, table);
        if (found == nullptr) return failed_with(missing);
        if (!global_tables::is_quiet(sessions_, running, *found)) return {};
        return then(running, *found);
    });
}

progress engine::drop_global(session_state& session,
                             const drop_table_statement& what,
                             const sql_error& missing) {
    const std::string& name = what.table.back();
    if (what.if_exists && global_tables_.find(session, name) == nullptr) return statement_end{};
    return when_global_is_quiet(
        session, name, missing, [this](session_state& running, global_table& found) -> progress {
            global_tables_.drop(running, found);
            return statement_end{};
        });
}

// Its identity begins again at once, whatever comes of the transaction.
progress engine::truncate_global(session_state& session,
                                 const std::string& table,
                                 const sql_error& missing) {
    return when_global_is_quiet(
        session, table, missing, [this](session_state& running, global_table& found) -> progress {
            std::vector<row_change> changes;
            for (const auto& [number, contents] : global_tables::seen(running, found).rows)
                changes.push_back(
                    {row_change::kind::erase, found.contents.about.name, number, contents, {}, {}});
            global_tables_.change(running, found, std::move(changes));
            found.contents.last_identity.reset();
            return statement_end{};
        });
}

}  // namespace ha::mssqlsim
