// SPDX-License-Identifier: MIT
#pragma once

#include "agent/sensors/processes.hpp"

#include <string>
#include <vector>

// Reading /proc: who runs, and whose namespace it is.

namespace ha::agent {

// Numbers of the live processes (no zombies) that the filter describes. `folder` is /proc; an entry
// that vanishes while it is read is not there.
std::vector<int> find_processes(const std::string& folder,
                                const process_filter& filter,
                                unsigned uid);

// Whether this one process is what the filter describes.
bool is_wanted(const std::string& folder, int process, const process_filter& filter, unsigned uid);

// When a process began, rounded down to the kernel's 10 ms; instant{} when it is not there.
instant beginning_of(const std::string& folder, int process);

// True when the first process of the namespace is neither `self` nor one of its ancestors: then it
// belongs to another container, and so the namespace is shared.
bool is_namespace_shared(const std::string& folder, int self);

}  // namespace ha::agent
