// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <vector>

// A SQLServerAvailabilityGroup (sql.mssql.microsoft.com/v1alpha1) as a value, with the defaults of
// its schema filled in, so that what an older API server stored reads the same.

namespace ha::op {

struct secret_key {
    std::string name;
    std::string key;
    bool operator==(const secret_key&) const = default;
};

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
    bool operator==(const listener&) const = default;
};

struct storage {
    std::string size = "10Gi";
    std::string class_name;  // empty: the cluster's default
    std::vector<std::string> access_modes{"ReadWriteOnce"};
    bool operator==(const storage&) const = default;
};

struct group {
    std::string name;
    std::string space;  // namespace
    std::string uid;    // empty before the API server has seen it
    std::string ag_name;
    std::string image = "mcr.microsoft.com/mssql/server:2022-latest";
    std::string edition = "Developer";
    std::string accept_eula = "Y";
    secret_key sa_password;
    std::int64_t endpoint_port = 5022;
    bool external_cluster = false;            // clusterType EXTERNAL
    bool automatic_failover = false;          // automaticFailover.enabled
    std::string health_threshold = "system";  // system, resource, query_processing
    std::vector<replica> replicas;
    ha::op::storage storage;
    std::string profile = "balanced";  // ha.profile: balanced, fast, wide
    std::string supervisor_image;      // ha.supervisorImage; empty: the one that the group has
    // ha.requiredSynchronizedSecondaries; none: as many as supervisors find safe
    std::optional<std::int64_t> required;
    std::vector<std::pair<std::string, std::int64_t>> priorities;  // ha.priorities, by pod
    std::vector<std::pair<std::string, std::string>> mssql_conf;   // dotted key, value
    std::optional<listener> read_write;
    std::optional<listener> read_only;
    // Passed on as they are; null when absent.
    value resources;
    value node_selector;
    value tolerations;
    bool operator==(const group&) const = default;
};

// Reads the custom resource. Every complaint is one sentence that names the field; all are given at
// once. The API server's schema catches most of this earlier, but static manifests meet no schema.
tl::expected<group, std::vector<std::string>> read_group(const value& resource);

}  // namespace ha::op
