// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// Views that show availability groups; nothing for a name that is none of them.

namespace ha::mssqlsim {

shared_rows group_view(engine& owner, const session_state& session, const std::string& name);

// sys.dm_exec_...; null when there is no such view.
shared_rows session_view(const engine& owner, const std::string& name);

}  // namespace ha::mssqlsim
