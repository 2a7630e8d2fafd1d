// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/database_looks.hpp"

// Views that show availability groups; nothing for a name that is none of them.

namespace ha::mssqlsim {

shared_rows group_view(engine& owner, const session_state& session, const std::string& name);

// sys.dm_exec_...; null when there is no such view.
shared_rows session_view(const engine& owner,
                         const session_state& session,
                         const std::string& name);

// sys.dm_os_performance_counters
shared_rows counter_view(engine& owner, const session_state& session);

// What tools read beside the views of groups; null when there is no such view.
shared_rows tool_view(engine& owner, const session_state& session, const std::string& name);

// Of the host and the process; null when there is no such view.
shared_rows host_view(const engine& owner, const std::string& name);

// Processes, files, memory and logs as monitors count them; null when there is no such view.
shared_rows process_view(const engine& owner,
                         const session_state& session,
                         const std::string& name);

// What would be a Windows cluster's, and what groups know of it; null when there is no such view.
shared_rows cluster_view(engine& owner, const seen_groups& groups, const std::string& name);

}  // namespace ha::mssqlsim
