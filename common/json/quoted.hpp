// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

// Text as JSON has it: between quotation marks, escaped where need be.

namespace ha::json {

// Bytes that are no UTF-8 become U+FFFD.
void append_quoted(std::string_view text, std::string& into);

}  // namespace ha::json
