// SPDX-License-Identifier: MIT
#pragma once

#include "operator/daemon/operator_config.hpp"

// What `helm test` runs: whether an installed operator is as it should be, seen from a pod with
// next to no rights.

namespace ha::op {

// Prints a line for each thing it looks at: the custom resources are served, an operator renews its
// Lease, and what no supervisor may change of a pod is refused to our own pod. Returns how many of
// them are not so.
int run_self_test(const operator_config& how);

}  // namespace ha::op
