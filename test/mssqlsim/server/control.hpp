// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

// `mssqlsim ctl COMMAND`: a client of the admin port.

namespace ha::mssqlsim {

// Each command in a line of its own, with what it does.
std::string control_help();

// Sends one command and returns its answer, without the line's end. Errors: unreachable when nobody
// answers there within five seconds.
result<std::string> ask_admin_port(const std::string& address,
                                   std::uint16_t port,
                                   const std::string& command);

// Prints the answer: 0 for ok, 1 for a command that was not done, 2 when nobody answers.
int run_control(const std::string& address,
                std::uint16_t port,
                const std::vector<std::string>& words);

}  // namespace ha::mssqlsim
