// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_looks.hpp"

#include <algorithm>

namespace ha::mssqlsim {

seen_groups visible(const engine& owner, const session_state& session) {
    seen_groups made;
    const auto has = [&](const char* permission, const char* scope, const std::string& object) {
        return owner.is_granted(session, permission, scope, object);
    };
    for (const auto& [id, one] : owner.groups_) {
        const std::string& name = one.configuration.name;
        if (owner.is_administrator(session) || has("VIEW ANY DEFINITION", "SERVER", "") ||
            has("VIEW DEFINITION", "AVAILABILITY GROUP", name) ||
            has("CONTROL", "AVAILABILITY GROUP", name) ||
            has("ALTER", "AVAILABILITY GROUP", name) ||
            has("ALTER ANY AVAILABILITY GROUP", "SERVER", ""))
            made.push_back(&one);
    }
    return made;
}

std::int64_t shown_state(database_damage damage, bool restoring, bool recovering) {
    if (damage != database_damage::none) return static_cast<std::int64_t>(damage);
    if (restoring) return 1;
    return recovering ? 2 : 0;
}

const char* state_word(std::int64_t state) {
    static constexpr const char* words[] = {
        "ONLINE", "RESTORING", "RECOVERING", "RECOVERY_PENDING", "SUSPECT", "EMERGENCY", "OFFLINE"};
    return words[state];
}

std::int64_t shown_lsn(std::int64_t lsn) {
    return std::int64_t{34'000'000'000'000'000} + lsn * 100'000 + 1;
}

bool recovers(const engine& owner, const group_state& group) {
    return std::any_of(owner.databases_.begin(), owner.databases_.end(), [&](const auto& entry) {
        const auto& one = entry.second;
        return one.about.group_id == group.configuration.id &&
               shown_state(owner.damage_of(one), one.about.restoring, false) != 0;
    });
}

namespace {

database_view look_local(engine& owner,
                         const group_state& group,
                         const group_database& entry,
                         const group_replica& replica) {
    database_view made;
    auto* local = owner.database_by_group_id(entry.id);
    if (local == nullptr) return made;
    made = {0,
            local->hardened,
            local->redone,
            local->end(),
            local->end(),
            true,
            local->about.suspended};
    if (made.suspended != suspension::none || owner.damage_of(*local) != database_damage::none)
        return made;
    if (group.role == replica_role::primary) made.state = 2;
    if (group.reverting.contains(entry.id)) made.state = 3;
    if (group.role != replica_role::secondary || !group.link ||
        !group.attached_databases.contains(entry.id))
        return made;
    const auto end = group.primary_end.find(entry.id);
    const bool caught_up =
        end != group.primary_end.end() && local->hardened >= end->second && !local->about.restoring;
    const bool member = owner.options_.engine_reading == reading::b || entry.holds(replica.id);
    made.state = caught_up && member && replica.mode == replica_mode::synchronous ? 2 : 1;
    if (group.initializing.contains(entry.id)) made.state = 4;
    return made;
}

database_view look_remote(engine& owner,
                          const group_state& group,
                          const group_database& entry,
                          const group_replica& replica) {
    database_view made;
    const auto* local = owner.database_by_group_id(entry.id);
    const auto at = group.followers.find(replica.id);
    if (at == group.followers.end() || local == nullptr) return made;
    const auto there = at->second.databases.find(entry.id);
    if (there == at->second.databases.end()) return made;
    const auto& known = there->second;
    made = {1, known.hardened, known.redone, known.sent, local->end(), true, known.suspended};
    const bool member = owner.options_.engine_reading == reading::b
                            ? known.synchronized
                            : entry.holds(replica.id) && known.ready && known.synchronized;
    if (known.seeding || known.suspended != suspension::none || known.damaged ||
        local->about.suspended != suspension::none ||
        owner.damage_of(*local) != database_damage::none)
        made.state = 0;
    else if (known.reverting)
        made.state = 3;
    else if (member && replica.mode == replica_mode::synchronous)
        made.state = 2;
    return made;
}

}  // namespace

database_view look(engine& owner,
                   const group_state& group,
                   const group_database& entry,
                   const group_replica& replica) {
    return replica.id == group.own_id ? look_local(owner, group, entry, replica)
                                      : look_remote(owner, group, entry, replica);
}

}  // namespace ha::mssqlsim
