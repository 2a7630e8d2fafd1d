// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/session_tables.hpp"

#include "test/mssqlsim/model/session_state.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

bool is_variable(const std::string& name) {
    return name.starts_with("@");
}

// Numbers that were given are not given again.
void keep_identity(const session_state& session, session_table& restored) {
    for (const auto& now : session.tables) {
        if (now.scope != restored.scope || now.about.name != restored.about.name) continue;
        if (now.last_identity) restored.last_identity = now.last_identity;
        restored.next_row = std::max(restored.next_row, now.next_row);
    }
}

bool is_variable(const session_table& one) {
    return is_variable(one.about.name);
}

}  // namespace

bool is_session_table(const std::string& name) {
    return is_variable(name) || (name.starts_with("#") && !name.starts_with("##"));
}

std::string database_of(const session_state& session, const std::vector<std::string>& table) {
    if (table.back().starts_with("#") || table.back().starts_with("@")) return "tempdb";
    return table.size() >= 3 ? table.front() : session.database;
}

session_table* find_session_table(session_state& session, const std::string& name) {
    const auto at =
        std::find_if(session.tables.rbegin(), session.tables.rend(), [&](const auto& one) {
            const bool seen = !is_variable(one) || one.scope == session.scopes.size();
            return seen && same_name(one.about.name, name);
        });
    return at == session.tables.rend() ? nullptr : &*at;
}

sql_error no_session_table(const std::vector<std::string>& path) {
    constexpr auto scope = sql_error::reach::scope;
    if (is_variable(path.back()))
        return sql_error{
            1087, "Must declare the table variable \"" + path.back() + "\".", 15, 2, scope, 0, {}};
    std::string whole;
    for (const auto& part : path) whole += (whole.empty() ? "" : ".") + part;
    return sql_error{208, "Invalid object name '" + whole + "'.", 16, 1, scope, 0, {}};
}

std::optional<sql_error> make_session_table(session_state& session, table_definition about) {
    const auto* known = find_session_table(session, about.name);
    if (known != nullptr && known->scope == session.scopes.size())
        return sql_error{2714,
                         "There is already an object named '" + about.name + "' in the database.",
                         16,
                         6,
                         sql_error::reach::statement,
                         0,
                         {}};
    session.tables.push_back({std::move(about), {}, 0, session.scopes.size()});
    return {};
}

bool drop_session_table(session_state& session, const std::string& name) {
    const auto* known = find_session_table(session, name);
    if (known == nullptr) return false;
    session.tables.erase(session.tables.begin() + (known - session.tables.data()));
    return true;
}

// In a loop it is declared once.
void declare_table(session_state& session, table_definition about) {
    if (find_session_table(session, about.name) != nullptr) return;
    session.tables.push_back({std::move(about), {}, 0, session.scopes.size()});
}

void leave_scopes(session_state& session, std::size_t depth) {
    leave_cursor_scopes(session, depth);
    std::erase_if(session.tables, [&](const auto& one) { return one.scope > depth; });
    std::erase_if(session.scope_identities, [&](const auto& one) { return one.first > depth; });
}

void leave_batch(session_state& session) {
    session.scope_identities.clear();
    leave_cursor_scopes(session, 0);
    std::erase_if(session.tables,
                  [](const auto& one) { return one.scope > 1 || is_variable(one); });
}

void note_session_tables(session_state& session) {
    session.tables_before = session.tables;
}

void restore_session_tables(session_state& session) {
    if (!session.tables_before) return;
    restore_session_tables(session, std::move(*session.tables_before));
    session.tables_before.reset();
}

void restore_session_tables(session_state& session, session_tables before) {
    session_tables restored;
    for (auto& one : before)
        if (!is_variable(one) && one.scope <= session.scopes.size()) {
            keep_identity(session, one);
            restored.push_back(std::move(one));
        }
    for (auto& one : session.tables)
        if (is_variable(one)) restored.push_back(std::move(one));
    session.tables = std::move(restored);
}

}  // namespace ha::mssqlsim
