// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <string>

// The operators of arithmetic, and + of text and bytes.

namespace ha::mssqlsim {

inline constexpr unsigned least_quotient_scale = 6;

// NULL with NULL. 8134 for a division by zero, 8115 for what no 64 bits hold; a quotient of exact
// numbers has no fewer digits behind its point than `quotient_scale`.
sql_result<value> calculate(const std::string& op,
                            const value& left,
                            const value& right,
                            unsigned quotient_scale = least_quotient_scale);

}  // namespace ha::mssqlsim
