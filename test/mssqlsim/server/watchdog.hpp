// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

// A parent that only waits for its child, as the real engine has one: whoever looks for the engine
// finds two processes of one name.

namespace ha::mssqlsim {

// Takes the name for this process, where ps and /proc look.
void take_process_name(char** arguments, const char* name);

// Runs the work in a child and returns the child's exit status, or 128 and the signal it died of.
// SIGTERM and SIGINT are passed on. The child dies with its parent. To be called before any thread
// is started.
int run_under_watchdog(const std::function<int()>& work);

}  // namespace ha::mssqlsim
