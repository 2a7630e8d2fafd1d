// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Functions over windows: ROW_NUMBER and its like, LAG and LEAD, aggregates with OVER. They are
// calculated for all rows of a query before the first is told.

namespace ha::mssqlsim {

struct window_values {
    std::map<const expression*, std::vector<value>> of;  // for each row
    std::size_t row = 0;                                 // that is told
};

// Makes a row the present one.
using row_visit = std::function<const scope&(std::size_t row)>;

std::optional<sql_error> look_through_windows(const select_query& query,
                                              std::size_t rows,
                                              const row_visit& visit,
                                              environment& world,
                                              window_values& into);

// 4108 where there are no windows.
sql_result<value> value_over_window(const expression& what, const scope& here);
sql_error misplaced_window();

// As ORDER BY has it: nulls come first.
int order_of(const value& a, const value& b);

bool is_window_function(std::string_view name);  // that cannot be without OVER
// Of those that have one of their own.
std::optional<column_type> type_of_ranking(const std::string& function);

}  // namespace ha::mssqlsim
