// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <cstdint>
#include <optional>
#include <string>

// What is said where a value does not become a number or a uniqueidentifier. Text is called
// nvarchar until it is known what it was.

namespace ha::mssqlsim {

sql_error no_whole_number(const std::string& text, column_kind to);  // 245, 8114
sql_error text_too_large(const std::string& text, column_kind to);   // 244, 248, 8115
sql_error number_too_large(std::int64_t number, column_kind to);     // 220, 8115
sql_error real_too_large(double number, column_kind to);             // 232
sql_error exact_too_large(column_kind to);                           // 8115
sql_error sum_too_large(column_kind to);                             // 8115, of an expression
sql_error no_real();                                                 // 8114
sql_error no_guid();                                                 // 8169
bool is_guid_text(const std::string& text);

// The same with the text's own type in it.
sql_error with_source(sql_error what, const column_type& source);

// Of an operation whose one side is text that did not become what the other side is.
sql_error with_sides(sql_error what,
                     const expression& operation,
                     const scope& here,
                     environment& world);

// Whether a whole number is too large for what the operation makes; nothing if it fits.
std::optional<sql_error> refuses_sum(std::int64_t number,
                                     const expression& operation,
                                     const scope& here,
                                     environment& world);

}  // namespace ha::mssqlsim
