// SPDX-License-Identifier: MIT
#pragma once

#include "agent/config/agent_config.hpp"

// The supervisor as a process.

namespace ha::agent {

// Builds the parts, runs until SIGTERM or SIGINT, hands over, and ends the process; returns only
// when it could not start, with the words for standard error already written.
int run_daemon(const agent_config& how);

// Tries everything that can be wrong around a supervisor and writes a line for each: driver, port
// and logins of the engine, API server and its objects, CA of the peers, folder of the record. The
// number of lines that are not well.
int run_preflight(const agent_config& how);

}  // namespace ha::agent
