// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"

#include <string>
#include <utility>
#include <vector>

// Where objects live: request targets, and names for people.

namespace ha::k8s {

using query = std::vector<std::pair<std::string, std::string>>;

// "/apis/coordination.k8s.io/v1/namespaces/default/leases"; without a namespace: of all.
std::string collection_path(const resource& kind, const std::string& space);

// The object's own path, with its subresource.
std::string object_path(const object_name& what);

// Encoded, "?a=b&c=d"; pairs without a value are left out.
std::string query_text(const query& all);

// What list and watch have in common.
query query_of(const selection& what);

// "leases.coordination.k8s.io default/ag1", "pods default/db-0 (status)", "nodes n1".
std::string words(const object_name& what);
std::string words(const selection& what);

}  // namespace ha::k8s
