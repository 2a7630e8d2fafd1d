// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

// CAST, CONVERT, and what they are where they try.

namespace ha::mssqlsim {

sql_result<value> cast_value(const expression& what, const scope& here, environment& world);

}  // namespace ha::mssqlsim
