// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Calendar times as text and as nanoseconds since 1970, UTC. No clock is read here.

namespace ha::mssqlsim {

// "YYYY-MM-DD hh:mm:ss.fffffff" with as many digits of a second as asked for (0 to 7).
std::string time_text(std::int64_t nanoseconds, unsigned digits);

// "YYYY-MM-DD" or "YYYYMMDD", and a time of day behind a blank or a T; nothing when it is none.
std::optional<std::int64_t> parse_time(std::string_view text);

// "hh:mm:ss[.fff]", as WAITFOR DELAY takes it, in nanoseconds.
std::optional<std::int64_t> parse_delay(std::string_view text);

}  // namespace ha::mssqlsim
