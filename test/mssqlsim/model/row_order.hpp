// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/tree.hpp"

#include <cstdint>
#include <vector>

// What the token ORDER says of an answer: the columns that its rows are in the order of.

namespace ha::mssqlsim {

// 1 for the first column; 0 for what is no column of the answer. A column that is the same in all
// rows orders nothing, and is left out.
std::vector<std::uint16_t> order_of(const select_query& query, const column_list& columns);

}  // namespace ha::mssqlsim
