// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/group.hpp"

#include <string>

// What the objects of a group are called, and by which labels they are found. The names and labels
// marked `contract` are those of the community operator: a StatefulSet of its making can be adopted
// only with the same immutable selector.

namespace ha::op {

inline constexpr const char* api_version = "sql.mssql.microsoft.com/v1alpha1";
inline constexpr const char* group_kind = "SQLServerAvailabilityGroup";
inline constexpr const char* role_label = "sql.mssql.microsoft.com/ag-role";  // contract
inline constexpr const char* role_primary = "primary";                        // contract
inline constexpr const char* role_readable = "readable-secondary";            // contract
inline constexpr const char* role_secondary = "secondary";                    // contract
inline constexpr const char* engine_container = "mssql";                      // contract
inline constexpr const char* supervisor_container = "mssql-ha-supervisor";
inline constexpr std::int64_t engine_port = 1433;
inline constexpr std::int64_t http_port = 8080;
inline constexpr std::int64_t peers_port = 8443;

struct names {
    explicit names(const group& of);

    std::string stateful_set;     // contract: the group's own name
    std::string headless;         // contract: <name>-headless
    std::string mssql_conf;       // contract: <name>-mssql-conf
    std::string data_claim;       // contract: mssql-data, the volume claim template
    std::string lease;            // <name>: one per group, made empty, held by supervisors
    std::string requests;         // <name>: what people and Jobs ask; supervisors read it
    std::string state;            // <name>-state: what supervisors answer
    std::string settings;         // <name>-ha: the supervisors' configuration
    std::string group_ca;         // <name>-ha: the Secret with the group's CA
    std::string service_account;  // <name>-ha, also of the Role and the RoleBinding
};

std::string pod_name(const group& of, std::size_t ordinal);
// <pod>.<headless>.<namespace>.svc.cluster.local
std::string pod_host(const group& of, std::size_t ordinal);

// The five labels of the StatefulSet, its selector and its pods (contract).
object group_labels(const group& of);
// app and role: what Services and anti-affinity select by (contract).
object selecting_labels(const group& of);

}  // namespace ha::op
