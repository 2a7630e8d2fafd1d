// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_indexes.hpp"

#include <algorithm>

// INFORMATION_SCHEMA: the same tables in the words of the standard.

namespace ha::mssqlsim {

namespace {

struct told_column {
    std::string table;
    std::int64_t place = 0;
    column about;
    std::string default_text;
};

view_maker& table_name(view_maker& made, const std::string& database, const std::string& table) {
    made.text("TABLE_CATALOG", database).text("TABLE_SCHEMA", "dbo");
    return made.text("TABLE_NAME", table);
}

// The whole and its bytes: of text and bytes alone.
void length_columns(view_maker& made, const told_type& type) {
    const bool has_length = type.is_text || type.id == 165 || type.id == 173;
    const value nobody;
    const std::int64_t letters = type.is_wide && type.bytes > 0 ? type.bytes / 2 : type.bytes;
    made.whole("CHARACTER_MAXIMUM_LENGTH", has_length ? value{letters} : nobody);
    made.whole("CHARACTER_OCTET_LENGTH", has_length ? value{type.bytes} : nobody);
}

void number_columns(view_maker& made, const told_type& type) {
    const bool approximate = type.id == 59 || type.id == 62;
    const value nobody;
    made.small("NUMERIC_PRECISION", type.is_number ? value{type.precision} : nobody);
    made.short_number("NUMERIC_PRECISION_RADIX",
                      type.is_number ? value{std::int64_t{approximate ? 2 : 10}} : nobody);
    made.whole("NUMERIC_SCALE", type.is_number && !approximate ? value{type.scale} : nobody);
    made.short_number("DATETIME_PRECISION", type.is_time ? value{type.scale} : nobody);
}

shared_rows columns(const std::string& database, const std::vector<described_table>& tables) {
    std::vector<told_column> all;
    for (const auto& one : tables) {
        std::int64_t place = 0;
        for (const auto& each_column : one.about.columns) {
            const auto* rule = rule_of(one.about, each_column.name);
            all.push_back({one.about.name, ++place, each_column, definition_of(rule)});
        }
    }
    return each(all, [&](view_maker& made, const told_column& one) {
        const auto type = told_type_of(one.about.type);
        const value nobody;
        table_name(made, database, one.table).text("COLUMN_NAME", one.about.name);
        made.number("ORDINAL_POSITION", one.place);
        made.text("COLUMN_DEFAULT", text_or_null(one.default_text), 4000);
        made.plain("IS_NULLABLE", one.about.nullable ? "YES" : "NO", 3);
        made.text("DATA_TYPE", type.name);
        length_columns(made, type);
        number_columns(made, type);
        made.text("CHARACTER_SET_CATALOG", nobody).text("CHARACTER_SET_SCHEMA", nobody);
        made.text("CHARACTER_SET_NAME",
                  type.is_text ? value{std::string{type.is_wide ? "UNICODE" : "iso_1"}} : nobody);
        made.text("COLLATION_CATALOG", nobody).text("COLLATION_SCHEMA", nobody);
        made.text("COLLATION_NAME",
                  type.is_text ? value{std::string{"SQL_Latin1_General_CP1_CI_AS"}} : nobody);
        made.text("DOMAIN_CATALOG", nobody).text("DOMAIN_SCHEMA", nobody);
        made.text("DOMAIN_NAME", nobody);
    });
}

void constraint_name(view_maker& made, const std::string& database, const std::string& name) {
    made.text("CONSTRAINT_CATALOG", database).text("CONSTRAINT_SCHEMA", "dbo");
    made.text("CONSTRAINT_NAME", name);
}

// A column of a constraint, or the whole of it.
struct told_key {
    std::string table;
    std::string constraint;
    std::string type;
    std::string column;
    std::int64_t place = 0;
};

std::vector<told_key> all_constraints(const std::vector<described_table>& tables) {
    std::vector<told_key> all;
    for (const auto& one : tables)
        for (const auto& object : constraints_of(one)) {
            std::string type = object.type_desc;
            type = type.substr(0, type.rfind('_'));
            std::replace(type.begin(), type.end(), '_', ' ');
            all.push_back({one.about.name, object.name, type, {}, 0});
        }
    return all;
}

shared_rows constraints(const std::string& database, const std::vector<described_table>& tables) {
    return each(all_constraints(tables), [&](view_maker& made, const told_key& one) {
        constraint_name(made, database, one.constraint);
        table_name(made, database, one.table).plain("CONSTRAINT_TYPE", one.type, 11);
        made.plain("IS_DEFERRABLE", "NO", 2).plain("INITIALLY_DEFERRED", "NO", 2);
    });
}

// Of keys, and of foreign keys as who has them says; CHECK has none here.
std::vector<told_key> all_columns(const std::vector<described_table>& tables, bool with_checks) {
    using kind = table_constraint::kind;
    std::vector<told_key> all;
    for (const auto& one : tables) {
        std::int64_t place = 0;
        for (const auto& name : one.about.primary_key)
            all.push_back({one.about.name, key_name_of(one.about), {}, name, ++place});
        for (const auto& rule : one.about.constraints) {
            if (rule.what == kind::index || (rule.what == kind::check && !with_checks)) continue;
            place = 0;
            for (const auto& part : rule.columns)
                all.push_back({one.about.name, rule.name, {}, part.name, ++place});
        }
    }
    return all;
}

shared_rows key_columns(const std::string& database, const std::vector<described_table>& tables) {
    return each(all_columns(tables, false), [&](view_maker& made, const told_key& one) {
        constraint_name(made, database, one.constraint);
        table_name(made, database, one.table);
        made.text("COLUMN_NAME", one.column).number("ORDINAL_POSITION", one.place);
    });
}

shared_rows constraint_columns(const std::string& database,
                               const std::vector<described_table>& tables) {
    return each(all_columns(tables, true), [&](view_maker& made, const told_key& one) {
        table_name(made, database, one.table).text("COLUMN_NAME", one.column);
        constraint_name(made, database, one.constraint);
    });
}

shared_rows checks(const std::string& database, const std::vector<described_table>& tables) {
    std::vector<table_constraint> all;
    for (const auto& one : tables)
        for (const auto& rule : one.about.constraints)
            if (rule.what == table_constraint::kind::check) all.push_back(rule);
    return each(all, [&](view_maker& made, const table_constraint& one) {
        constraint_name(made, database, one.name);
        made.text("CHECK_CLAUSE", "(" + one.condition + ")", 4000);
    });
}

shared_rows referential(const std::string& database, const std::vector<described_table>& tables) {
    return each(foreign_keys_of(tables), [&](view_maker& made, const told_foreign_key& one) {
        constraint_name(made, database, one.rule.name);
        made.text("UNIQUE_CONSTRAINT_CATALOG", database).text("UNIQUE_CONSTRAINT_SCHEMA", "dbo");
        made.text("UNIQUE_CONSTRAINT_NAME", referenced_index(one.referenced.about, one.rule).name);
        made.plain("MATCH_OPTION", "SIMPLE", 7);
        made.plain("UPDATE_RULE", action_name(one.rule.on_update, ' '), 11);
        made.plain("DELETE_RULE", action_name(one.rule.on_delete, ' '), 11);
    });
}

}  // namespace

shared_rows information_view(const engine& owner,
                             const session_state& session,
                             const std::string& database,
                             const std::string& name) {
    const bool known = name == "tables" || name == "columns" || name == "table_constraints" ||
                       name == "key_column_usage" || name == "check_constraints" ||
                       name == "referential_constraints" || name == "constraint_column_usage";
    if (!known) return {};
    const auto tables = tables_seen(owner, session, database);
    const auto* target = owner.database(database);
    const std::string& whole = target == nullptr ? database : target->about.name;
    if (name == "columns") return columns(whole, tables);
    if (name == "table_constraints") return constraints(whole, tables);
    if (name == "key_column_usage") return key_columns(whole, tables);
    if (name == "check_constraints") return checks(whole, tables);
    if (name == "referential_constraints") return referential(whole, tables);
    if (name == "constraint_column_usage") return constraint_columns(whole, tables);
    return each(tables, [&](view_maker& made, const described_table& one) {
        table_name(made, whole, one.about.name).plain("TABLE_TYPE", "BASE TABLE", 10);
    });
}

}  // namespace ha::mssqlsim
