// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

// Which statements are a transaction's business, and what is said when one ends by itself.

namespace ha::mssqlsim {

bool writes(const statement& what);  // rows and tables

// SET IMPLICIT_TRANSACTIONS ON: a SELECT that looks at no table begins none.
// source: docs t-sql/statements/set-implicit-transactions-transact-sql.md
bool begins_transaction(const statement& what);

// By THROW, not by the engine; the numbers of RAISERROR are as high.
bool is_thrown(const sql_error& what);

sql_error mismatch(std::int64_t before, std::int64_t now);  // 266
sql_error uncommittable();                                  // 3998

}  // namespace ha::mssqlsim
