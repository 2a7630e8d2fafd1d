// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <functional>
#include <map>
#include <string>

// Functions that need nothing but their arguments, by name: how many they take, and what they make.

namespace ha::mssqlsim {

struct function_entry {
    sql_result<value> (*run)(const row& arguments);
    std::size_t least;
    std::size_t most;
    column_type type;
};

using function_table = std::map<std::string, function_entry, std::less<>>;

const function_table& text_functions();
const function_table& date_functions();
const function_table& number_functions();

}  // namespace ha::mssqlsim
