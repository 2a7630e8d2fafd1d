// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"
#include "operator/core/plan.hpp"

#include <string>

// The operator's values as YAML for people: what `kubectl apply -f` takes and read_manifest() reads
// back to the same value.

namespace ha::op {

// One document in block style, members in their order, without a document mark.
std::string print_yaml(const value& what);

// All objects of a plan, each a document. What is made once and then left alone says so in an
// annotation (`ha.mssql/upkeep: create-once`), for whoever applies it.
std::string print_yaml(const plan& planned);
// The same object with that annotation where it belongs.
value marked(const desired& one);

}  // namespace ha::op
