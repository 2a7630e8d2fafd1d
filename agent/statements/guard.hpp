// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/decision.hpp"

#include <string>
#include <string_view>

// A batch that carries its deadline and its expectations inside (protocol.md rule 5): what was
// checked outside may be untrue when a frozen engine thaws and runs it.

namespace ha::agent::sql {

using ha::agent::guard;

// The text that throws (see refusals.hpp) unless all that `when` says holds.
std::string guard_text(const guard& when, std::string_view group);

// The statement in a TRY whose CATCH throws again: an error of severity 16 alone would not end the
// batch, and the statement after it would run.
std::string attempted(std::string_view statement);

}  // namespace ha::agent::sql
