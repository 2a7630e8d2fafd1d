// SPDX-License-Identifier: MIT
#pragma once

#include "common/json/checked.hpp"

#include <optional>
#include <string_view>

// JSON as programs write it, read in one pass.

namespace ha::json {

// The document in the text, the same that the library makes of it. Nothing for what is rare
// (fractions, numbers of more than 18 digits, letters outside ASCII, \u, deep nesting) and for
// what is no JSON: those are the library's to read and to complain of.
std::optional<value> read_plain(std::string_view text);

}  // namespace ha::json
