// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/session_state.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"

#include <optional>

// What SET does to a session, and what that does to its answers.

namespace ha::mssqlsim {

// What its value is worth is told where it is none: 245 and its like.
std::optional<sql_error> set_option(session_state& session,
                                    const session_option& what,
                                    environment& world);

// ROWCOUNT, TEXTSIZE and FMTONLY.
void keep_to_limits(const session_state& session, row_set& answer);

// SET NOEXEC ON and its like.
bool is_skipped(const session_settings& settings, const statement& what);

outer_settings settings_of(const session_state& session);
void restore_settings(session_state& session, const outer_settings& from);

std::int64_t options_of(const session_state& session);  // @@OPTIONS
// SESSIONPROPERTY: nothing for a name that it does not know.
std::optional<bool> session_property(const session_state& session, const std::string& name);

}  // namespace ha::mssqlsim
