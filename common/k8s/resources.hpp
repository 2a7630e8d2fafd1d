// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"

// The kinds that we read or write.

namespace ha::k8s {

inline const resource leases{"coordination.k8s.io", "v1", "leases", "Lease"};
inline const resource pods{"", "v1", "pods", "Pod"};
inline const resource nodes{"", "v1", "nodes", "Node", false};
inline const resource config_maps{"", "v1", "configmaps", "ConfigMap"};
inline const resource secrets{"", "v1", "secrets", "Secret"};
inline const resource services{"", "v1", "services", "Service"};
inline const resource volume_claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"};
inline const resource volumes{"", "v1", "persistentvolumes", "PersistentVolume", false};
inline const resource endpoint_slices{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"};
inline const resource stateful_sets{"apps", "v1", "statefulsets", "StatefulSet"};
inline const resource jobs{"batch", "v1", "jobs", "Job"};
inline const resource disruption_budgets{
    "policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"};
inline const resource network_policies{
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"};
inline const resource namespaces{"", "v1", "namespaces", "Namespace", false};
inline const resource service_accounts{"", "v1", "serviceaccounts", "ServiceAccount"};
inline const resource roles{"rbac.authorization.k8s.io", "v1", "roles", "Role"};
inline const resource role_bindings{
    "rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"};
inline const resource events{"events.k8s.io", "v1", "events", "Event"};
inline const resource definitions{
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false};

// One object is one instance (Microsoft's preview).
inline const resource sql_servers{"mssql.microsoft.com", "v1", "sqlservers", "SqlServer"};
// A standalone instance, and an availability group (the community operator).
inline const resource sql_server_instances{
    "sql.mssql.microsoft.com", "v1alpha1", "sqlserverinstances", "SQLServerInstance"};
inline const resource sql_server_groups{"sql.mssql.microsoft.com",
                                        "v1alpha1",
                                        "sqlserveravailabilitygroups",
                                        "SQLServerAvailabilityGroup"};

}  // namespace ha::k8s
