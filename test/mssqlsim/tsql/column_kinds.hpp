// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/value.hpp"

// Families of types.

namespace ha::mssqlsim {

bool is_number_kind(column_kind what);
bool is_text_kind(column_kind what);  // of any length, of bytes or of characters

}  // namespace ha::mssqlsim
