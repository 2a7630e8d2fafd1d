// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/hexadecimal.hpp"

#include <string_view>

namespace ha::mssqlsim {

std::string hexadecimal(const binary& bytes) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string made;
    for (const std::uint8_t byte : bytes) {
        made += digits[byte >> 4U];
        made += digits[byte & 0xFU];
    }
    return made;
}

}  // namespace ha::mssqlsim
