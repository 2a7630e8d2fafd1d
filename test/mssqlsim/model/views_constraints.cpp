// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_indexes.hpp"

// Catalogue views of what holds for users' tables: columns and order as documented.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;
using all_tables = std::vector<described_table>;

struct told_index {
    std::int64_t table = 0;
    described_index index;
    std::size_t at = 0;        // of the column that is told, if one is
    std::int64_t column = 0;   // its place in the table
    std::int64_t ordinal = 0;  // in the key
};

std::vector<told_index> all_indexes(const all_tables& tables) {
    std::vector<told_index> made;
    for (const auto& one : tables)
        for (auto& index : indexes_of(one.about)) {
            told_index next;
            next.table = one.id;
            next.index = std::move(index);
            made.push_back(std::move(next));
        }
    return made;
}

shared_rows indexes(const all_tables& tables) {
    return each(all_indexes(tables), [](view_maker& made, const told_index& one) {
        const auto& index = one.index;
        const value nobody;
        const char* type = index.id == 0 ? "HEAP" : index.id == 1 ? "CLUSTERED" : "NONCLUSTERED";
        made.number("object_id", one.table).text("name", text_or_null(index.name));
        made.number("index_id", index.id).small("type", index.id > 1 ? 2 : index.id);
        made.text("type_desc", type).bit("is_unique", index.is_unique);
        made.number("data_space_id", 1).bit("ignore_dup_key", false);
        made.bit("is_primary_key", index.is_primary);
        made.bit("is_unique_constraint", index.is_constraint);
        made.small("fill_factor", std::int64_t{0});
        made.bit("is_padded", false).bit("is_disabled", false).bit("is_hypothetical", false);
        made.bit("allow_row_locks", true).bit("allow_page_locks", true);
        made.bit("has_filter", !index.filter.empty());
        made.put("filter_definition",
                 {column_kind::nvarchar_max, 0, 25, 0},
                 index.filter.empty() ? nobody : value{"(" + index.filter + ")"});
        made.bit("auto_created", false);
    });
}

shared_rows index_columns(const all_tables& tables) {
    std::vector<told_index> all;
    for (const auto& table : tables)
        for (const auto& index : indexes_of(table.about)) {
            std::int64_t ordinal = 0;
            for (std::size_t i = 0; i < index.columns.size(); ++i) {
                const auto& part = index.columns[i];
                told_index next;
                next.table = table.id;
                next.index = index;
                next.at = i;
                next.column = place_of(table.about, part.name);
                next.ordinal = part.included ? 0 : ++ordinal;
                all.push_back(std::move(next));
            }
        }
    return each(all, [](view_maker& made, const told_index& one) {
        const auto part =
            one.at < one.index.columns.size() ? one.index.columns[one.at] : constraint_column{};
        made.number("object_id", one.table).number("index_id", one.index.id);
        made.number("index_column_id", static_cast<std::int64_t>(one.at) + 1);
        made.number("column_id", one.column).small("key_ordinal", one.ordinal);
        made.small("partition_ordinal", std::int64_t{0});
        made.bit("is_descending_key", part.descending);
        made.bit("is_included_column", part.included);
    });
}

struct told_constraint {
    told_object object;
    table_constraint rule;
    std::int64_t number = 0;  // of its index, or of its column
};

shared_rows key_constraints(const all_tables& tables) {
    std::vector<told_constraint> all;
    for (const auto& table : tables)
        for (const auto& index : indexes_of(table.about)) {
            if (!index.is_primary && !index.is_constraint) continue;
            told_constraint next;
            next.number = index.id;
            next.rule.is_system_named = index.is_primary && table.about.key_name.empty();
            for (const auto& rule : table.about.constraints)
                if (index.is_constraint && rule.name == index.name) next.rule = rule;
            for (auto& object : constraints_of(table))
                if (object.name == index.name) next.object = std::move(object);
            all.push_back(std::move(next));
        }
    return each(all, [](view_maker& made, const told_constraint& one) {
        object_columns(made, one.object);
        made.number("unique_index_id", one.number).bit("is_system_named", one.rule.is_system_named);
        made.bit("is_enforced", true);
    });
}

void state_columns(view_maker& made, const table_constraint& rule) {
    made.bit("is_disabled", rule.is_disabled).bit("is_not_for_replication", false);
    made.bit("is_not_trusted", rule.is_untrusted);
}

shared_rows check_constraints(const all_tables& tables) {
    std::vector<told_constraint> all;
    for (const auto& table : tables)
        for (const auto& rule : table.about.constraints) {
            if (rule.what != kind::check) continue;
            const bool of_one = rule.columns.size() == 1;
            const auto column = of_one ? place_of(table.about, rule.columns.front().name) : 0;
            all.push_back({object_of(table, rule), rule, column});
        }
    return each(all, [](view_maker& made, const told_constraint& one) {
        object_columns(made, one.object);
        state_columns(made, one.rule);
        made.number("parent_column_id", one.number);
        made.put("definition",
                 {column_kind::nvarchar_max, 0, 25, 0},
                 value{"(" + one.rule.condition + ")"});
        made.bit("uses_database_collation", true).bit("is_system_named", one.rule.is_system_named);
    });
}

void action_columns(view_maker& made,
                    const char* name,
                    const char* name_desc,
                    table_constraint::action what) {
    made.small(name, static_cast<std::int64_t>(what));
    made.text(name_desc, action_name(what, '_'));
}

shared_rows foreign_keys(const all_tables& tables) {
    return each(foreign_keys_of(tables), [](view_maker& made, const told_foreign_key& one) {
        object_columns(made, object_of(one.table, one.rule));
        made.number("referenced_object_id", one.referenced.id);
        made.number("key_index_id", referenced_index(one.referenced.about, one.rule).id);
        state_columns(made, one.rule);
        action_columns(made,
                       "delete_referential_action",
                       "delete_referential_action_desc",
                       one.rule.on_delete);
        action_columns(made,
                       "update_referential_action",
                       "update_referential_action_desc",
                       one.rule.on_update);
        made.bit("is_system_named", one.rule.is_system_named);
    });
}

shared_rows foreign_key_columns(const all_tables& tables) {
    return each(foreign_key_columns_of(tables), [](view_maker& made, const told_foreign_key& one) {
        const bool known = one.place < one.rule.columns.size();
        const auto column = known ? one.rule.columns[one.place].name : std::string{};
        const auto referenced = known ? one.rule.referenced_columns[one.place] : std::string{};
        made.number("constraint_object_id", number_of(one.table.about.name, one.rule.name));
        made.number("constraint_column_id", static_cast<std::int64_t>(one.place) + 1);
        made.number("parent_object_id", one.table.id);
        made.number("parent_column_id", place_of(one.table.about, column));
        made.number("referenced_object_id", one.referenced.id);
        made.number("referenced_column_id", place_of(one.referenced.about, referenced));
    });
}

}  // namespace

shared_rows constraint_view(const std::vector<described_table>& tables, const std::string& view) {
    if (view == "indexes") return indexes(tables);
    if (view == "index_columns") return index_columns(tables);
    if (view == "key_constraints") return key_constraints(tables);
    if (view == "check_constraints") return check_constraints(tables);
    if (view == "foreign_keys") return foreign_keys(tables);
    if (view == "foreign_key_columns") return foreign_key_columns(tables);
    return {};
}

}  // namespace ha::mssqlsim
