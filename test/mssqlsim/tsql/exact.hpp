// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <optional>

// Numbers of up to 38 digits, calculated without a float.

namespace ha::mssqlsim {

inline bool is_exact(const value& v) {
    return std::holds_alternative<exact_number>(v);
}

// To so many digits behind the point, half away from nought. 8114: a text that is no number; 8115:
// more digits than the type has.
sql_result<value> to_numeric(const value& from, const column_type& to);

// Digits behind the point are cut off; nothing when there are too many before it.
std::optional<std::int64_t> whole_part(const exact_number& from);

// + - * / %; of a quotient so many digits behind the point are kept, and the rest is cut off.
sql_result<value> exact_arithmetic(char op,
                                   const value& left,
                                   const value& right,
                                   unsigned quotient_scale);
sql_result<int> exact_compare(const value& left, const value& right);

}  // namespace ha::mssqlsim
