// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

// Text as JSON has it: between quotation marks, escaped where need be.

namespace ha::json {

// Just behind the bytes at the beginning that need no escape: printable ASCII but " and \.
const char* end_of_plain(const char* from, const char* end);

// Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string_view text, std::string& into);

}  // namespace ha::json
