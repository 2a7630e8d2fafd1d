// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <string>

// What the engine's own procedures say in the same words.

namespace ha::mssqlsim {

sql_error lacks_parameter(const std::string& procedure, const std::string& parameter);  // 201

// The rows are told; the end of a statement that told them.
statement_end answered(engine& owner, const session_state& session, const shared_rows& rows);

}  // namespace ha::mssqlsim
