// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>

// Roles and the write lease: sqlserver.md 2.2, 2.4 and 3.

namespace ha::mssqlsim {

namespace {

const char* word_of(replica_role role) {
    switch (role) {
        case replica_role::primary: return "PRIMARY_NORMAL";
        case replica_role::secondary: return "SECONDARY_NORMAL";
        default: return "RESOLVING_NORMAL";
    }
}

}  // namespace

group_state* engine::group(std::string_view id_or_name) {
    for (auto& [id, one] : groups_)
        if (id == id_or_name || same_name(one.configuration.name, id_or_name)) return &one;
    return nullptr;
}

const group_state* engine::group_of(const database_state& database) const {
    if (database.about.group_id.empty()) return nullptr;
    const auto at = groups_.find(database.about.group_id);
    return at == groups_.end() ? nullptr : &at->second;
}

void engine::save_group(group_state& group) {
    const std::string id = group.configuration.id;
    const std::int64_t number = group.configuration.sequence_number;
    group.stored_here = false;
    append(group_record{group.configuration,
                        group.uncommitted,
                        group.was_primary,
                        group.may_create_databases,
                        false},
           [this, id, number] {
               if (auto* stored = this->group(id)) configuration_stored_here(*stored, number);
           });
}

void engine::become(group_state& group, replica_role role) {
    if (group.role == role) return;
    errorlog("The state of the local availability replica in availability group '" +
             group.configuration.name + "' has changed from '" + word_of(group.role) + "' to '" +
             word_of(role) + "'.");
    group.role = role;
    const bool primary = role == replica_role::primary;
    if (primary) group.left_by_lease = false;
    if (role != replica_role::resolving && group.was_primary != primary) {
        group.was_primary = primary;
        save_group(group);
    }
    tell_news(group);
}

// assumption: connections to a group's databases are killed when its replica stops being PRIMARY.
void engine::leave_primary(group_state& group, const std::string& why) {
    errorlog(why);
    group.promotion.clear();
    group.by_force = false;
    group.followers.clear();
    group.commit_started.reset();
    group.also_waited_for.clear();
    group.left_by_lease = !lease_stands(group);
    become(group, replica_role::resolving);
    kill_sessions_of(group);
}

// assumption: a replica that was never given a lease since its instance started has none that could
// end. (The worse reading for an agent that forgets to renew before FAILOVER.)
bool engine::lease_stands(const group_state& group) const {
    return !group.configuration.write_lease || !group.lease_end || now_ < lease_noticed(group);
}

instant engine::lease_noticed(const group_state& group) const {
    return *group.lease_end + faults_.late_expiry;
}

void engine::group_timers(group_state& group) {
    const std::string& name = group.configuration.name;
    if (group.changing && now_ >= group.changing->due) {
        const role_change change = *group.changing;
        group.changing.reset();
        if (change.what == role_change::kind::promote) {
            promotions_.push_back({name, change.accepted, now_});
            promote(group, change.forced);
        } else if (change.what == role_change::kind::resume) {
            promote(group, false);
        } else if (change.what == role_change::kind::follow) {
            set_role_secondary(group);
        } else {
            turn_offline(group);
        }
    }
    finish_reverting(group);
    if (group.role == replica_role::primary && !lease_stands(group))
        leave_primary(
            group,
            "Always On Availability Groups: The local replica of availability group '" + name +
                "' is going offline because either the lease expired or lease renewal failed.");
}

// Without a cluster nobody tells a replica what it is: a primary that recovers assumes the role
// again (Microsoft's page about failover with cluster type NONE), and whoever joined follows.
// assumption: an OFFLINE is forgotten with the process, and a SECONDARY is one again.
// With a cluster everybody waits to be told; one page has a former primary assume the role there,
// too, which is the other reading.
void engine::resume_role(group_state& group) {
    const bool clusterless = group.configuration.type == cluster_type::none;
    if (!clusterless && !(options_.primaries_resume && group.was_primary)) return;
    const auto what = group.was_primary ? role_change::kind::resume : role_change::kind::follow;
    group.changing = role_change{what, now_, now_ + options_.delays.following, false};
}

void engine::turn_offline(group_state& group) {
    detach(group);
    if (group.role == replica_role::primary)
        leave_primary(
            group,
            "Availability group '" + group.configuration.name + "' is going offline by command.");
    else
        become(group, replica_role::resolving);
}

void engine::set_role_secondary(group_state& group) {
    if (group.role == replica_role::primary)
        leave_primary(
            group,
            "Availability group '" + group.configuration.name + "' is becoming a secondary.");
    become(group, replica_role::secondary);
    for (auto& [name, one] : databases_)
        if (one.about.group_id == group.configuration.id) redo(one, one.hardened);
    group.followed.clear();
    look_for_primary(group);
}

// The replica takes its log as it is, begins a recovery fork, and says in a new configuration that
// nobody else is known to be synchronized. Until that one stands, every synchronous replica is
// waited for: which set the last primary had committed is not known here.
void engine::promote(group_state& group, bool by_force) {
    detach(group);
    group.promotion = make_guid();
    group.primary_since = now_;
    group.by_force = by_force;
    group.moves_after_force.clear();
    group.followers.clear();
    group.seedings.clear();
    group.reached.clear();
    for (auto& [name, one] : databases_) {
        if (one.about.group_id != group.configuration.id) continue;
        redo(one, one.end());
        one.fork = make_guid();
        // assumption: what the others lack of the log before, a new primary does not know.
        for (const auto& other : group.configuration.replicas)
            if (other.has_data() && other.id != group.own_id)
                group.reached[other.id][one.about.group_database_id] = one.end();
        // Documented of a failover that is forced while log is undone: the database does not start.
        const bool starts = !group.half_undone.contains(one.about.group_database_id);
        const bool was_forced = one.about.suspended == suspension::partner;
        if (one.about.restoring == starts || was_forced) {
            one.about.restoring = !starts;
            // assumption: what another primary's force suspended moves when this replica leads.
            if (was_forced) one.about.suspended = suspension::none;
            append(one.about);
        }
    }
    group.role = replica_role::resolving;
    become(group, replica_role::primary);
    for (const auto& one : group.configuration.replicas)
        if (one.mode == replica_mode::synchronous) group.also_waited_for.insert(one.id);
    group.configuration.primary_version = options_.product_version;
    group_configuration next = group.configuration;
    if (options_.promotion_raises_number) {
        if (options_.engine_reading == reading::a)
            for (auto& one : next.databases) one.synchronized = {group.own_id};
        propose(group, std::move(next));
    } else {
        group.uncommitted = true;
        group.commit_started = utc();
        save_group(group);
    }
    next_dial_.clear();
    for (const auto& one : group.configuration.replicas)
        if (one.id != group.own_id) next_dial_[one.name] = now_;
}

}  // namespace ha::mssqlsim
