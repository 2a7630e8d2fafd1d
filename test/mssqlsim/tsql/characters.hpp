// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Texts are UTF-8 in the double; SQL Server counts in UTF-16 code units (its collations without
// _SC).

namespace ha::mssqlsim {

// What is not valid UTF-8 counts, and becomes, U+FFFD byte by byte.
std::u16string units_of(std::string_view utf8);
std::size_t count_units(std::string_view utf8);

// A half of a pair becomes U+FFFD.
std::string text_of_units(std::u16string_view units);

// Of every script's letters.
std::string upper_letters(std::string_view utf8);
std::string lower_letters(std::string_view utf8);
std::u16string folded_units(std::string_view utf8);  // lower case, one unit for each

// As the one collation of the double compares texts: case and blanks at the end do not count.
int compare_characters(std::string_view a, std::string_view b);

}  // namespace ha::mssqlsim
