// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

// Floats as text.

namespace ha::mssqlsim {

// Six digits at most, and an exponent of three where it needs one: "1.5", "1e+006". CONVERT's
// styles 1, 2 and 3 write 8, 16 and 17 digits, always with an exponent; nothing for other styles.
std::optional<std::string> real_text(double number, std::int64_t style = 0);

}  // namespace ha::mssqlsim
