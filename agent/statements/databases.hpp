// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/database_view.hpp"
#include "agent/engine/session.hpp"
#include "agent/statements/guard.hpp"

// The databases of an instance, and how one of them comes into the group, or back into step.

namespace ha::agent::sql {

// All of them, the system's too.
statement list_databases();
result<std::vector<found_database>> parse_databases(const engine_answer& answer);

// ALTER AVAILABILITY GROUP ... ADD DATABASE, on the primary. Seeding begins after the answer.
statement add_database(std::string_view group, const guard& when, std::string_view database);

// ALTER DATABASE ... SET HADR RESUME: on a secondary, what only its copy has is undone by it.
statement resume_database(std::string_view group, const guard& when, std::string_view database);

}  // namespace ha::agent::sql
