// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"

#include <string>
#include <string_view>
#include <vector>

// A batch that carries its deadline and its expectations inside (protocol.md rule 5): what was
// checked outside may be untrue when a frozen engine thaws and runs it.

namespace ha::agent::sql {

struct guard {
    std::string group_id;          // empty: the engine must know no group of that name
    std::string replica;           // SERVERPROPERTY('ServerName') must be this
    std::vector<role> roles;       // the local role must be one of these; empty: not looked at
    std::int64_t ticks_limit = 0;  // sys.dm_os_sys_info.ms_ticks must not be past this
    bool operator==(const guard&) const = default;
};

// The text that throws (see refusals.hpp) unless all that `when` says holds.
std::string guard_text(const guard& when, std::string_view group);

// The statement in a TRY whose CATCH throws again: an error of severity 16 alone would not end the
// batch, and the statement after it would run.
std::string attempted(std::string_view statement);

}  // namespace ha::agent::sql
