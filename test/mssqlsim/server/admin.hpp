// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/server/client_session.hpp"
#include "test/mssqlsim/server/peer_links.hpp"
#include "test/mssqlsim/server/runtime.hpp"

#include <memory>
#include <string>
#include <vector>

// The admin port: faults, and questions that tests have and clients do not. One command a line, one
// line of answer: "ok", "ok <what was asked>" or "error <why>". `help` lists the commands.

namespace ha::mssqlsim {

struct admin_powers {
    runtime& on;
    client_terms& clients;
    peer_links& peers;
    std::string root;  // the instance's folder
};

struct admin_command {
    std::string form;
    std::string effect;
};
std::vector<admin_command> admin_commands();

// A fault that was set is told in the errorlog.
std::string run_admin_command(admin_powers powers, const std::string& line);

// Serves one connection.
void start_admin_session(std::shared_ptr<channel> wire, admin_powers powers);

}  // namespace ha::mssqlsim
