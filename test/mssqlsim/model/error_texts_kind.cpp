// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_tables.hpp"

// Cluster types, the write lease, contained groups.

namespace ha::mssqlsim {

namespace {

constexpr error_text texts[] = {
    {47100,
     16,
     "The cluster type of availability group '{}' doesn't match its primary "
     "configuration. Verify that the specified availability group cluster type is "
     "correct, then retry the operation."},
    {47101,
     16,
     "The cluster type of availability group '{}' only supports MANUAL failover mode. "
     "Verify that the specified availability group cluster type is correct, then retry "
     "the operation."},
    {47102,
     16,
     "The cluster type of availability group '{}' only supports EXTERNAL failover mode. "
     "Verify that the specified availability group cluster type is correct, then retry "
     "the operation."},
    {47104,
     16,
     "This operation cannot be performed on the availability group '{}' because it has "
     "EXTERNAL cluster type. Use the cluster management tools to perform the operation."},
    {47105,
     16,
     "The Always On Availability Groups feature must be enabled for this server instance "
     "before you can perform availability group operations. Please enable the feature, "
     "then retry the operation."},
    {47106,
     16,
     "Cannot join availability group '{}'. Download configuration timeout. Please check "
     "primary configuration, network connectivity and firewall setup, then retry the "
     "operation."},
    {47107,
     16,
     "The {} operation is not allowed by the current availability group configuration. "
     "The availability group '{}' only supports one replica which has configuration-only "
     "availability mode. Verify that the specified availability group availability mode "
     "is correct, then retry the operation."},
    {47108,
     16,
     "The {} operation is not allowed by the current availability group configuration. "
     "The availability group '{}' only supports two synchronous mode replicas and "
     "required_synchronized_secondaries_to_commit is zero when configuration-only mode "
     "replica is specified. Verify that the specified availability group availability "
     "mode is correct, then retry the operation."},
    {47109,
     16,
     "Availability group '{}' cannot failover to this replica. Configuration-only replica "
     "cannot become primary. An attempt to fail over an availability group failed. The "
     "replica is a configuration-only and cannot become a primary."},
    {47110,
     15,
     "The '{}' option is not valid for the '{}' replica as it is a configuration-only. "
     "Remove this option, then retry the operation"},
    {47111,
     16,
     "Local availability replica for availability group '{}' cannot be granted permission "
     "to create databases. The replica is a configuration-only and cannot host databases "
     "inside the availability group."},
    {47112,
     16,
     "Only the SESSION_TIMEOUT property can be modified for a configuration-only replica."},
    {47116,
     16,
     "The external lease cannot be set on availability group '{}'. External Lease updates "
     "are not enabled for this availability group."},
    {47117,
     16,
     "The '{}' option must be specified with a valid time value when updating the "
     "Availability Group's external write lease status on availability group '{}'."},
    {47119,
     16,
     "The current write lease of the availability group '{}' is still valid. The lease "
     "expiration time cannot be set to an earlier time than its current value."},
    {47122,
     16,
     "Cannot failover an availability replica for availability group '{}' since it has "
     "CLUSTER_TYPE = NONE. Only force failover is supported in this version of SQL Server."},
    {47135,
     16,
     "Contained availability group system database '{}' cannot be removed from contained "
     "availability group '{}'."},
    {47142,
     16,
     "Creating contained availability group '{}' failed. One of contained system database "
     "'{}' already exists. Remove it or add 'reuse_system_databases' option, then retry the "
     "operation again."},
    {47143,
     16,
     "Option 'reuse_system_databases' is invalid for creating availability group '{}'. Option "
     "'reuse_system_databases' can only be used with contained availability group. Correct "
     "the option and retry the operation."},
    {47144,
     16,
     "Option 'autoseeding_system_databases' is invalid for creating availability group '{}'. "
     "Option 'autoseeding_system_databases' can only be used with contained availability "
     "group. Correct the option and retry the operation."},
    {47147,
     16,
     "Creating contained availability group '{}' failed. When creating contained availability "
     "group, neither master database nor msdb database can be included in the CREATE "
     "AVAILABILITY GROUP statement. They will be automatically included in the availability "
     "group. Remove master database name and msdb database name in CREATE AVAILABILITY GROUP "
     "statement and retry the operation."},
    {47150,
     16,
     "Option 'autoseeding_system_databases' and 'reuse_system_databases' cannot be set at "
     "same time for creating availability group '{}'. remove one option and retry the "
     "operation."},
    {47151,
     16,
     "Failed to create availability group '{}' with contained clause. It is invalid for this "
     "edition. Remove contained clause and retry the operation."},
};

}  // namespace

std::span<const error_text> texts_of_kind() {
    return texts;
}

}  // namespace ha::mssqlsim
