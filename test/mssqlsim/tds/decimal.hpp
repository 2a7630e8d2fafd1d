// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// NUMERIC's magnitude on the wire: up to sixteen little-endian bytes; in our hands decimal text.

namespace ha::mssqlsim::tds {

struct decimal {
    bool negative = false;
    std::string digits = "0";  // of the number without its point
    bool operator==(const decimal&) const = default;
};

// Of "-12.50" at scale 2: 1250, negative. Digits beyond the scale are cut off. Nothing when it is
// not a decimal number.
std::optional<decimal> parse_decimal(std::string_view text, unsigned scale);
std::string format_decimal(const decimal& number, unsigned scale);

// Exactly `size` bytes; nothing when it does not fit.
std::optional<std::string> magnitude_bytes(std::string_view digits, std::size_t size);
std::string magnitude_digits(std::string_view little_endian);

}  // namespace ha::mssqlsim::tds
