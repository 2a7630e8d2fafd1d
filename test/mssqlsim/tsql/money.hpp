// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// money and smallmoney: exact numbers with four digits behind the point.

namespace ha::mssqlsim {

bool is_money(column_kind kind);
bool is_money(const value& what);

// From text with a sign, a currency's symbol and commas, or from a number, rounded. 235 and 293: a
// text that is none; 8115, 236 and 294: out of the type's range.
sql_result<value> to_money(const value& from, const column_type& to);
// As CONVERT's styles have it: two digits behind the point (0), with commas (1), all four (2, 126).
std::string money_text(const exact_number& money, std::int64_t style);
// Of + - * / between money and money or a whole number; a quotient is cut off.
sql_result<value> money_arithmetic(char op, const value& left, const value& right);

}  // namespace ha::mssqlsim
