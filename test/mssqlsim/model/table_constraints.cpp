// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/constraint_parts.hpp"
#include "test/mssqlsim/model/foreign_keys.hpp"
#include "test/mssqlsim/model/table_catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

// Constraints that are added to a table.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

sql_error for_constraint(sql_error first, std::uint8_t state) {
    return followed_by(std::move(first), not_created(state));
}

bool has_column(const table_definition& table, const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& one) {
        return same_name(one.name, name);
    });
}

bool is_unlimited(const table_definition& table, const std::string& name) {
    static constexpr std::array<column_kind, 4> kinds{column_kind::nvarchar_max,
                                                      column_kind::varchar_max,
                                                      column_kind::varbinary_max,
                                                      column_kind::xml};
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& one) {
        return same_name(one.name, name) &&
               std::find(kinds.begin(), kinds.end(), one.type.kind) != kinds.end();
    });
}

// DATEDIFF(day, ...): its first argument is a word, and no column.
bool takes_date_part(const expression& what) {
    return what.what == expression::kind::call && what.text.starts_with("DATE") &&
           what.arguments.size() > 1 && !what.text.ends_with("FROMPARTS");
}

// The columns that it names, each once, in the table's order.
void note_columns(const table_definition& table, const expression& what, object_names& names) {
    if (what.what == expression::kind::name && !what.parts.empty()) names.insert(what.parts.back());
    for (std::size_t i = takes_date_part(what) ? 1 : 0; i < what.arguments.size(); ++i)
        note_columns(table, what.arguments[i], names);
}

std::vector<constraint_column> columns_of(const table_definition& table, const expression& what) {
    object_names names;
    note_columns(table, what, names);
    std::vector<constraint_column> made;
    for (const auto& one : table.columns)
        if (names.count(one.name) != 0) made.push_back({one.name, false, false});
    return made;
}

// Columns of the table alone, and no query.
std::optional<sql_error> refuses_condition(const table_definition& table, const expression& what) {
    using is = expression::kind;
    if (what.query || what.what == is::subquery || what.what == is::exists)
        return reaching(error_of(1046,
                                 "Subqueries are not allowed in this context. Only scalar "
                                 "expressions are allowed.",
                                 15),
                        sql_error::reach::scope);
    if (what.what == is::name && !what.parts.empty() && !has_column(table, what.parts.back()))
        return reaching(error_of(207, "Invalid column name '" + what.parts.back() + "'."),
                        sql_error::reach::scope);
    for (std::size_t i = takes_date_part(what) ? 1 : 0; i < what.arguments.size(); ++i)
        if (auto bad = refuses_condition(table, what.arguments[i])) return bad;
    return {};
}

std::string generated_name(const table_definition& table, std::size_t place) {
    const auto what = table.constraints[place].what;
    const char* kind_of = what == kind::check ? "CK" : what == kind::unique ? "UQ" : "FK";
    std::array<char, 20> number{};
    std::string columns;
    for (const auto& one : table.constraints[place].columns) columns += "\n" + one.name;
    const auto hash = number_of(table.name, kind_of + columns + table.constraints[place].condition);
    const auto& about = table.constraints[place];
    std::snprintf(number.data(),
                  number.size(),
                  about.what == kind::unique ? "%08X%08X" : "%08X",
                  static_cast<unsigned>(hash + static_cast<std::int64_t>(place)),
                  static_cast<unsigned>(place));
    const std::string column = about.what != kind::unique && about.columns.size() == 1
                                   ? about.columns.front().name.substr(0, 5) + "__"
                                   : std::string{};
    return std::string{kind_of} + "__" + table.name.substr(0, 9) + "__" + column + number.data();
}

// 2714, 8168: a name that is there already, or twice in one statement.
std::optional<sql_error> refuses_name(const std::string& name,
                                      const object_names& taken,
                                      object_names& added) {
    if (name.empty()) return {};
    if (taken.count(name) != 0)
        return for_constraint(
            error_of(
                2714, "There is already an object named '" + name + "' in the database.", 16, 5),
            1);
    if (added.insert(name).second) return {};
    return error_of(8168,
                    "Cannot create, drop, enable, or disable more than one constraint, column, "
                    "index, or trigger named '" +
                        name + "' in this context. Duplicate names are not allowed.",
                    16,
                    0);
}

bool is_index_of(const table_constraint& one) {
    return one.what == kind::unique || one.what == kind::index;
}

std::optional<sql_error> refuses_clustering(table_definition& table,
                                            const create_table_statement& shape,
                                            bool is_new_table) {
    std::size_t wanted = shape.key_clustered ? 1 : 0;
    for (const auto& one : shape.constraints) wanted += one.is_clustered ? 1U : 0U;
    table_definition before = table;
    if (!shape.primary_key.empty()) before.primary_key.clear();
    const auto present = clustered_name(before);
    if (wanted > 1 && is_new_table)
        return error_of(8112,
                        "Cannot add more than one clustered index for constraints on table '" +
                            table.name + "'.",
                        16,
                        0);
    if (wanted > 0 && !present.empty())
        return for_constraint(second_clustered(table.name, present), 0);
    if (!shape.primary_key.empty())
        table.key_nonclustered =
            shape.key_nonclustered || (!shape.key_clustered && (wanted > 0 || !present.empty()));
    return {};
}

}  // namespace

