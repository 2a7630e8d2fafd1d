// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/table_constraints.hpp"

#include <optional>
#include <string>
#include <vector>

// Foreign keys: which key of the referenced table each goes by, what they refuse to be, and what
// they keep from being dropped.

namespace ha::mssqlsim {

// The primary key (no constraint) or UNIQUE that a foreign key goes by, and where each of its
// columns stands in the foreign key.
struct candidate_key {
    std::optional<std::size_t> constraint;
    std::vector<std::size_t> order;

    row of(const row& key) const { return values_at(key, order); }
};
std::optional<candidate_key> candidate_of(const table_definition& referenced,
                                          const std::vector<std::string>& columns);

// 547, from the side of who refers (`told` is the referenced table and its columns) and of who is
// referred to.
sql_error conflict(const std::string& verb,
                   const std::string& what,
                   const table_constraint& rule,
                   const std::string& database,
                   const std::string& told_table,
                   const std::vector<std::string>& told_columns);

// With its referenced columns filled in. 1753, 1761, 1762, 1767, 1769, 1770, 1773, 1774, 1776,
// 1778, 1785, 1788, 8139.
std::optional<sql_error> complete_foreign_key(const table_definition& table,
                                              table_constraint& rule,
                                              const known_objects& known);

// A foreign key of another table that goes by this key (nothing: the primary one).
struct dependent_key {
    std::string table;
    std::string name;
};
std::optional<dependent_key> dependent_on(const table_definition& table,
                                          std::optional<std::size_t> constraint,
                                          const std::vector<table_definition>& tables);

// 1756: a session's own table leaves its foreign keys out, and says so.
void tell_left_out(engine& owner, session_state& session, const create_table_statement& shape);

// Whether another table refers to this one.
bool is_referenced(const engine& owner,
                   const session_state& session,
                   const std::string& database,
                   const std::string& table);

// 547: rows that are there, of a foreign key that is added or trusted again.
std::optional<sql_error> refuses_references(const engine& owner,
                                            const session_state& session,
                                            const std::string& database,
                                            const table_definition& table,
                                            const table_constraint& rule,
                                            const std::vector<row>& rows);

}  // namespace ha::mssqlsim
