// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "common/time.hpp"

#include <string>

// What a running double was told about its next start: a file in its root, which that start takes
// away.

namespace ha::mssqlsim {

// Errors: unreachable, when the file cannot be written.
result<void> slow_next_start(const std::string& root, duration longer);

// Nothing was said: zero.
duration take_next_start(const std::string& root);

}  // namespace ha::mssqlsim
