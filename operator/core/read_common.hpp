// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/field_reader.hpp"
#include "operator/core/workload.hpp"

// What the readers of our kinds have in common.

namespace ha::op {

// Name, namespace and uid; the spec, when there is one.
std::optional<field_reader> read_head(field_reader& top, workload& into);

// The fields that both kinds of the community operator have.
void read_community_fields(field_reader& spec, workload& into);

// Of `spec.ha`: who may reach the pods.
void read_network(field_reader& ha, workload& into);

// What of a pod's spec is passed on as it is, beside the community's fields: `from` is `spec.ha`,
// or an object like a pod's spec.
void read_placement(field_reader& from, workload& into);

// A Secret's name and the entry in it; both are needed.
void read_secret_key(std::optional<field_reader> from, secret_key& into);

// Complains of a name that makes pods whose name SQL Server cannot take as its own: a replica of a
// group is known by it.
void check_pod_name(field_reader& top, const workload& read);

}  // namespace ha::op
