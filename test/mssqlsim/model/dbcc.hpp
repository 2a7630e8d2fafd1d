// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// DBCC, as far as people and monitors ask it: trace flags, space in logs, the oldest transaction.

namespace ha::mssqlsim {

// What follows in its parentheses stands in `options`; NO_INFOMSGS is one of `names`.
progress run_dbcc(engine& owner, session_state& session, const definition_statement& what);

}  // namespace ha::mssqlsim
