// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

// AlwaysOn_health, the session of extended events that every server has: it is started and stopped,
// and that is remembered. No events are recorded.

namespace ha::mssqlsim {

progress define_event_session(engine& owner, const definition_statement& what);

// sys.server_event_sessions and sys.dm_xe_sessions; null for another name.
shared_rows event_session_view(const engine& owner, const std::string& name);

}  // namespace ha::mssqlsim
