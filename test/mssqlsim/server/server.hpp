// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/server/settings.hpp"

namespace ha::mssqlsim {

// Runs one instance until SIGTERM, SHUTDOWN or a broken disk; returns the process's exit status.
// Says on stdout, in one line, when logins work; on stderr, why it cannot start.
int run_server(const server_settings& settings);

}  // namespace ha::mssqlsim
