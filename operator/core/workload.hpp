// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/document.hpp"

#include <optional>
#include <string>
#include <vector>

// What the pods of all our kinds have in common: engines of one image, each with its volume and its
// supervisor, in a group or in none.

namespace ha::op {

// server_group: what several SqlServers form together; no resource of its own stands for it.
enum class resource_kind { group, instance, server, server_group };

// A resource that owns an object together with others.
struct co_owner {
    std::string name;
    std::string uid;
    bool operator==(const co_owner&) const = default;
};

struct secret_key {
    std::string name;
    std::string key;
    bool operator==(const secret_key&) const = default;
};

struct storage {
    std::string size = "10Gi";
    std::string class_name;  // empty: the cluster's default
    std::vector<std::string> access_modes{"ReadWriteOnce"};
    // Of the volumes; with Delete the claims go with the resource. Empty: as the class has it.
    std::string reclaim_policy = "Retain";
    // Of claims and volumes of replicas that left a group: Retain, Delete.
    std::string when_scaled = "Retain";
    value selector;  // of volumes; null: any
    value source;    // a volume that is there already, instead of a claim for each pod; null: none
    bool operator==(const storage&) const = default;
};

// Who may reach the pods; empty lists: anybody. Kubernetes' own NetworkPolicyPeers.
struct network_rules {
    bool enabled = false;
    list clients;     // may reach the engine
    list monitoring;  // may reach the supervisors' metrics and status
    bool operator==(const network_rules&) const = default;
};

// L, P, W and how often the engine is asked, where a profile's are not wanted.
struct lease_times {
    std::int64_t lease_ms = 0;
    std::int64_t period_ms = 0;
    std::int64_t write_lease_ms = 0;
    std::int64_t canary_period_ms = 0;
    bool operator==(const lease_times&) const = default;
};

struct workload {
    resource_kind kind = resource_kind::group;
    std::string name;
    std::string space;             // namespace
    std::string uid;               // empty before the API server has seen it
    std::vector<co_owner> owners;  // of a server_group: those whose instances form it
    std::int64_t pods = 1;
    std::string ag_name;       // in T-SQL; empty: in no group
    std::string group_object;  // what that group's Lease and ConfigMaps are called
    bool read_scale = false;   // clusterType NONE: nobody holds the Lease, people fail over

    std::string image = "mcr.microsoft.com/mssql/server:2022-latest";
    std::string edition = "Developer";
    std::string accept_eula = "Y";
    secret_key sa_password;
    std::optional<secret_key> master_key_password;
    std::int64_t engine_port = 1433;
    std::int64_t endpoint_port = 5022;
    std::vector<std::pair<std::string, std::string>> mssql_conf;  // dotted key, value
    list more_env;
    ha::op::storage storage;
    network_rules network;

    std::string profile = "balanced";
    std::optional<lease_times> times;     // instead of the profile's
    std::int64_t detection_seconds = 10;  // of an engine's silence
    std::int64_t command_seconds = 10;    // for one statement of the supervisor
    std::int64_t monitor_policy = 3;      // Microsoft's failure condition level
    bool neighbour_fencing = true;
    std::string supervisor_image;  // empty: the one that there is, or the operator's

    // Passed on as they are; null when absent.
    value resources;
    value node_selector;
    value tolerations;
    value affinity;
    value pull_secrets;
    value topology_spread;
    std::string priority_class;  // empty: none
    list more_volumes;
    object pod_labels;  // beside those by which the pods are found

    // What was asked for and is not carried out by this version: one sentence each.
    std::vector<std::string> waits;
    bool operator==(const workload&) const = default;
};

}  // namespace ha::op
