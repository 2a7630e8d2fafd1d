// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/session_state.hpp"

// Where a session stands in its statements, and what THROW makes of its arguments.

namespace ha::mssqlsim {

void enter_body(session_state& session, frame::kind what, std::shared_ptr<const statements> list);

sql_error thrown_error(row values);  // number, text, state
sql_error nothing_to_rethrow();

}  // namespace ha::mssqlsim
