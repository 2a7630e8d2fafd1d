// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/node/fields.hpp"

#include <map>
#include <vector>

// What the StatefulSet controller does: which pods should be, and what each looks like.

namespace ha::test::node {

// Names the set's template as it is: another one has another name.
std::string revision_of(const json& stateful_set);

// What the controller says of the set: the newest generation and template that it has seen.
json status_of(const json& stateful_set);

// The pod of that ordinal: name, labels, owner, hostname, claims of its own as volumes.
json make_pod(const json& stateful_set, int ordinal, const std::string& node_name);

struct pod_changes {
    std::vector<int> create;          // ordinals
    std::vector<std::string> remove;  // names: highest ordinal first
};

// `pods` are the objects in the namespace by name. A pod that is ending is left to end.
pod_changes missing_and_surplus(const json& stateful_set, const std::map<std::string, json>& pods);

}  // namespace ha::test::node
