// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Tables of users as the catalogue tells of them: what they are called and numbered, and what
// their types are.

namespace ha::mssqlsim {

// Of a table, or of what belongs to it: the same on every replica, and after each restart.
std::int64_t number_of(std::string_view table, std::string_view part = {});

struct described_table {
    std::int64_t id = 0;
    table_definition about;
    std::string created;
};

// Those on which one has a permission, with those that one's own open transaction made.
std::vector<described_table> tables_seen(const engine& owner,
                                         const session_state& session,
                                         const std::string& database);

// Names that the engine gives what its maker did not name.
std::string key_name_of(const table_definition& table);
std::string default_name_of(const table_definition& table, const column_rule& rule);

// A default as the engine writes it down: in parentheses, a number in two pairs. Empty: none.
std::string definition_of(const column_rule* rule);

// What the catalogue says of a column's type.
struct told_type {
    std::int64_t id = 0;  // system_type_id
    const char* name = "";
    std::int64_t bytes = 0;  // max_length; -1: no limit
    std::int64_t precision = 0;
    std::int64_t scale = 0;
    bool is_text = false;  // and has a collation
    bool is_wide = false;  // two bytes each
    bool is_number = false;
    bool is_time = false;
};
told_type told_type_of(const column_type& type);
std::string type_name(std::int64_t user_type_id);  // empty: there is none
std::int64_t type_id(std::string_view name);       // 0: there is none

// The columns of its key, as places in the table counted from 1.
std::vector<std::int64_t> key_places(const table_definition& table);
const column_rule* rule_of(const table_definition& table, std::string_view column);
std::int64_t rows_in(const engine& owner, const std::string& database, const std::string& table);

// sys.types
shared_rows type_view();

// What sys.columns, sys.indexes and their like show; null for another name.
shared_rows table_view(const engine& owner,
                       const session_state& session,
                       const std::string& database,
                       const std::string& view);

// sys.database_files, sys.master_files, sys.filegroups, sys.data_spaces; null for another name.
shared_rows file_view(const engine& owner, const std::string& database, const std::string& view);

// INFORMATION_SCHEMA.name, in lower case; null for another name.
shared_rows information_view(const engine& owner,
                             const session_state& session,
                             const std::string& database,
                             const std::string& name);

// OBJECT_ID, OBJECT_NAME, COL_NAME, COL_LENGTH, COLUMNPROPERTY, INDEXPROPERTY, OBJECTPROPERTY,
// TYPE_ID, TYPE_NAME and FILEGROUP_NAME, as far as they are about tables and types; nothing for
// what is not.
std::optional<value> table_function(engine& owner,
                                    const session_state& session,
                                    const std::string& function,
                                    const row& arguments);

// sp_tables, sp_columns and their like, by which drivers answer SQLTables and SQLColumns; nothing
// for another name.
std::optional<progress> catalogue_procedure(engine& owner,
                                            const session_state& session,
                                            const std::string& name,
                                            const std::vector<parameter>& parameters);

}  // namespace ha::mssqlsim
