// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"

#include <algorithm>
#include <utility>

// Databases that faults make SUSPECT, RECOVERY_PENDING, EMERGENCY or OFFLINE: sqlserver.md 2.11.
// assumption: in a group of CLUSTER_TYPE EXTERNAL or NONE nothing follows from it by itself, with
// DB_FAILOVER neither, but for a line in the errorlog: who reads the views decides.

namespace ha::mssqlsim {

database_damage engine::damage_of(const database_state& database) const {
    if (damaged_.empty()) return database_damage::none;
    const auto at = damaged_.find(lower(database.about.name));
    return at == damaged_.end() ? database_damage::none : at->second;
}

void engine::notice_damage() {
    const auto before = std::exchange(damaged_, faults_.damaged_databases);
    ++definitions_;
    for (auto& [name, one] : databases_) {
        const auto at = before.find(lower(name));
        const auto was = at == before.end() ? database_damage::none : at->second;
        if (damage_of(one) == was) continue;
        if (damage_of(one) == database_damage::none)
            mend(one);
        else
            damage(one);
    }
}

// Whoever is in it loses it; its log goes nowhere any more.
void engine::damage(database_state& target) {
    const std::string& name = target.about.name;
    errorlog("The log for database '" + name +
             "' is not available. Check the operating system error log for related error messages. "
             "Resolve any errors and restart the database.");
    end_sessions_in([&](const std::string& other) { return same_name(other, name); });
    auto* owner = target.about.group_id.empty() ? nullptr : group(target.about.group_id);
    if (owner == nullptr) return;
    if (owner->role == replica_role::secondary) {
        owner->attached_databases.erase(target.about.group_database_id);
        return tell_stopped(*owner, target);
    }
    if (owner->role != replica_role::primary) return;
    if (owner->configuration.db_failover)
        errorlog(numbered(41653, {name, "2", "DB_SHUTDOWN", owner->configuration.name}).text);
    for (auto& [replica_id, one] : owner->followers) {
        const auto there = one.databases.find(target.about.group_database_id);
        if (there != one.databases.end()) there->second.ready = false;
    }
}

void engine::mend(database_state& target) {
    errorlog("Starting up database '" + target.about.name + "'.");
    auto* owner = target.about.group_id.empty() ? nullptr : group(target.about.group_id);
    if (owner == nullptr) return;
    if (owner->role == replica_role::secondary) {  // attaches anew
        detach(*owner);
        look_for_primary(*owner);
    }
    for (auto& [replica_id, one] : owner->followers) {
        const auto there = one.databases.find(target.about.group_database_id);
        if (there == one.databases.end()) continue;
        auto& known = there->second;
        known.ready = target.about.suspended == suspension::none &&
                      known.suspended == suspension::none && !known.damaged;
        known.sent = std::min(known.sent, known.hardened);
    }
}

std::optional<sql_error> engine::refuses_damaged(const database_state& database, bool write) const {
    const std::string& name = database.about.name;
    switch (damage_of(database)) {
        case database_damage::none: return {};
        case database_damage::recovery_pending: return numbered(945, {name});
        case database_damage::suspect: return numbered(926, {name});
        case database_damage::offline: return numbered(942, {name});
        case database_damage::emergency: break;
    }
    if (write) return numbered(3908, {name});
    return {};
}

}  // namespace ha::mssqlsim
