// SPDX-License-Identifier: MIT
#pragma once

#include "common/json/checked.hpp"
#include "operator/core/orders.hpp"

#include <nlohmann/json_fwd.hpp>

// What people have ordered, as Kubernetes objects show it.

namespace ha::op {

// The entries of a requests ConfigMap, whoever wrote them. What is not written as supervisors would
// read it counts as they take it: any words in `pause` pause the group.
orders standing_orders(const std::map<std::string, std::string>& entries);

// Those of a custom resource that mean something here, as an object.
nlohmann::json our_annotations(const json::view& metadata);

// By annotation or path of the spec, the manager that wrote it: "kubectl-annotate".
nlohmann::json askers(const json::view& metadata);

}  // namespace ha::op
