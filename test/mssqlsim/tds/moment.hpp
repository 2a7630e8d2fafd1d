// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Calendar times as SQL Server counts them, and their text. No clock is read here.

namespace ha::mssqlsim::tds {

struct moment {
    std::int64_t day = 0;           // since 0001-01-01
    std::int64_t tenth_micros = 0;  // since midnight, in units of 100 ns
    bool operator==(const moment&) const = default;
};

inline constexpr std::int64_t day_of_1900 = 693595;
inline constexpr std::int64_t tenth_micros_per_day = std::int64_t{864'000'000'000};

// "YYYY-MM-DD", with " hh:mm[:ss[.fffffff]]" or "T..." behind it if there is a time of day.
std::optional<moment> parse_moment(std::string_view text);

// "YYYY-MM-DD hh:mm:ss.fffffff", with as many digits of a second as `scale` says (0 to 7).
std::string format_moment(const moment& when, unsigned scale);

}  // namespace ha::mssqlsim::tds
