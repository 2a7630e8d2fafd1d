// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_tables.hpp"

// What a group consists of: replicas, databases, listeners.

namespace ha::mssqlsim {

namespace {

constexpr error_text texts[] = {
    {19469,
     16,
     "The specified listener with DNS name, '{}', does not exist for the Availability Group '{}'. "
     "Use an existing listener, or create a new listener."},
    {19477,
     16,
     "The availability group '{}' already has a listener with DNS name '{}'. Availability groups "
     "can have only one listener. Use the existing listener, or drop the existing listener and "
     "create a new one."},
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
};

}  // namespace

std::span<const error_text> texts_of_definition() {
    return texts;
}

}  // namespace ha::mssqlsim
