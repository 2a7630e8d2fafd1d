// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

// What RAISERROR makes of its arguments.

namespace ha::mssqlsim {

// A note if its severity is 10 or less. `values` are the statement's arguments, three at least.
sql_error raised_error(const raise_statement& what, const row& values);
sql_error needs_log();  // 2754: severities of 19 and more, and those who may use them

}  // namespace ha::mssqlsim
