// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/value.hpp"

#include <string>

// Bytes as text: two capital digits each.

namespace ha::mssqlsim {

std::string hexadecimal(const binary& bytes);

}  // namespace ha::mssqlsim
