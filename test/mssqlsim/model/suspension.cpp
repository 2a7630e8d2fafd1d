// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/suspension.hpp"

#include <algorithm>

// SET HADR SUSPEND and RESUME, and what suspends a database without anybody's word.

namespace ha::mssqlsim {

namespace {

const char* word_of(suspension why) {
    switch (why) {
        case suspension::partner: return "SUSPEND_FROM_PARTNER";
        case suspension::redo: return "SUSPEND_FROM_REDO";
        default: return "SUSPEND_FROM_USER";
    }
}

std::int64_t number_of(suspension why) {
    return static_cast<std::int64_t>(why) - 1;
}

}  // namespace

value suspend_reason(suspension why) {
    return why == suspension::none ? value{} : value{number_of(why)};
}

value suspend_reason_desc(suspension why) {
    return why == suspension::none ? value{} : value{std::string{word_of(why)}};
}

bool suspend_is_pending(const group_state& group,
                        const group_replica& replica,
                        const group_database& entry) {
    if (group.role != replica_role::primary || !group.by_force || replica.id == group.own_id)
        return false;
    return !group.moves_after_force.contains({replica.id, entry.id});
}

// Of a secondary: its own copy takes no log until it attaches anew. Of the primary: nobody gets
// any.
progress engine::move_data(group_state& group, database_state& target, suspension why) {
    const bool resumes = why == suspension::none;
    const bool moves = target.about.suspended == suspension::none;
    if (moves == resumes) return statement_end{};
    target.about.suspended = why;
    const std::string id = target.about.group_database_id;
    const auto position = append(target.about);
    const std::string begin = "Always On Availability Groups data movement for database '" +
                              target.about.name + "' has been ";
    const char* source = why == suspension::user ? "user" : "system";
    if (resumes)
        errorlog(begin + "resumed.");
    else
        errorlog(begin + "suspended for the following reason: \"" + source + "\" (Source ID " +
                 std::to_string(number_of(why)) + "; Source string: '" + word_of(why) +
                 "'). To resume data movement on the database, you will need to resume the "
                 "database manually. For information about how to resume an availability "
                 "database, see SQL Server Books Online.");
    if (group.role == replica_role::secondary && resumes) {
        group.resumed_under[id] = group.followed;
        detach(group);
        look_for_primary(group);
    } else if (group.role == replica_role::secondary) {
        group.attached_databases.erase(id);
        tell_stopped(group, target);
    }
    for (auto& [replica_id, one] : group.followers) {
        const auto there = one.databases.find(id);
        if (there == one.databases.end()) continue;
        there->second.synchronized = false;
        there->second.ready = resumes && there->second.suspended == suspension::none;
        there->second.sent = std::min(there->second.sent, there->second.hardened);
        there->second.in_flight.clear();
    }
    return until_hardened(position);
}

bool engine::has_to_suspend(const group_state& group,
                            const std::string& replica_id,
                            const std::string& database_id) const {
    const auto told = group.moves_after_force.find({replica_id, database_id});
    return group.by_force && (told == group.moves_after_force.end() || !told->second);
}

// Documented: after FORCE_FAILOVER_ALLOW_DATA_LOSS every other replica's copy is suspended as it
// is, so that what only it has can be saved before somebody resumes it. One that is suspended
// keeps its reason.
// assumption: who was resumed under a primary is not suspended by the same one again, until its
// instance is started anew.
bool engine::suspends_by_force(group_state& group,
                               database_state& local,
                               const follow_answer& answer) {
    if (!answer.forced || group.resumed_under[answer.group_database_id] == answer.promotion)
        return false;
    if (local.about.suspended == suspension::none)
        (void)move_data(group, local, suspension::partner);
    else
        tell_stopped(group, local);
    return true;
}

}  // namespace ha::mssqlsim
