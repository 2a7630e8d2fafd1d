// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/foreign_keys.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;
using action = table_constraint::action;

sql_error no_constraint(std::int32_t number, std::string text, std::uint8_t state = 1) {
    return followed_by(error_of(number, std::move(text), 16, state), not_created(1));
}

const column* column_of(const table_definition& table, const std::string& name) {
    for (const auto& one : table.columns)
        if (same_name(one.name, name)) return &one;
    return nullptr;
}

bool has_default(const table_definition& table, const std::string& column) {
    return std::any_of(table.rules.begin(), table.rules.end(), [&](const auto& one) {
        return same_name(one.column, column) && !one.default_text.empty();
    });
}

// Where each of the key's columns stands among those; nothing: they are others.
std::optional<std::vector<std::size_t>> order_of(const std::vector<std::string>& key,
                                                 const std::vector<std::string>& columns) {
    if (key.size() != columns.size() || key.empty()) return {};
    std::vector<std::size_t> made;
    for (const auto& name : key) {
        const auto at = std::find_if(
            columns.begin(), columns.end(), [&](const auto& one) { return same_name(one, name); });
        if (at == columns.end()) return {};
        made.push_back(static_cast<std::size_t>(at - columns.begin()));
    }
    return made;
}

const table_definition* table_named(const table_definition& table,
                                    const std::string& name,
                                    const known_objects& known) {
    if (same_name(table.name, name)) return &table;
    for (const auto& one : known.tables)
        if (same_name(one.name, name)) return &one;
    return nullptr;
}

bool cascades(const table_constraint& one, bool by_update) {
    return one.what == kind::foreign_key &&
           (by_update ? one.on_update : one.on_delete) != action::none;
}

using table_names = std::set<std::string, less_name>;

// Tables that a change cascades to from this one, with itself; or that cascade to it.
table_names reached(const std::string& from,
                    const std::vector<table_definition>& tables,
                    bool by_update,
                    bool upwards) {
    table_names made{from};
    std::vector<std::string> open{from};
    while (!open.empty()) {
        const std::string at = std::move(open.back());
        open.pop_back();
        for (const auto& child : tables)
            for (const auto& one : child.constraints) {
                if (!cascades(one, by_update)) continue;
                const auto& here = upwards ? child.name : one.referenced_table;
                const auto& next = upwards ? one.referenced_table : child.name;
                if (same_name(here, at) && made.insert(next).second) open.push_back(next);
            }
    }
    return made;
}

// Documented: no table may appear twice in what a DELETE or an UPDATE sets off.
bool makes_two_paths(const table_definition& table,
                     const table_constraint& rule,
                     const known_objects& known,
                     bool by_update) {
    if (!cascades(rule, by_update)) return false;
    std::vector<table_definition> tables;
    for (const auto& one : known.tables)
        if (!same_name(one.name, table.name)) tables.push_back(one);
    tables.push_back(table);
    std::erase_if(tables.back().constraints,
                  [&](const auto& one) { return same_name(one.name, rule.name); });
    const auto above = reached(rule.referenced_table, tables, by_update, true);
    const auto below = reached(table.name, tables, by_update, false);
    return std::any_of(above.begin(), above.end(), [&](const auto& from) {
        const auto there = reached(from, tables, by_update, false);
        return below.count(from) != 0 ||
               std::any_of(below.begin(), below.end(), [&](const auto& to) {
                   return there.count(to) != 0;
               });
    });
}

std::optional<sql_error> refuses_types(const table_definition& table,
                                       const table_definition& referenced,
                                       const table_constraint& rule) {
    for (std::size_t i = 0; i < rule.columns.size(); ++i) {
        const auto& mine = *column_of(table, rule.columns[i].name);
        const auto& theirs = *column_of(referenced, rule.referenced_columns[i]);
        const auto differs_in = [&](const char* what) {
            return "Column '" + referenced.name + "." + theirs.name + "' is not the same " + what +
                   " as referencing column '" + table.name + "." + mine.name +
                   "' in foreign key '" + rule.name + "'.";
        };
        if (mine.type.kind != theirs.type.kind)
            return no_constraint(1778, differs_in("data type"), 0);
        if (mine.type != theirs.type)
            return no_constraint(1753,
                                 differs_in("length or scale") +
                                     " Columns participating in a foreign key relationship must "
                                     "be defined with the same length and scale.",
                                 0);
    }
    return {};
}

