// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/node/node.hpp"

// How tests and people reach into a running node: a socket in its folder, one line of words in,
// some lines out.
//   list                                  a line per container: pod address container pid state
//   signal POD CONTAINER KILL|STOP|CONT|TERM

namespace ha::test::node {

// Until cancelled.
boost::asio::awaitable<void> serve_control(files::path socket, node& of);

// The answer to one line, or `refused` with the reason.
result<std::string> run_control(node& of, const std::string& line);

// The other side, blocking. Errors: unreachable, refused.
result<std::string> ask_control(const files::path& socket, const std::vector<std::string>& words);

}  // namespace ha::test::node
