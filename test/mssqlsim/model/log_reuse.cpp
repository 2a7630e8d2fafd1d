// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/log_reuse.hpp"

namespace ha::mssqlsim {

sql_error log_is_full(const std::string& database, const log_hold& why) {
    return error_of(9002,
                    "The transaction log for database '" + database + "' is full due to '" +
                        why.reason + "' and the holdup lsn is (34:" + std::to_string(why.lsn) +
                        ":1).",
                    17,
                    static_cast<std::uint8_t>(why.code));
}

// 1. in FULL with a first backup: what BACKUP LOG did not take yet
// 2. at a primary: what a secondary has not on its disk, if that is more
// 3. nothing else: checkpoints, and what stands open, are not looked for
log_hold hold_of(const engine& owner, const database_state& database) {
    log_hold made{database.end()};
    const auto& about = database.about;
    if (about.full_recovery && about.backed_up && about.log_backup < made.lsn)
        made = {about.log_backup, 2, "LOG_BACKUP"};
    const auto* group = owner.group_of(database);
    if (group == nullptr) return made;
    if (group->role != replica_role::primary) return {database.end()};
    for (const auto& replica : group->configuration.replicas) {
        const auto known = group->reached.find(replica.id);
        if (replica.id == group->own_id || known == group->reached.end()) continue;
        const auto at = known->second.find(about.group_database_id);
        if (at != known->second.end() && at->second < made.lsn)
            made = {at->second, 9, "AVAILABILITY_REPLICA"};
    }
    return made;
}

std::optional<sql_error> refuses_log(const engine& owner, const std::string& name) {
    const auto* database = owner.database(name);
    if (database == nullptr) return {};
    if (owner.faults_.log_full) return log_is_full(name);
    if (owner.options_.log_limit == 0) return {};
    const auto hold = hold_of(owner, *database);
    if (database->bytes_above(hold.lsn) < owner.options_.log_limit) return {};
    return log_is_full(name, hold);
}

}  // namespace ha::mssqlsim
