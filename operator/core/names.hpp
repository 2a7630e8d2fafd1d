// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/workload.hpp"

#include <string>

// What the objects of a group are called, and by which labels they are found. The names and labels
// marked `contract` are those of the community operator: a StatefulSet of its making can be adopted
// only with the same immutable selector.

namespace ha::op {

inline constexpr const char* role_label = "sql.mssql.microsoft.com/ag-role";  // contract
inline constexpr const char* role_primary = "primary";                        // contract
inline constexpr const char* role_readable = "readable-secondary";            // contract
inline constexpr const char* role_secondary = "secondary";                    // contract
inline constexpr const char* engine_container = "mssql";                      // contract
inline constexpr const char* data_claim = "mssql-data";                       // contract
inline constexpr const char* supervisor_container = "mssql-ha-supervisor";
inline constexpr std::int64_t http_port = 8080;
inline constexpr std::int64_t peers_port = 8443;

// A kind of custom resource, as objects name it.
struct custom_kind {
    const char* api;
    const char* kind;
    const char* label;  // app.kubernetes.io/name of what is made for it
};
const custom_kind& custom_kind_of(resource_kind which);

// Whether a list of names has this one.
bool is_among(const std::vector<std::string>& all, const std::string& one);

struct names {
    explicit names(const workload& of);

    std::string stateful_set;     // contract: the resource's own name
    std::string headless;         // contract: <name>-headless
    std::string mssql_conf;       // contract: <name>-mssql-conf
    std::string settings;         // <name>-ha: the supervisors' configuration
    std::string service_account;  // <name>-ha, also of the Role and the RoleBinding
    // Of its group; <group> is the resource's own name where it is a group by itself.
    std::string lease;     // <group>: one per group, made empty, held by supervisors
    std::string requests;  // <group>: what people and Jobs ask; supervisors read it
    std::string state;     // <group>-state: what supervisors answer
    std::string group_ca;  // <group>-ha: the Secret with the group's CA
};

// What the Lease and the ConfigMaps of a group are called that is known only by its name in T-SQL:
// that name, where Kubernetes takes it for an object; else in small letters, other characters as
// hyphens, with four digits that keep it apart from every other name ("AG1": "ag1-7c2e").
std::string group_object_name(const std::string& ag_name);

std::string pod_name(const workload& of, std::size_t ordinal);
std::vector<std::string> pod_names(const workload& of);
// Of a pod's volume, as StatefulSets call it: <claim template>-<pod>; and back, empty for a claim
// of another name.
std::string claim_name(const std::string& pod);
std::string pod_of_claim(const std::string& claim);
// <pod>.<headless>.<namespace>.svc.cluster.local
std::string pod_host(const workload& of, std::size_t ordinal);

// The labels of the StatefulSet, its selector and its pods; of a group and an instance the
// community operator's (contract).
object object_labels(const workload& of);
// What Services select by (contract).
object selecting_labels(const workload& of);
// The preview's label of the pods of a group that SqlServers form; its value is the mode
// (contract).
std::string mode_label(const workload& of);

}  // namespace ha::op
