// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/table_constraints.hpp"

#include <memory>
#include <optional>
#include <string>

// What adding a constraint and making an index have in common.

namespace ha::mssqlsim {

// 1909, 1911, 1919: columns that are no key's.
std::optional<sql_error> refuses_columns(const table_definition& table,
                                         const table_constraint& one);
sql_result<std::shared_ptr<const expression>> condition_of(engine& owner, const std::string& text);
// 207, 1046: about columns of the table alone.
sql_result<std::shared_ptr<const expression>> checked_condition(engine& owner,
                                                                const table_definition& table,
                                                                const std::string& text);
// The name of what the rows are kept in order by; empty: nothing.
std::string clustered_name(const table_definition& table);
sql_error second_clustered(const std::string& table, const std::string& name);  // 1902

}  // namespace ha::mssqlsim
