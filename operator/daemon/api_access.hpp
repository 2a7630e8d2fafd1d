// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/credentials.hpp"
#include "operator/daemon/operator_config.hpp"

// How the operator's program comes to the API server.

namespace ha::op {

// By the kubeconfig that was named, or else as a pod with its service account.
result<k8s::access> kubernetes_access(clock_source& clock, const operator_config& how);

}  // namespace ha::op
