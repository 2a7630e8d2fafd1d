// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"
#include "operator/core/document.hpp"

#include <span>

// The kinds of the objects that a group is made of.

namespace ha::op {

// In the order of a plan, but for Secrets, which may only be created.
std::span<const k8s::resource> made_kinds();

// Null for a kind that no plan makes.
const k8s::resource* kind_of(const value& planned);

// Where the object of a plan lives; a kind that no plan makes ends the process.
k8s::object_name name_of(const value& planned);

}  // namespace ha::op
