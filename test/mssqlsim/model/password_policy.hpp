// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"

#include <optional>
#include <string>

// What a password of a login, or of a user of a contained database, has to be.

namespace ha::mssqlsim {

// 15116: fewer than eight characters. 15118: fewer than three of capitals, small letters, digits
// and all others.
std::optional<sql_error> refuses_password(const std::string& text);

}  // namespace ha::mssqlsim
