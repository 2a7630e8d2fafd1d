// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/real_text.hpp"

#include <array>
#include <cstdio>

namespace ha::mssqlsim {

namespace {

constexpr std::size_t exponent_digits = 3;

// C writes an exponent with two digits if it has no more.
std::string with_long_exponent(std::string text) {
    const auto mark = text.find('e');
    if (mark == std::string::npos) return text;
    const std::string head = text.substr(0, mark + 2);
    const std::string digits = text.substr(mark + 2);
    const std::size_t missing =
        digits.size() < exponent_digits ? exponent_digits - digits.size() : 0;
    return head + std::string(missing, '0') + digits;
}

}  // namespace

std::optional<std::string> real_text(double number, std::int64_t style) {
    std::array<char, 64> made{};
    const double plain = number == 0 ? 0.0 : number;  // no sign before nought
    switch (style) {
        case 0: std::snprintf(made.data(), made.size(), "%.6g", plain); break;
        case 1: std::snprintf(made.data(), made.size(), "%.7e", plain); break;
        case 2: std::snprintf(made.data(), made.size(), "%.15e", plain); break;
        case 3: std::snprintf(made.data(), made.size(), "%.16e", plain); break;
        default: return {};
    }
    return with_long_exponent(made.data());
}

}  // namespace ha::mssqlsim
