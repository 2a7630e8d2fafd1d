// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

// Expressions and queries, run against whatever has variables, functions and tables. Truth is 1, 0
// or null.

namespace ha::mssqlsim {

struct row_set {
    column_list columns;
    std::vector<row> rows;
};

using shared_rows = std::shared_ptr<const row_set>;

// What an expression can see beyond its rows.
class environment {
public:
    virtual ~environment() = default;
    virtual sql_result<value> variable(const std::string& name) = 0;  // 137
    virtual column_type type_of_variable(const std::string& name) = 0;
    virtual sql_result<value> system_variable(const std::string& name) = 0;  // 137
    // Functions that look at the server; plain ones never get here. 195 for what there is not.
    virtual sql_result<value> call(const std::string& function, const row& arguments) = 0;
    virtual sql_result<shared_rows> table(const std::vector<std::string>& name) = 0;  // 208
    virtual void leave_out_null() {}  // an aggregate did
};

// One of a query's sources while a row of it is looked at.
struct bound_source {
    std::string_view alias;
    const row_set* set = nullptr;
    const row* current = nullptr;  // none: the row that an outer join makes up
    bool may_be_missing = false;   // it is on that side of an outer join
};

using joined_row = std::vector<const row*>;

struct window_values;

struct scope {
    const scope* outer = nullptr;
    std::vector<bound_source> sources;
    const std::vector<joined_row>* group = nullptr;  // what aggregates run over
    const window_values* windows = nullptr;          // what functions over windows came to
};

sql_result<value> evaluate(const expression& what, const scope& here, environment& world);
sql_result<bool> holds(const expression& what, const scope& here, environment& world);  // null: no
// The type that a column made of this has.
column_type type_of_number(std::int64_t number);  // a constant, or a variable that stands for one
column_type describe(const expression& what, const scope& here, environment& world);

// `before_trouble`: the columns, and the rows that came before an error of the rows.
sql_result<row_set> run_query(const select_query& query,
                              const scope* outer,
                              environment& world,
                              std::optional<row_set>* before_trouble = nullptr);

// 245, 8114, 8115, 8152-like errors when it cannot be.
sql_result<value> convert(const value& from, const column_type& to);
// As CONVERT does it, with a style or without; 281 when there is no such style.
sql_result<value> convert_styled(const value& from,
                                 const column_type& source,
                                 const column_type& to,
                                 std::optional<std::int64_t> style);
std::string text_of(const value& what);
// Less, equal, greater: negative, zero, positive. Neither is null.
sql_result<int> compare(const value& left, const value& right);
bool like(std::string_view text, std::string_view pattern);
bool like(std::u16string_view text, std::u16string_view pattern);  // both folded

// Functions that need nothing but their arguments; nothing if there is no such function.
std::optional<sql_result<value>> plain_function(const std::string& name, const row& arguments);
column_type type_of_function(const std::string& name);

}  // namespace ha::mssqlsim
