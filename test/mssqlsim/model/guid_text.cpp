// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/guid_text.hpp"

#include <array>
#include <cstdio>

namespace ha::mssqlsim {

std::string guid_text(std::uint64_t high, std::uint64_t low) {
    std::array<char, 40> made{};
    std::snprintf(made.data(),
                  made.size(),
                  "%08X-%04X-4%03X-%04X-%012llX",
                  static_cast<unsigned>(high >> 32U),
                  static_cast<unsigned>(high >> 16U) & 0xFFFFU,
                  static_cast<unsigned>(high) & 0xFFFU,
                  (static_cast<unsigned>(low >> 48U) & 0x3FFFU) | 0x8000U,
                  static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
    return made.data();
}

}  // namespace ha::mssqlsim
