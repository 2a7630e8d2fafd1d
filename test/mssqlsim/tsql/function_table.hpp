// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

// Functions that need nothing but their arguments, by name: how many they take, and what they make.

namespace ha::mssqlsim {

struct function_entry {
    sql_result<value> (*run)(const row& arguments);
    std::size_t least;
    std::size_t most;
    column_type type;
};

// The argument as a whole number; nothing when it is null.
sql_result<std::optional<std::int64_t>> number_of(const value& v);

using function_table = std::map<std::string, function_entry, std::less<>>;

const function_table& text_parts();
const function_table& text_functions();
const function_table& date_functions();
const function_table& offset_functions();
const function_table& number_functions();

// DATALENGTH and REPLICATE, of a value of that type.
sql_result<value> data_length(const value& what, const column_type& type);
sql_result<value> repeated(const value& what, const value& times, const column_type& type);
// What a function makes of a text of the type: varchar stays varchar. Nothing: it is no such one.
std::optional<column_type> type_of_text(const std::string& function, const column_type& first);
// As many digits of a second as are written.
std::uint8_t digits_in(const value& date);

// The first argument of such a function is a word, not a column.
bool begins_with_date_part(const std::string& function);
// A datetimeoffset with the digits of its first argument.
bool gives_offset(const std::string& function);

}  // namespace ha::mssqlsim
