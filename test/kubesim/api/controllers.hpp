// SPDX-License-Identifier: MIT
#pragma once

#include "test/kubesim/api/cluster.hpp"

// The controllers that the small cluster has: garbage collection, EndpointSlices of Services with
// a selector, and what follows from a CustomResourceDefinition. They run within the write that
// sets them off; in a real cluster they follow a little later.

namespace ha::kubesim {

// After one change of an object; null stands for "not there".
void run_controllers(cluster& all,
                     const kind_info& kind,
                     const nlohmann::json& before,
                     const nlohmann::json& after);

void update_endpoints_of(cluster& all, const nlohmann::json& service);
// Of the Services that select the pod as it is or as it was; null stands for "not there".
void update_endpoints_with(cluster& all, const nlohmann::json& before, const nlohmann::json& after);
void collect_dependents(cluster& all, const nlohmann::json& owner);
void orphan_dependents(cluster& all, const nlohmann::json& owner);
// True when something that blocks the owner's foreground deletion is still there.
bool has_blocking_dependents(cluster& all, const nlohmann::json& owner);

}  // namespace ha::kubesim
