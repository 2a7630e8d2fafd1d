// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

// What a table holds its rows to, and its indexes: added to it, taken from it, asked of rows.

namespace ha::mssqlsim {

// 1750, which follows what CREATE TABLE and ALTER TABLE refuse; its states were measured.
sql_error not_created(std::uint8_t state);

// 1, two, <NULL>
std::string told_key(const row& key);

// 547: a statement conflicts with a CHECK constraint of the table.
sql_error conflict(const std::string& verb,
                   const std::string& database,
                   const table_definition& table,
                   const table_constraint& rule);

// A condition as it is kept, asked of rows of a table.
class row_filter {
public:
    row_filter() = default;  // holds for all
    // `negated`: holds for the rows that the condition is false for, and not those that it is
    // unknown for.
    static sql_result<row_filter> of(engine& owner,
                                     const table_definition& table,
                                     const table_constraint& rule,
                                     bool negated);

    bool is_empty() const { return condition_ == nullptr; }
    sql_result<bool> holds_for(const row& contents, environment& world) const;

private:
    std::string table_;
    std::shared_ptr<const expression> condition_;
    row_set shape_;  // the table's columns
};

using object_names = std::set<std::string, less_name>;

// A database's tables as the session sees them, and the names of them and of their constraints,
// which may not be the same. A session's own tables know nobody: they are not `stored`, and have no
// foreign keys.
struct known_objects {
    bool is_stored = false;
    object_names names;
    std::vector<table_definition> tables;
};
known_objects objects_of(const engine& owner,
                         const session_state& session,
                         const std::string& database);

// What CREATE TABLE or ALTER TABLE ADD says, in a table that has its columns and its key already.
std::optional<sql_error> add_constraints(engine& owner,
                                         table_definition& table,
                                         const create_table_statement& shape,
                                         const known_objects& known,
                                         bool is_new_table,
                                         bool is_untrusted = false);
// DROP CONSTRAINT
std::optional<sql_error> drop_constraints(table_definition& table,
                                          const alter_table_statement& what,
                                          const known_objects& known);
// CHECK and NOCHECK CONSTRAINT.
std::optional<sql_error> switch_constraints(table_definition& table,
                                            const alter_table_statement& what);
std::optional<sql_error> create_index(engine& owner,
                                      table_definition& table,
                                      const alter_table_statement& what);
std::optional<sql_error> drop_index(table_definition& table,
                                    const alter_table_statement& what,
                                    const known_objects& known);

// What needs a column, and keeps it from being dropped or altered.
struct dependent {
    enum class kind : std::uint8_t { key, constraint, index, by_default } what{};
    std::string name;
};
std::vector<dependent> dependents_of(const table_definition& table, const std::string& column);
// 5074 for each, and 4922; nothing if there are none.
std::optional<sql_error> holds_column(const std::vector<dependent>& dependents,
                                      const char* verb,
                                      const std::string& column);

// 547, 1505: of what the table was not held to before.
std::optional<sql_error> refuses_rows(engine& owner,
                                      const session_state& session,
                                      environment& world,
                                      const std::string& database,
                                      const table_definition& before,
                                      const table_definition& after,
                                      const std::vector<row>& rows);

}  // namespace ha::mssqlsim
