// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/table_catalogue.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <string>
#include <vector>

// Indexes, keys and constraints of tables as the catalogue tells of them.

namespace ha::mssqlsim {

// A row of sys.objects.
struct told_object {
    std::string name;
    std::int64_t id = 0;
    std::int64_t parent = 0;
    const char* type = "U";
    const char* type_desc = "USER_TABLE";
    std::string created;
};
void object_columns(view_maker& made, const told_object& one);

// The heap (without a name), the primary key, UNIQUE and indexes. The clustered one is 1; the
// others are 2 and on, in the order in which they were made.
struct described_index {
    std::string name;
    std::int64_t id = 0;
    bool is_unique = false;
    bool is_primary = false;
    bool is_constraint = false;
    std::vector<constraint_column> columns;
    std::string filter;
};
std::vector<described_index> indexes_of(const table_definition& table);

// The primary key, UNIQUE, CHECK and FOREIGN KEY, as objects.
std::vector<told_object> constraints_of(const described_table& table);
told_object object_of(const described_table& table, const table_constraint& one);

std::int64_t place_of(const table_definition& table, const std::string& column);  // from 1; 0: none
// What a foreign key goes by.
described_index referenced_index(const table_definition& referenced, const table_constraint& rule);
// NO_ACTION and its like.
std::string action_name(table_constraint::action what, char between);

struct told_foreign_key {
    described_table table;
    described_table referenced;
    table_constraint rule;
    std::size_t place = 0;  // of the column that is told, if one is
};
std::vector<told_foreign_key> foreign_keys_of(const std::vector<described_table>& tables);
std::vector<told_foreign_key> foreign_key_columns_of(const std::vector<described_table>& tables);

// sys.indexes, sys.index_columns, sys.key_constraints, sys.check_constraints, sys.foreign_keys,
// sys.foreign_key_columns; null for another name.
shared_rows constraint_view(const std::vector<described_table>& tables, const std::string& view);

}  // namespace ha::mssqlsim
