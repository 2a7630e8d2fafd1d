// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

#include <string>
#include <vector>

// Groups of CLUSTER_TYPE NONE (docs/read-scale.md): by which rules a supervisor acts, and what it
// knows of primaries that it did not make.

namespace ha::agent {

// protocol: elects, promotes, fences. read_scale: forms, watches, labels, and tells no engine its
// role. refusing: does nothing to the engine.
enum class regime { protocol, read_scale, refusing };

// 1. the group that our engine has says which: external is always the protocol's; none is
//    read_scale where the specification asks for it, and refused otherwise
// 2. without a group, or before the engine answered: read_scale only where the specification asks
//    for it and nothing here was ever part of a group that the protocol rules
regime regime_of(const observation& seen);

// What is asked for is another cluster type than the group has, so that nothing is changed: no more
// than in a pause where the protocol rules.
bool is_refused(const observation& seen);

// The Lease names the group, or our engine has one without a cluster.
bool is_formed(const observation& seen);

// The replicas whose engines say PRIMARY now. One that does not answer says nothing.
std::vector<std::string> primaries(const observation& seen);

// Our engine is PRIMARY in a group without a cluster, whoever else may be.
bool is_read_scale_primary(const observation& seen);

// This replica writes the group's state and answers requests: the only primary; without one, or
// with several, the first replica whose engine answers.
bool speaks_for_group(const observation& seen);

// Of the only primary "primary"; where several engines say PRIMARY each has none: nobody knows
// which of them has what the others lack.
std::string read_scale_label(const observation& seen);

}  // namespace ha::agent
