// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/engine_view.hpp"
#include "agent/engine/session.hpp"

// What the agent asks an engine about itself.

namespace ha::agent::sql {

// One batch, six result sets: instance, endpoint, group, local replica, replicas, databases.
statement canary(std::string_view group);

// Error: malformed, and which column of which set was missing or made no sense. Rows for another
// group, a cluster type other than EXTERNAL and a missing local row are such errors too: they must
// never look like a group that is absent.
result<engine_view> parse_canary(const engine_answer& answer, std::string_view group);

// Streams one result set per interval until the client goes (sqlserver.md 1.1: at least 5 s).
statement diagnostics(int interval_seconds);

// Error: malformed, when the set has not the documented columns.
result<diagnostics_view> parse_diagnostics(const result_set& set, instant received_at);

}  // namespace ha::agent::sql