std::optional<sql_error> refuses_actions(const table_definition& table,
                                         const table_constraint& rule) {
    const auto uses = [&](action what) { return rule.on_delete == what || rule.on_update == what; };
    const bool changes =
        rule.on_update != action::none || uses(action::set_null) || uses(action::set_default);
    for (const auto& one : rule.columns) {
        const bool nullable = column_of(table, one.name)->nullable;
        const bool identity =
            std::any_of(table.rules.begin(), table.rules.end(), [&](const auto& each_rule) {
                return each_rule.identity && same_name(each_rule.column, one.name);
            });
        if (changes && identity)
            return no_constraint(1788,
                                 "Cascading foreign key '" + rule.name +
                                     "' cannot be created where the referencing column '" +
                                     table.name + "." + one.name + "' is an identity column.",
                                 0);
        if (uses(action::set_null) && !nullable)
            return no_constraint(1761,
                                 "Cannot create the foreign key \"" + rule.name +
                                     "\" with the SET NULL referential action, because one or "
                                     "more referencing columns are not nullable.",
                                 0);
        if (uses(action::set_default) && !nullable && !has_default(table, one.name))
            return no_constraint(1762,
                                 "Cannot create the foreign key \"" + rule.name +
                                     "\" with the SET DEFAULT referential action, because one or "
                                     "more referencing not-nullable columns lack a default "
                                     "constraint.",
                                 0);
    }
    return {};
}

}  // namespace

std::optional<candidate_key> candidate_of(const table_definition& referenced,
                                          const std::vector<std::string>& columns) {
    if (auto order = order_of(referenced.primary_key, columns))
        return candidate_key{std::nullopt, std::move(*order)};
    for (std::size_t i = 0; i < referenced.constraints.size(); ++i) {
        const auto& one = referenced.constraints[i];
        if (!one.is_unique || !one.condition.empty()) continue;
        std::vector<std::string> names;
        for (const auto& part : one.columns)
            if (!part.included) names.push_back(part.name);
        if (auto order = order_of(names, columns)) return candidate_key{i, std::move(*order)};
    }
    return {};
}

sql_error conflict(const std::string& verb,
                   const std::string& what,
                   const table_constraint& rule,
                   const std::string& database,
                   const std::string& told_table,
                   const std::vector<std::string>& told_columns) {
    const std::string column =
        told_columns.size() == 1 ? ", column '" + told_columns.front() + "'" : std::string{};
    return error_of(547,
                    "The " + verb + " statement conflicted with the " + what + " constraint \"" +
                        rule.name + "\". The conflict occurred in database \"" + database +
                        "\", table \"dbo." + told_table + "\"" + column + ".",
                    16,
                    0);
}

