// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_texts.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace ha::mssqlsim {

namespace {

struct entry {
    std::int32_t number;
    std::uint8_t severity;
    const char* text;
};

// By number; {} is a parameter.
constexpr entry entries[] = {
    {226, 16, "{} statement not allowed within multi-statement transaction."},
    {574, 16, "{} statement cannot be used inside a user transaction."},
    {926,
     14,
     "Database '{}' cannot be opened. It has been marked SUSPECT by recovery. See the SQL "
     "Server errorlog for more information."},
    {942, 14, "Database '{}' cannot be opened because it is offline."},
    {945,
     16,
     "Database '{}' cannot be opened due to inaccessible files or insufficient memory or disk "
     "space.  See the SQL Server errorlog for details."},
    {1465,
     16,
     "Database \"{}\" database is not in full recovery mode on each of the server instances. "
     "The full recovery model is required for a database to participate in database "
     "mirroring or in an availability group."},
    {1468,
     16,
     "The operation cannot be performed on database \"{}\" because it is involved in a "
     "database mirroring session or an availability group. Some operations are not allowed "
     "on a database that is participating in a database mirroring session or in an "
     "availability group."},
    {1475,
     16,
     "Database \"{}\" might contain bulk logged changes that have not been backed up. "
     "Take a log backup on the principal database or primary database. Then restore this "
     "backup either on the mirror database to enable database mirroring or on every "
     "secondary database to enable you to join it to the availability group."},
    {3059,
     16,
     "This BACKUP or RESTORE command is not supported on a database mirror or secondary replica."},
    {3752,
     16,
     "The database '{}' is currently joined to an availability group.  Before you can "
     "drop the database, you need to remove it from the availability group."},
    {3908,
     16,
     "Could not run BEGIN TRANSACTION in database '{}' because the database is in emergency "
     "mode or is damaged and must be restarted."},
    {5061,
     16,
     "ALTER DATABASE failed because a lock could not be placed on database '{}'. Try again "
     "later."},
    {7876,
     16,
     "The operation is not supported because current connection is made to contained "
     "availability group. Reconnect to SQL Instance and retry the operation."},
    {7877,
     16,
     "Backup on secondary replica is not supported in the connection to contained "
     "availability group. Reconnect to SQL Instance and retry the operation."},
    {7878, 16, "This \"{} ENDPOINT\" statement is not supported on this edition of SQL Server."},
    {12803, 16, "Containment cannot be enabled for database '{}' because it is a system database."},
    {12809,
     16,
     "You must remove all users with password before setting the containment property to NONE."},
    {12818,
     16,
     "RECONFIGURE failed. Attempting to change the 'contained database authentication' value to 0 "
     "while there are existing contained databases requires a RECONFIGURE WITH OVERRIDE."},
    {12824,
     16,
     "The sp_configure value 'contained database authentication' must be set to 1 in order to {} "
     "a contained database.  You may need to use RECONFIGURE to set the value_in_use."},
    {12826,
     16,
     "RECONFIGURE WITH OVERRIDE set the 'contained database authentication' to 0 while there are "
     "contained databases in use. This will disrupt authentication for contained users and will "
     "not allow new contained databases to be created."},
    {15123, 16, "The configuration option '{}' does not exist, or it may be an advanced option."},
    {15124, 16, "The configuration option '{}' is not unique."},
    {15129, 16, "'{}' is not a valid value for configuration option '{}'."},
    {33016,
     16,
     "The user cannot be remapped to a login. Remapping can only be done for users that were "
     "mapped to Windows or SQL logins."},
    {33233, 16, "You can only create a user with a password in a contained database."},
    {33234,
     16,
     "The parameter {} cannot be provided for users that cannot authenticate in a database."},
    {33235,
     16,
     "The parameter {} cannot be provided for users that cannot authenticate in a database. Remove "
     "the WITHOUT LOGIN or PASSWORD clause."},
    {33242,
     16,
     "When providing a sid, the user must be a user without login or a user with password."},
    {35208,
     16,
     "Availability group DDL operations are permitted only when you are using the master "
     "database.  Run the 'USE master' statement, and retry your availability group DDL "
     "statement."},
    {35209,
     16,
     "The {} operation failed for availability replica '{}', because the backup priority "
     "value is outside the valid range. The valid range is between {} and {}, inclusive. "
     "Set the backup priority to a value within this range, and retry the operation."},
    {35210,
     16,
     "Failed to modify options for availability replica '{}' in availability group '{}'. "
     "The specified availability group does not contain an availability replica with "
     "specified name. Verify that availability group name and availability replica name "
     "are correct, then retry the operation."},
    {35212,
     16,
     "The {} operation is not allowed by the current availability group configuration.  "
     "This operation would exceed the maximum number of {} synchronous-commit "
     "availability replicas in availability group '{}'.  Change one of the existing "
     "synchronous-commit replicas to the asynchronous-commit availability mode, and retry "
     "the operation."},
    {35214,
     16,
     "The {} operation failed for availability replica '{}'.  The minimum value for "
     "session timeout is {}.  Retry the operation specifying a valid session-timeout "
     "value."},
    {35223,
     16,
     "Cannot add {} availability replica(s) to availability group '{}'.  The availability "
     "group already contains {} replica(s), and the maximum number of replicas supported "
     "in an availability group is {}."},
    {35228,
     16,
     "The attempt to set the failure condition level for availability group '{}' failed. "
     "The specified level value is out of the valid range [{}, {}]. Reenter the command "
     "specifying a valid failure condition level value."},
    {35229,
     16,
     "The attempt to set the health check timeout value for availability group '{}' "
     "failed. The specified timeout value is less than {} milliseconds. Reenter the "
     "command specifying a valid health check timeout value."},
    {35232,
     16,
     "The specified endpoint URL '{}' is invalid. Reenter the command specifying the "
     "correct URL. For information about specifying the endpoint URL for an availability "
     "replica, see SQL Server Books Online."},
    {35233,
     16,
     "Cannot create an availability group containing {} availability replica(s).\tThe maximum "
     "number of availability replicas in an availability group {} is {}.  Reenter your CREATE "
     "AVAILABILITY GROUP command specifying fewer availability replicas."},
    {35234,
     16,
     "Database name '{}' was specified more than once. Reenter the command, specifying each "
     "database name only once."},
    {35235,
     16,
     "The system name '{}' was specified more than once in the REPLICA ON clause of this "
     "command. Reenter the command, specifying a different instance of SQL Server for "
     "each replica."},
    {35236,
     15,
     "The endpoint URL was not specified for the availability replica hosted by server "
     "instance '{}'.  Reenter the command, specifying the endpoint URL of this instance "
     "of SQL Server."},
    {35237,
     16,
     "None of the specified replicas for availability group {} maps to the instance of "
     "SQL Server to which you are connected. Reenter the command, specifying this server "
     "instance to host one of the replicas. This replica will be the initial primary "
     "replica."},
    {35238,
     16,
     "Database '{}' cannot be added to availability group '{}'.  The database does not "
     "exist on this SQL Server instance.  Verify that the database name is correct, then "
     "retry the operation."},
    {35240,
     16,
     "Database '{}' cannot be joined to or unjoined from availability group '{}'. This "
     "operation is not supported on the primary replica of the availability group."},
    {35242,
     16,
     "Cannot complete this ALTER DATABASE <database-name> SET HADR operation on database "
     "'{}'. The database is not joined to an availability group. After the database has "
     "joined the availability group, retry the command."},
    {35244,
     16,
     "Database '{}' cannot be added to availability group '{}'.  The database is "
     "currently joined to another availability group.  Verify that the database name is "
     "correct and that the database is not joined to an availability group, then retry "
     "the operation."},
    {35248,
     16,
     "The {} operation is not allowed by the current availability group configuration.  "
     "The required_synchronized_secondaries_to_commit {} is greater than the {} possible "
     "secondary synchronous-commit availability replicas in availability group '{}'.  "
     "Change one of the existing asynchronous-commit replicas to the synchronous-commit "
     "availability mode, and retry the operation."},
    {35249,
     16,
     "An attempt to add or join a system database, '{}', to an availability group failed. "
     "Specify only user databases for this operation."},
    {35280,
     16,
     "Database '{}' cannot be added to availability group '{}'.  The database is already "
     "joined to the specified availability group.  Verify that the database name is "
     "correct and that the database is not joined to an availability group, then retry "
     "the operation."},
    {35281,
     16,
     "Database '{}' cannot be removed from availability group '{}'.  The database is not "
     "joined to the specified availability group.  Verify that the database name and the "
     "availability group name are correct, then retry the operation."},
    {35282,
     16,
     "Availability replica '{}' cannot be added to availability group '{}'.  The "
     "availability group already contains an availability replica with the specified "
     "name.  Verify that the availability replica name and the availability group name "
     "are correct, then retry the operation."},
    {35283,
     16,
     "Availability replica '{}' cannot be removed from availability group '{}'.  The "
     "availability group does not contain an availability replica with the specified "
     "name.  Verify that the availability replica name is correct, then retry the "
     "operation."},
    {35284,
     16,
     "Availability replica '{}' cannot be removed from availability group '{}', because "
     "this replica is on the local instance of SQL Server.  If the local availability "
     "replica is a secondary replica, connect to the server instance that is currently "
     "hosting the primary replica, and re-run the command."},
    {40510, 16, "Statement '{}' is not supported in this version of SQL Server."},
    {40517, 16, "Keyword or statement option '{}' is not supported in this version of SQL Server."},
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

sql_error numbered(std::int32_t number, std::initializer_list<std::string> words) {
    const auto* found = std::find_if(std::begin(entries), std::end(entries), [&](const auto& one) {
        return one.number == number;
    });
    if (found == std::end(entries))
        throw std::logic_error("no words for error " + std::to_string(number));
    std::string text = found->text;
    std::size_t at = 0;
    for (const auto& word : words) {
        at = text.find("{}", at);
        if (at == std::string::npos) throw std::logic_error("too many words for an error");
        text.replace(at, 2, word);
        at += word.size();
    }
    return sql_failure(number, std::move(text), found->severity).value();
}

}  // namespace ha::mssqlsim
