// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"

#include <initializer_list>
#include <string>

// The engine's own words for the errors of availability groups, by number, as its documentation
// lists them: sql-server-2022-database-engine-events-and-errors, 31000 to 41399 and 41400 to 49999.

namespace ha::mssqlsim {

// `words` take the places of the message's parameters, in its order. Throws std::logic_error when
// the number is none of the list: that is a fault of the program.
sql_error numbered(std::int32_t number, std::initializer_list<std::string> words = {});

}  // namespace ha::mssqlsim
