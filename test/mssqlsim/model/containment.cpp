// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/containment.hpp"

#include "test/mssqlsim/model/database_users.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/server_settings.hpp"

#include <algorithm>

namespace ha::mssqlsim {

const table_definition& database_options_table() {
    static const table_definition made{
        "sys.database_options", {{"name", {column_kind::nvarchar, 128, 25, 0}, false}}, {}};
    return made;
}

// The row is there or it is not.
bool is_contained(const engine& owner, const std::string& database) {
    const auto& table = database_options_table();
    if (owner.database(database) == nullptr || !owner.store_->table(database, table.name))
        return false;
    bool found = false;
    owner.store_->scan(database, table.name, [&](std::int64_t, const row&) {
        found = true;
        return false;
    });
    return found;
}

bool wants_containment(const definition_statement& what) {
    const auto* given = option(what.options, "CONTAINMENT");
    return given != nullptr && given->text == "PARTIAL";
}

std::optional<sql_error> refuses_contained_databases(const engine& owner, const std::string& verb) {
    if (owner.setting_in_use(contained_authentication) != 0) return {};
    return numbered(12824, {verb});
}

// assumption: whoever else is in the database is a lock that cannot be placed, whatever WITH says.
std::optional<sql_error> refuses_containment(const engine& owner,
                                             const session_state& session,
                                             const std::string& database,
                                             bool contains) {
    if (auto refused = owner.refuses_entry(session, database, true)) return refused;
    if (contains)
        if (auto refused = refuses_contained_databases(owner, "alter")) return refused;
    const auto is_elsewhere = [&](const auto& entry) {
        return entry.first == session.number || !same_name(entry.second.database, database);
    };
    if (!std::all_of(owner.sessions_.begin(), owner.sessions_.end(), is_elsewhere))
        return numbered(5061, {database});
    const auto users = database_users{owner, session, database}.made();
    const bool any = std::any_of(
        users.begin(), users.end(), [](const auto& one) { return !one.password.empty(); });
    if (!contains && any) return numbered(12809);
    return {};
}

progress contain(engine& owner,
                 session_state& session,
                 const std::string& database,
                 bool contains) {
    if (contains == is_contained(owner, database)) return statement_end{};
    const auto& table = database_options_table();
    auto& target = *owner.database(database);
    std::vector<std::int64_t> numbers;
    auto rows = owner.rows_seen(session, database, table, &numbers);
    auto& open = session.transaction;
    open.database = target.about.name;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        open.changes.add(
            {row_change::kind::erase, table.name, numbers[i], std::move(rows.rows[i]), {}, {}});
    if (contains) {
        const value name{std::string{"CONTAINMENT"}};
        open.changes.add({row_change::kind::insert,
                          table.name,
                          target.next_row[lower(table.name)]++,
                          {},
                          row{name},
                          {}});
    }
    return owner.commit_changes(session, {});
}

}  // namespace ha::mssqlsim
