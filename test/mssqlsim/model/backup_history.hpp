// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/engine.hpp"

#include <optional>
#include <string>
#include <vector>

// What msdb keeps of the backups that were made here: it survives restarts, and goes to no other
// replica.

namespace ha::mssqlsim {

// By which msdb and the views tell a database from another of its name.
std::string guid_of(const engine& owner, const database_record& about);
// The recovery fork that it is on, and the one that it began with.
const std::string& fork_of(const database_state& database);
const std::string& family_of(const database_state& database);

// 3035 and 3059: a differential backup without a base; what a secondary does not make.
std::optional<sql_error> refuses_backup_kind(const engine& owner,
                                             const database_state& target,
                                             const definition_statement& what);

struct backup_request {
    backup_record begun;  // as it is when the statement begins
    bool formats = false;
    bool initializes = false;
};
backup_request begun_backup(const engine& owner,
                            const session_state& session,
                            const database_state& target,
                            const definition_statement& what);

// It was written: from here on it is in the history, and the log is that much shorter.
log_position finish_backup(engine& owner, database_state& target, const backup_request& asked);

// Tables of msdb; null when there is no such one.
shared_rows backup_table(const engine& owner, const std::string& name);

// sp_delete_backuphistory and sp_delete_database_backuphistory, in msdb alone; nothing for another.
std::optional<progress> backup_procedure(engine& owner,
                                         const session_state& session,
                                         const std::string& name,
                                         const std::vector<parameter>& parameters);

}  // namespace ha::mssqlsim
