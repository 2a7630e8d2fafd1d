// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

// GUIDs: on the wire the first three groups are little-endian, the rest is as written.

namespace ha::mssqlsim::tds {

std::optional<std::string> guid_bytes(
    std::string_view text);                     // sixteen bytes; nothing if it is none
std::string guid_text(std::string_view bytes);  // of sixteen bytes, in upper case

}  // namespace ha::mssqlsim::tds
