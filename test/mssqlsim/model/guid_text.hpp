// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

// What makes one of 128 bits: a uniqueidentifier of version 4 as it is written, in capitals.

namespace ha::mssqlsim {

std::string guid_text(std::uint64_t high, std::uint64_t low);

}  // namespace ha::mssqlsim
