// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Batches that a program makes of one form differ in a tick count or the like. SQL Server makes
// parameters of such constants, so that it has to compile the form only once; so do we.

namespace ha::mssqlsim {

struct batch_form {
    std::string text;                   // variables where the numbers were
    std::vector<std::int64_t> numbers;  // in the order of the text
};

// Takes the whole numbers of 6 to 18 digits out. A text with comments, or with variables that are
// called like these, stays as it is.
batch_form form_of(std::string_view text);

// The variable that stands for a number.
// No statement may declare or set one.
std::string number_variable(std::size_t index);
bool is_number_variable(std::string_view name);

}  // namespace ha::mssqlsim
