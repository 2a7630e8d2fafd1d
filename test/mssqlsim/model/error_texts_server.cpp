// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_tables.hpp"

// Databases, settings of the server, users of databases.

namespace ha::mssqlsim {

namespace {

constexpr error_text texts[] = {
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
};

}  // namespace

std::span<const error_text> texts_of_server() {
    return texts;
}

}  // namespace ha::mssqlsim
