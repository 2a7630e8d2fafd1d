// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/session_state.hpp"

#include <optional>
#include <string>

// Names of transactions, and SAVE TRANSACTION.
// source: community mirek/msduck reference/savepoint.json (measured on SQL Server 2025)

namespace ha::mssqlsim {

// Nothing: the variable that should have it is NULL. 137, and 3914 for one that is no text.
sql_result<std::optional<std::string>> name_of(const session_state& session,
                                               const transaction_statement& what);

// 628 without a transaction, 3930 in one that can only be rolled back.
progress save(session_state& session, const std::optional<std::string>& name);

sql_error cannot_write();  // 3930

}  // namespace ha::mssqlsim
