// SPDX-License-Identifier: MIT
#pragma once

#include "operator/daemon/operator_config.hpp"

// The operator as a process.

namespace ha::op {

// Waits for the operators' Lease, works until SIGTERM or SIGINT, gives the Lease up and ends the
// process; returns only when it could not start, with the words for standard error already written.
int run_daemon(const operator_config& how);

}  // namespace ha::op
