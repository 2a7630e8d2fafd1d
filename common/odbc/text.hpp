// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

// UTF-8 as we write it, UTF-16 as ODBC's wide functions want it: the narrow ones go by the
// process's locale, and a sidecar has none.

namespace ha::odbc {

// What is no valid encoding becomes U+FFFD in both directions.
std::u16string to_utf16(std::string_view text);
std::string to_utf8(std::u16string_view text);

}  // namespace ha::odbc
