// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/table_indexes.hpp"

#include "test/mssqlsim/model/foreign_keys.hpp"

#include <algorithm>
#include <iterator>

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

}  // namespace

std::vector<described_index> indexes_of(const table_definition& table) {
    std::vector<described_index> made;
    if (!table.primary_key.empty()) {
        described_index key;
        key.name = key_name_of(table);
        key.id = table.key_nonclustered ? 0 : 1;
        key.is_unique = true;
        key.is_primary = true;
        for (const auto& name : table.primary_key) key.columns.push_back({name, false, false});
        made.push_back(std::move(key));
    }
    for (const auto& one : table.constraints) {
        if (one.what != kind::unique && one.what != kind::index) continue;
        described_index next;
        next.name = one.name;
        next.id = one.is_clustered ? 1 : 0;
        next.is_unique = one.is_unique;
        next.is_constraint = one.what == kind::unique;
        next.columns = one.columns;
        next.filter = one.condition;
        made.push_back(std::move(next));
    }
    const auto first =
        std::find_if(made.begin(), made.end(), [](const auto& one) { return one.id == 1; });
    if (first != made.end()) std::rotate(made.begin(), first, std::next(first));
    const bool is_heap = made.empty() || made.front().id == 0;
    std::int64_t next_id = 2;
    for (auto& one : made)
        if (one.id == 0) one.id = next_id++;
    std::vector<described_index> all;
    if (is_heap) all.emplace_back();
    for (auto& one : made) all.push_back(std::move(one));
    return all;
}

told_object object_of(const described_table& table, const table_constraint& one) {
    told_object made;
    made.name = one.name;
    made.id = number_of(table.about.name, one.name);
    made.parent = table.id;
    made.created = table.created;
    if (one.what == kind::unique) {
        made.type = "UQ";
        made.type_desc = "UNIQUE_CONSTRAINT";
    } else if (one.what == kind::check) {
        made.type = "C";
        made.type_desc = "CHECK_CONSTRAINT";
    } else {
        made.type = "F";
        made.type_desc = "FOREIGN_KEY_CONSTRAINT";
    }
    return made;
}

std::vector<told_object> constraints_of(const described_table& table) {
    std::vector<told_object> made;
    if (!table.about.primary_key.empty()) {
        const auto name = key_name_of(table.about);
        const auto id = number_of(table.about.name, name);
        made.push_back({name, id, table.id, "PK", "PRIMARY_KEY_CONSTRAINT", table.created});
    }
    for (const auto& one : table.about.constraints)
        if (one.what != kind::index) made.push_back(object_of(table, one));
    return made;
}

std::int64_t place_of(const table_definition& table, const std::string& column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (same_name(table.columns[i].name, column)) return static_cast<std::int64_t>(i) + 1;
    return 0;
}

described_index referenced_index(const table_definition& referenced, const table_constraint& rule) {
    const auto key = candidate_of(referenced, rule.referenced_columns);
    if (!key) return {};
    for (auto& one : indexes_of(referenced)) {
        const bool is_it = key->constraint
                               ? one.name == referenced.constraints[*key->constraint].name
                               : one.is_primary;
        if (is_it) return std::move(one);
    }
    return {};
}

std::string action_name(table_constraint::action what, char between) {
    using action = table_constraint::action;
    if (what == action::cascade) return "CASCADE";
    if (what == action::none) return std::string{"NO"} + between + "ACTION";
    return std::string{"SET"} + between + (what == action::set_null ? "NULL" : "DEFAULT");
}

std::vector<told_foreign_key> foreign_keys_of(const std::vector<described_table>& tables) {
    std::vector<told_foreign_key> made;
    for (const auto& table : tables)
        for (const auto& rule : table.about.constraints) {
            if (rule.what != kind::foreign_key) continue;
            told_foreign_key next;
            next.table = table;
            next.rule = rule;
            for (const auto& other : tables)
                if (same_name(other.about.name, rule.referenced_table)) next.referenced = other;
            made.push_back(std::move(next));
        }
    return made;
}

std::vector<told_foreign_key> foreign_key_columns_of(const std::vector<described_table>& tables) {
    std::vector<told_foreign_key> made;
    for (auto& one : foreign_keys_of(tables))
        for (one.place = 0; one.place < one.rule.columns.size(); ++one.place) made.push_back(one);
    return made;
}

}  // namespace ha::mssqlsim