sql_error not_created(std::uint8_t state) {
    return error_of(1750, "Could not create constraint or index. See previous errors.", 16, state);
}

std::optional<sql_error> refuses_columns(const table_definition& table,
                                         const table_constraint& one) {
    object_names seen;
    for (const auto& part : one.columns) {
        if (!has_column(table, part.name))
            return error_of(
                1911,
                "Column name '" + part.name + "' does not exist in the target table or view.");
        if (!part.included && is_unlimited(table, part.name))
            return error_of(1919,
                            "Column '" + part.name + "' in table '" + table.name +
                                "' is of a type that is invalid for use as a key column in an "
                                "index.");
        if (!seen.insert(part.name).second)
            return error_of(1909,
                            "Cannot use duplicate column names in index. Column name '" +
                                part.name + "' listed more than once.");
    }
    return {};
}

sql_result<std::shared_ptr<const expression>> condition_of(engine& owner, const std::string& text) {
    const auto parsed = owner.scripts_.parse("SELECT 1 WHERE " + text);
    if (!parsed) return tl::unexpected(parsed.error());
    const auto* query = std::get_if<select_statement>(&(*parsed)->front().what);
    if (query == nullptr || !query->query.where) return std::shared_ptr<const expression>{};
    return std::shared_ptr<const expression>{*parsed, &*query->query.where};
}

sql_result<std::shared_ptr<const expression>> checked_condition(engine& owner,
                                                                const table_definition& table,
                                                                const std::string& text) {
    auto made = condition_of(owner, text);
    if (!made) return made;
    if (auto bad = refuses_condition(table, **made)) return tl::unexpected(*bad);
    return made;
}

std::string clustered_name(const table_definition& table) {
    if (!table.primary_key.empty() && !table.key_nonclustered) return key_name_of(table);
    for (const auto& one : table.constraints)
        if (one.is_clustered) return one.name;
    return {};
}

sql_error second_clustered(const std::string& table, const std::string& name) {
    return error_of(1902,
                    "Cannot create more than one clustered index on table '" + table +
                        "'. Drop the existing clustered index '" + name +
                        "' before creating another.",
                    16,
                    3);
}

known_objects objects_of(const engine& owner,
                         const session_state& session,
                         const std::string& database) {
    known_objects made;
    made.is_stored = true;
    const auto* target = owner.database(database);
    if (target == nullptr) return made;
    object_names tables;
    for (const auto& one : owner.store_->tables(target->about.name)) tables.insert(one);
    if (same_name(session.transaction.database, database))
        for (const auto* one : session.transaction.changes.rows().made()) tables.insert(one->name);
    for (const auto& name : tables) {
        auto about = owner.table_of(session, database, name);
        if (!about) continue;
        made.names.insert(about->name);
        if (!about->key_name.empty()) made.names.insert(about->key_name);
        for (const auto& one : about->constraints)
            if (one.what != kind::index) made.names.insert(one.name);
        for (const auto& one : about->rules)
            if (!one.default_name.empty()) made.names.insert(one.default_name);
        made.tables.push_back(std::move(*about));
    }
    return made;
}

std::optional<sql_error> add_constraints(engine& owner,
                                         table_definition& table,
                                         const create_table_statement& shape,
                                         const known_objects& known,
                                         bool is_new_table,
                                         bool is_untrusted) {
    object_names added;
    if (auto bad = refuses_name(shape.key_name, known.names, added)) return bad;
    for (const auto& one : shape.rules)
        if (auto bad = refuses_name(one.default_name, known.names, added)) return bad;
    if (auto bad = refuses_clustering(table, shape, is_new_table)) return bad;
    for (const auto& one : shape.constraints)
        if (one.what != kind::index)
            if (auto bad = refuses_name(one.name, known.names, added)) return bad;
    const auto add = [&](const table_constraint& one) -> std::optional<sql_error> {
        if (is_index_of(one))
            if (auto bad = refuses_columns(table, one)) return for_constraint(*bad, 0);
        table.constraints.push_back(one);
        auto& made = table.constraints.back();
        if (!one.condition.empty()) {
            const auto parsed = checked_condition(owner, table, one.condition);
            if (!parsed) return parsed.error();
            if (one.what == kind::check) made.columns = columns_of(table, **parsed);
        }
        made.is_untrusted = is_untrusted && !is_index_of(one);
        made.is_system_named = made.name.empty();
        if (made.name.empty()) made.name = generated_name(table, table.constraints.size() - 1);
        if (one.what != kind::foreign_key) return {};
        return complete_foreign_key(table, made, known);
    };
    for (const auto& one : shape.constraints)
        if (one.what != kind::foreign_key)
            if (auto bad = add(one)) return bad;
    // By keys of the same statement, too.
    for (const auto& one : shape.constraints)
        if (one.what == kind::foreign_key && known.is_stored)
            if (auto bad = add(one)) return bad;
    return {};
}

}  // namespace ha::mssqlsim
