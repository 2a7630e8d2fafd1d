// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/server/client_session.hpp"
#include "test/mssqlsim/server/peer_links.hpp"
#include "test/mssqlsim/server/runtime.hpp"

#include <memory>
#include <string>

// The admin port: faults, and questions that tests have and clients do not. One command a line, one
// line of answer: "ok", "ok <what was asked>" or "error <why>". `help` lists the commands.

namespace ha::mssqlsim {

struct admin_powers {
    runtime& on;
    client_terms& clients;
    peer_links& peers;
};

std::string run_admin_command(admin_powers powers, const std::string& line);

// Serves one connection.
void start_admin_session(std::shared_ptr<channel> wire, admin_powers powers);

}  // namespace ha::mssqlsim
