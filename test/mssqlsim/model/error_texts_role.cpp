// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_tables.hpp"

// Joining, roles and failovers of groups.

namespace ha::mssqlsim {

namespace {

constexpr error_text texts[] = {
    {41100,
     16,
     "The availability group '{}' and/or its local availability replica does not exist.  "
     "Verify that the specified availability group name is correct, and that the local "
     "availability replica has joined the availability group, then retry the operation."},
    {41104,
     16,
     "Failover of the availability group '{}' to the local replica failed because the "
     "availability group resource did not come online due to a previous error. To "
     "identify that error, check the SQL Server error log, cluster logs and system event "
     "logs. For information about how to view events and logs for a Windows Server "
     "Failover Clustering (WSFC) cluster, see Windows Server documentation."},
    {41106,
     16,
     "Cannot create an availability replica for availability group '{}'.  An availability "
     "replica of the specified availability group already exists on this instance of SQL "
     "Server.  Verify that the specified availability group name is correct and unique, "
     "then retry the operation.  To remove the existing availability replica, run DROP "
     "AVAILABILITY GROUP command."},
    {41113,
     16,
     "Cannot failover availability group '{}' to this instance of SQL Server because a "
     "failover command is already pending on the local replica of this availability "
     "group.  Wait for the pending failover command to complete before issuing another "
     "command on the local replica of this availability group."},
    {41114,
     16,
     "Cannot create an availability group named '{}' because it already exists in a "
     "system table."},
    {41121,
     16,
     "The local availability replica of availability group '{}' cannot accept signal '{}' in its "
     "current replica role, '{}', and state (configuration is {} in Windows Server Failover "
     "Clustering store, local availability replica has {} joined).  The availability replica "
     "signal "
     "is invalid given the current replica role.  When the signal is permitted based on the "
     "current "
     "role of the local availability replica, retry the operation."},
    {41122,
     16,
     "Cannot failover availability group '{}' to this instance of SQL Server.  The local "
     "availability replica is already the primary replica of the availability group.  To "
     "failover this availability group to another instance of SQL Server, run the "
     "failover command on that instance of SQL Server.  If local instance of SQL Server "
     "is intended to host the primary replica of the availability group, then no action "
     "is required."},
    {41132,
     16,
     "Cannot join database '{}' to availability group '{}'.  The specified database does not "
     "belong to the availability group.  Verify the names of the database and the "
     "availability group, and retry the command specifying the correct names."},
    {41140,
     16,
     "Availability group '{}' cannot process the ALTER AVAILABILITY GROUP command, "
     "because the local availability replica is not the primary replica.  Connect to the "
     "server instance that is currently hosting the primary replica of this availability "
     "group, and rerun the command."},
    {41142,
     16,
     "The availability replica for availability group '{}' on this instance of SQL Server "
     "cannot become the primary replica. One or more databases are not synchronized or "
     "have not joined the availability group. If the availability replica uses the "
     "asynchronous-commit mode, consider performing a forced manual failover (with "
     "possible data loss). Otherwise, once all local secondary databases are joined and "
     "synchronized, you can perform a planned manual failover to this secondary replica "
     "(without data loss). For more information, see SQL Server Books Online."},
    {41145,
     10,
     "Cannot join database '{}' to availability group '{}'.  The database has already joined "
     "the availability group.  This is an informational message.  No user action is "
     "required."},
    {41190,
     16,
     "Availability group '{}' failed to process {} command.  The local availability replica is not "
     "in a state that could process the command.  Verify that the availability group is online and "
     "that the local availability replica is the primary replica, then retry the command."},
    {41191,
     16,
     "The local availability replica of availability group '{}' cannot become the primary "
     "replica.  The last-known primary availability replica is of a higher version than the "
     "local availability replica.  Upgrade the local instance of SQL Server to the same or "
     "later version as the server instance that is hosting the current primary availability "
     "replica, and then retry the command."},
    {41197,
     15,
     "The FAILOVER_MODE option has not been specified for the replica '{}'. Reenter the "
     "command, specifying a failover mode for the replica."},
    {41198,
     15,
     "The AVAILABILITY_MODE option has not been specified for the replica '{}'. Reenter "
     "the command, specifying an availability mode for the replica."},
    {41199,
     16,
     "The specified command is invalid because the Always On Availability Groups {} feature is not "
     "supported by this edition of SQL Server. For information about features supported by the "
     "editions of SQL Server, see SQL Server Books Online."},
    {41653,
     21,
     "Database '{}' encountered an error (error type: {} '{}') causing failure of the "
     "availability group '{}'.  Refer to the SQL Server error log for information about the "
     "errors that were encountered.  If this condition persists, contact the system "
     "administrator."},
};

}  // namespace

std::span<const error_text> texts_of_role() {
    return texts;
}

}  // namespace ha::mssqlsim
