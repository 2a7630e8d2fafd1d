// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>

// What SQL Server has and the double has not: 40517 and 40510, by name. Each is a line in the
// errorlog. What the parser meets of it: tsql/not_modelled.cpp.

namespace ha::mssqlsim {

sql_error option_not_modelled(const std::string& option);
sql_error statement_not_modelled(const std::string& statement);

// A transaction that changed rows of one database changes none of another.
std::optional<sql_error> refuses_second_database(const session_state& session,
                                                 const std::string& database);

}  // namespace ha::mssqlsim