std::optional<sql_error> complete_foreign_key(const table_definition& table,
                                              table_constraint& rule,
                                              const known_objects& known) {
    if (!rule.referenced_columns.empty() && rule.referenced_columns.size() != rule.columns.size())
        return error_of(8139,
                        "Number of referencing columns in foreign key differs from number of "
                        "referenced columns, table '" +
                            table.name + "'.",
                        16,
                        0);
    const std::string of = "Foreign key '" + rule.name + "' ";
    for (const auto& one : rule.columns)
        if (column_of(table, one.name) == nullptr)
            return no_constraint(1769,
                                 of + "references invalid column '" + one.name +
                                     "' in referencing table '" + table.name + "'.");
    const auto* referenced = table_named(table, rule.referenced_table, known);
    if (referenced == nullptr)
        return no_constraint(
            1767, of + "references invalid table '" + rule.referenced_table + "'.", 0);
    rule.referenced_table = referenced->name;
    if (rule.referenced_columns.empty() && referenced->primary_key.empty())
        return no_constraint(1773,
                             of + "has implicit reference to object '" + referenced->name +
                                 "' which does not have a primary key defined on it.",
                             0);
    if (rule.referenced_columns.empty()) rule.referenced_columns = referenced->primary_key;
    if (rule.referenced_columns.size() != rule.columns.size())
        return no_constraint(1774,
                             "The number of columns in the referencing column list for foreign "
                             "key '" +
                                 rule.name +
                                 "' does not match those of the primary key in the referenced "
                                 "table '" +
                                 referenced->name + "'.",
                             0);
    for (const auto& name : rule.referenced_columns)
        if (column_of(*referenced, name) == nullptr)
            return no_constraint(1770,
                                 of + "references invalid column '" + name +
                                     "' in referenced table '" + referenced->name + "'.",
                                 0);
    if (!candidate_of(*referenced, rule.referenced_columns))
        return no_constraint(
            1776,
            "There are no primary or candidate keys in the referenced table '" + referenced->name +
                "' that match the referencing column list in the foreign key '" + rule.name + "'.",
            0);
    if (auto bad = refuses_types(table, *referenced, rule)) return bad;
    if (auto bad = refuses_actions(table, rule)) return bad;
    if (makes_two_paths(table, rule, known, false) || makes_two_paths(table, rule, known, true))
        return no_constraint(1785,
                             "Introducing FOREIGN KEY constraint '" + rule.name + "' on table '" +
                                 table.name +
                                 "' may cause cycles or multiple cascade paths. Specify ON DELETE "
                                 "NO ACTION or ON UPDATE NO ACTION, or modify other FOREIGN KEY "
                                 "constraints.",
                             0);
    return {};
}

std::optional<dependent_key> dependent_on(const table_definition& table,
                                          std::optional<std::size_t> constraint,
                                          const std::vector<table_definition>& tables) {
    for (const auto& child : tables)
        for (const auto& one : child.constraints) {
            if (one.what != kind::foreign_key || !same_name(one.referenced_table, table.name))
                continue;
            const auto key = candidate_of(table, one.referenced_columns);
            if (key && key->constraint == constraint) return dependent_key{child.name, one.name};
        }
    return {};
}

void tell_left_out(engine& owner, session_state& session, const create_table_statement& shape) {
    for (const auto& one : shape.constraints)
        if (one.what == kind::foreign_key)
            owner.say(session,
                      {1756,
                       0,
                       0,
                       "Skipping FOREIGN KEY constraint '" + one.name +
                           "' definition for temporary table. FOREIGN KEY constraints are not "
                           "enforced on local or global temporary tables.",
                       {},
                       session.line});
}

bool is_referenced(const engine& owner,
                   const session_state& session,
                   const std::string& database,
                   const std::string& table) {
    for (const auto& one : objects_of(owner, session, database).tables)
        for (const auto& rule : one.constraints)
            if (rule.what == kind::foreign_key && same_name(rule.referenced_table, table) &&
                !same_name(one.name, table))
                return true;
    return false;
}

std::optional<sql_error> refuses_references(const engine& owner,
                                            const session_state& session,
                                            const std::string& database,
                                            const table_definition& table,
                                            const table_constraint& rule,
                                            const std::vector<row>& rows) {
    const bool of_itself = same_name(rule.referenced_table, table.name);
    const auto other =
        of_itself ? std::nullopt : owner.table_of(session, database, rule.referenced_table);
    const auto& referenced = other ? *other : table;
    const auto there = other ? owner.rows_seen(session, database, referenced, nullptr).rows : rows;
    std::set<std::string> keys;
    const auto places = places_of(referenced, rule.referenced_columns);
    for (const auto& one : there) keys.insert(key_text(values_at(one, places)));
    const auto own = places_of(table, rule);
    for (const auto& one : rows) {
        const row key = values_at(one, own);
        if (std::any_of(key.begin(), key.end(), is_null) || keys.count(key_text(key)) != 0)
            continue;
        return conflict("ALTER TABLE",
                        of_itself ? "FOREIGN KEY SAME TABLE" : "FOREIGN KEY",
                        rule,
                        database,
                        referenced.name,
                        rule.referenced_columns);
    }
    return {};
}

}  // namespace ha::mssqlsim
