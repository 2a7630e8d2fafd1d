// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/orders.hpp"
#include "operator/core/workload.hpp"

#include <tl/expected.hpp>

// A SQLServerAvailabilityGroup (sql.mssql.microsoft.com/v1alpha1) as a value, with the defaults of
// its schema filled in, so that what an older API server stored reads the same.

namespace ha::op {

inline constexpr std::int64_t replicas_max = 9;

struct replica {
    std::string name;  // for people; the pod's name comes from the place in the list
    bool synchronous = true;
    bool automatic_failover = true;
    bool readable = false;
    bool operator==(const replica&) const = default;
};

struct listener {
    std::string name;
    std::int64_t port = 1433;
    std::string service_type = "ClusterIP";
    value annotations;  // of its Service; null: none
    bool operator==(const listener&) const = default;
};

struct group : workload {
    bool automatic_failover = false;  // automaticFailover.enabled
    std::vector<replica> replicas;
    // ha.requiredSynchronizedSecondaries; none: as many as supervisors find safe
    std::optional<std::int64_t> required;
    std::string witness = "Lease";                                 // ha.witness: Lease, None
    std::vector<std::pair<std::string, std::int64_t>> priorities;  // ha.priorities, by pod
    // That the group is to have; none: nobody looks after them. Empty: told of, and none is wanted.
    std::optional<std::vector<std::string>> databases;
    std::optional<listener> read_write;
    std::optional<listener> read_only;
    op::orders orders;
    bool operator==(const group&) const = default;
};

// Reads the custom resource. Every complaint is one sentence that names the field; all are given at
// once. The API server's schema catches most of this earlier, but static manifests meet no schema.
tl::expected<group, std::vector<std::string>> read_group(const value& resource);

}  // namespace ha::op
