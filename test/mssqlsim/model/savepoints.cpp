// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/savepoints.hpp"

#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/not_modelled.hpp"
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/column_kinds.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

constexpr std::size_t longest_name = 32;

sql_error unknown_name(const std::string& name, std::uint8_t state) {
    return error_of(
        6401,
        "Cannot roll back " + name + ". No transaction or savepoint of that name was found.",
        16,
        state);
}

// Of what is no text.
const char* word_of(column_kind kind) {
    switch (kind) {
        case column_kind::tinyint: return "tinyint";
        case column_kind::smallint: return "smallint";
        case column_kind::integer: return "int";
        case column_kind::bigint: return "bigint";
        case column_kind::bit: return "bit";
        case column_kind::floating: return "float";
        case column_kind::numeric: return "decimal";
        case column_kind::guid: return "uniqueidentifier";
        case column_kind::datetime: return "datetime";
        case column_kind::datetime2: return "datetime2";
        case column_kind::xml: return "xml";
        default: return "varbinary";
    }
}

std::string without_blanks(const std::string& name) {
    const auto last = name.find_last_not_of(' ');
    return last == std::string::npos ? std::string{} : name.substr(0, last + 1);
}

}  // namespace

sql_result<std::optional<std::string>> name_of(const session_state& session,
                                               const transaction_statement& what) {
    if (!what.is_variable) return without_blanks(what.name);
    const auto& scope = session.scopes.back();
    const auto at = scope.find(lower(what.name));
    if (at == scope.end())
        return tl::unexpected(reaching(
            error_of(137, "Must declare the scalar variable \"" + what.name + "\".", 15, 2),
            sql_error::reach::scope));
    const typed_value& held = at->second;
    if (!is_text_kind(held.type.kind))
        return sql_failure(3914,
                           std::string{"The data type \""} + word_of(held.type.kind) +
                               "\" is invalid for transaction names or savepoint names. Allowed "
                               "data types are char, varchar, nchar, varchar(max), nvarchar, and "
                               "nvarchar(max).",
                           16,
                           0);
    if (is_null(held.contents)) return std::optional<std::string>{};
    return without_blanks(text_of_units(units_of(text_of(held.contents)).substr(0, longest_name)));
}

progress save(session_state& session, const std::optional<std::string>& name) {
    auto& open = session.transaction;
    if (open.depth == 0)
        return failed_with(reaching(
            error_of(
                628, "Cannot issue SAVE TRANSACTION when there is no active transaction.", 16, 0),
            sql_error::reach::batch));
    if (open.doomed) return failed_with(cannot_write());
    if (name && !name->empty())
        open.savepoints.push_back({*name,
                                   open.changes.size(),
                                   open.global_changes.size(),
                                   open.global_definitions,
                                   session.tables});
    return statement_end{};
}

// 1. the transaction can only be rolled back as a whole, and there is such a savepoint: 3931
// 2. a savepoint of that name: to the newest, which is gone then with all after it; locks stay
// 3. the outermost transaction's own name, letter for letter: all of it
// 4. anything else: 6401
progress engine::rollback_to(session_state& session,
                             const std::string& name,
                             bool is_empty_variable) {
    auto& open = session.transaction;
    const auto newest = std::find_if(open.savepoints.rbegin(),
                                     open.savepoints.rend(),
                                     [&](const auto& one) { return same_name(one.name, name); });
    if (newest == open.savepoints.rend()) {
        if (name.empty() || name != open.name)
            return failed_with(unknown_name(name, is_empty_variable ? 2 : 1));
        abandon(session);
        return statement_end{};
    }
    if (open.doomed)
        return failed_with(
            reaching(error_of(3931,
                              "The current transaction cannot be committed and cannot be rolled "
                              "back to a savepoint. Roll back the entire transaction."),
                     sql_error::reach::batch));
    if (newest->global_definitions != open.global_definitions)
        return failed_with(statement_not_modelled(
            "ROLLBACK TRANSACTION to before a global temporary table was made or dropped"));
    open.changes.cut(newest->changes);
    open.global_changes.resize(newest->global_changes);
    restore_session_tables(session, std::move(newest->tables));
    open.savepoints.erase(std::prev(newest.base()), open.savepoints.end());
    return statement_end{};
}

}  // namespace ha::mssqlsim
