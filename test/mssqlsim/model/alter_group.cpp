// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/edition.hpp"
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/error_texts.hpp"
#include "test/mssqlsim/model/group_options.hpp"

#include <algorithm>
#include <cstdlib>

// ALTER AVAILABILITY GROUP: roles, the lease, options and databases: sqlserver.md 2.2, 3, 7. Its
// replicas have a file of their own, alter_replicas.cpp.

namespace ha::mssqlsim {

namespace {

class group_change {
public:
    group_change(engine& owner,
                 session_state& session,
                 const definition_statement& what,
                 group_state& group)
        : owner_(owner),
          session_(session),
          what_(what),
          group_(group),
          name_(group.configuration.name) {}

    progress run() {
        if (what_.action == "FAILOVER" || what_.action == "FORCE_FAILOVER_ALLOW_DATA_LOSS")
            return failover();
        if (what_.action == "OFFLINE") return offline();
        if (what_.action == "SET") return set();
        if (what_.action.ends_with("CREATE ANY DATABASE")) return seeding_permission();
        if (group_.role != replica_role::primary) return failed_with(not_primary());
        if (what_.action.ends_with("REPLICA")) return owner_.alter_replicas(what_, group_);
        if (what_.action.ends_with("LISTENER")) return owner_.alter_listeners(what_, group_);
        if (what_.action == "ADD DATABASE") return add_databases();
        return remove_database();
    }

private:
    sql_error not_primary() const { return numbered(41140, {name_}); }

    bool is_clusterless() const { return group_.configuration.type == cluster_type::none; }

    sql_error cannot_be_primary() const { return numbered(41142, {name_}); }

    // In this order: cluster type and session context, role, kind of replica, another command,
    // version, synchronization.
    std::optional<sql_error> refuses_failover(bool forced) const {
        const auto context = session_.context.find("external_cluster");
        const bool allowed =
            context != session_.context.end() && same_name(text_of(context->second.first), "yes");
        if (is_clusterless() && !forced) return numbered(47122, {name_});
        if (!is_clusterless() && !allowed) return numbered(47104, {name_});
        if (group_.role == replica_role::primary) return numbered(41122, {name_});
        const auto* self = group_.self();
        if (self == nullptr || !self->has_data()) return numbered(47109, {name_});
        if (group_.changing && group_.changing->what == role_change::kind::promote)
            return numbered(41113, {name_});
        if (!reads_log_of(owner_.options_,
                          owner_.options_.product_version,
                          group_.configuration.primary_version))
            return numbered(41191, {name_});
        if (forced) return {};
        if (self->mode != replica_mode::synchronous) return cannot_be_primary();
        for (const auto& one : group_.configuration.databases) {
            const auto* local = owner_.database_by_group_id(one.id);
            const bool joined =
                local != nullptr && local->about.group_id == group_.configuration.id &&
                !local->about.restoring && owner_.damage_of(*local) == database_damage::none;
            if (!joined) return cannot_be_primary();
            // Reading B: no engine refuses anybody for what its configuration says.
            if (owner_.options_.engine_reading == reading::a && !one.holds(group_.own_id))
                return cannot_be_primary();
        }
        return {};
    }

    progress failover() {
        const bool forced = what_.action != "FAILOVER";
        if (auto refused = refuses_failover(forced)) return failed_with(*refused);
        const duration takes = owner_.options_.delays.promotion + owner_.faults_.slow_promotion;
        group_.changing =
            role_change{role_change::kind::promote, owner_.now_, owner_.now_ + takes, forced};
        return statement_end{};
    }

    progress offline() {
        if (owner_.faults_.offline_hangs) return statement_end{};
        group_.latch_offline = true;
        group_.left_by_lease = false;
        group_.changing = role_change{role_change::kind::offline,
                                      owner_.now_,
                                      owner_.now_ + owner_.options_.delays.offline,
                                      false};
        return statement_end{};
    }

    progress set() {
        if (what_.options.size() != 1)
            return failed_with(error_of(102, "Incorrect syntax near ','.", 15));
        const auto& given = what_.options.front();
        if (given.name == "WRITE_LEASE_VALIDITY")
            return renew(std::strtoll(given.text.c_str(), nullptr, 10));
        if (given.name == "ROLE")
            return given.text == "SECONDARY"
                       ? follow()
                       : progress{failed_with(
                             error_of(102, "Incorrect syntax near '" + given.text + "'.", 15))};
        if (group_.role != replica_role::primary) return failed_with(not_primary());
        group_configuration next = group_.configuration;
        if (auto bad = set_group_option(next, given)) return failed_with(*bad);
        return owner_.commit(group_, std::move(next), "set-option");
    }

    // assumption: the lease is this instance's own and may be renewed in any role, as Microsoft's
    // agent does before FAILOVER.
    progress renew(std::int64_t seconds) {
        if (seconds <= 0) return failed_with(numbered(47117, {"WRITE_LEASE_VALIDITY", name_}));
        if (!group_.configuration.write_lease) return failed_with(numbered(47116, {name_}));
        if (owner_.faults_.renewals_refused)
            return failed_with(numbered(41190, {name_, "set-option"}));
        if (owner_.faults_.late_renewal <= duration{}) return renewed(owner_, group_, seconds);
        const instant due = owner_.now_ + owner_.faults_.late_renewal;
        engine& owner = owner_;
        const std::string id = group_.configuration.id;
        return statement_wait{
            [&owner, id, due, seconds](instant now) -> std::optional<statement_end> {
                if (now < due) return {};
                auto* still = owner.group(id);
                if (still == nullptr) return failed_with(no_such_group("alter", id));
                return renewed(owner, *still, seconds);
            },
            due};
    }

    static statement_end renewed(engine& owner, group_state& group, std::int64_t seconds) {
        const instant end = owner.now_ + std::chrono::seconds{seconds};
        if (group.lease_end && end < *group.lease_end)
            return failed_with(numbered(47119, {group.configuration.name}));
        group.lease_end = end;
        // The other reading: what ended with the lease comes back with it.
        if (owner.options_.renewal_revives && group.left_by_lease && !group.changing)
            group.changing = role_change{role_change::kind::resume,
                                         owner.now_,
                                         owner.now_ + owner.options_.delays.following,
                                         false};
        return {};
    }

    sql_error latched() const { return numbered(41104, {name_}); }

    progress follow() {
        // Of EXTERNAL: sqlserver.md 11, L13. Of NONE: one of the documented ways to demote it.
        if (group_.role == replica_role::primary && !is_clusterless())
            return failed_with(latched());
        if (group_.changing && group_.changing->what == role_change::kind::promote)
            return failed_with(numbered(41121, {name_, "SET ROLE", "RESOLVING", "", ""}));
        if (is_latched()) return failed_with(latched());
        if (group_.changing && group_.changing->what == role_change::kind::offline) {
            group_.changing.reset();
            owner_.turn_offline(group_);
        }
        if (group_.role == replica_role::secondary) return statement_end{};
        group_.changing = role_change{role_change::kind::follow,
                                      owner_.now_,
                                      owner_.now_ + owner_.options_.delays.following,
                                      false};
        group_.restarted = false;
        group_.left_by_lease = false;
        return statement_end{};
    }

    const link_state* link_to_primary() const {
        for (const auto& [number, one] : owner_.links_) {
            const auto at = one.news.find(group_.configuration.id);
            if (at != one.news.end() && at->second.role == replica_role::primary) return &one;
        }
        return nullptr;
    }

    // sqlserver.md fact 9, and its cure.
    bool is_latched() {
        const auto& rule = owner_.options_.latch;
        if (!rule.enabled || is_clusterless()) return false;
        const auto* primary = link_to_primary();
        if (group_.latched_until) {
            const bool cured =
                group_.latch_offline && owner_.endpoint_starts_ > group_.latch_own_starts &&
                primary != nullptr && primary->peer_endpoint_starts > group_.latch_peer_starts;
            if (cured || owner_.now_ >= *group_.latched_until) group_.latched_until.reset();
            return group_.latched_until.has_value();
        }
        if (!group_.restarted || !group_.was_primary || primary == nullptr) return false;
        const auto age = std::chrono::milliseconds{
            primary->news.at(group_.configuration.id).primary_for_milliseconds};
        if (age + (owner_.now_ - primary->heard) >= rule.young) return false;
        group_.latched_until = owner_.now_ + rule.lasts;
        group_.latch_own_starts = owner_.endpoint_starts_;
        group_.latch_peer_starts = primary->peer_endpoint_starts;
        group_.latch_offline = false;
        return true;
    }

    progress seeding_permission() {
        const auto* self = group_.self();
        if (self != nullptr && !self->has_data()) return failed_with(numbered(47111, {name_}));
        group_.may_create_databases = what_.action.starts_with("GRANT");
        owner_.save_group(group_);
        const auto position = owner_.last_position_;
        if (group_.role == replica_role::secondary) {  // says so to its primary by asking anew
            owner_.detach(group_);
            owner_.look_for_primary(group_);
        }
        return owner_.until_hardened(position);
    }

    std::optional<sql_error> refuses_database(const std::string& name) const {
        if (is_system_database(name)) return numbered(35249, {name});
        const auto* target = owner_.database(name);
        if (target == nullptr) return numbered(35238, {name, name_});
        if (!target->about.group_id.empty())
            return numbered(target->about.group_id == group_.configuration.id ? 35280 : 35244,
                            {name, name_});
        if (!target->about.full_recovery) return numbered(1465, {name});
        if (!target->about.backed_up) return numbered(1475, {name});
        return {};
    }

    progress add_databases() {
        group_configuration next = group_.configuration;
        if (auto refused = refuses_databases(next, what_.names.size()))
            return failed_with(*refused);
        for (const auto& name : what_.names) {
            if (auto refused = refuses_database(name)) return failed_with(*refused);
            auto& target = *owner_.database(name);
            target.about.group_id = group_.configuration.id;
            target.about.group_database_id = owner_.make_guid();
            owner_.append(target.about);
            next.databases.push_back(
                {target.about.group_database_id, target.about.name, {group_.own_id}});
        }
        progress end = owner_.propose_only(group_, std::move(next));
        for (const auto& replica : group_.configuration.replicas)
            owner_.offer_databases(group_, replica.id);
        return end;
    }

    progress remove_database() {
        group_configuration next = group_.configuration;
        const auto* entry = next.database(what_.names.front());
        if (entry == nullptr) return failed_with(numbered(35281, {what_.names.front(), name_}));
        if (is_contained_database(next, entry->name))
            return failed_with(numbered(47135, {entry->name, name_}));
        if (auto* local = owner_.database_by_group_id(entry->id)) {
            local->about.group_id.clear();
            local->about.group_database_id.clear();
            owner_.append(local->about);
        }
        const std::string id = entry->id;
        std::erase_if(next.databases, [&](const auto& one) { return one.id == id; });
        return owner_.commit(group_, std::move(next), "remove-database");
    }

    engine& owner_;
    session_state& session_;
    const definition_statement& what_;
    group_state& group_;
    const std::string name_;
};

}  // namespace

progress engine::alter_group(session_state& session,
                             const definition_statement& what,
                             group_state& group) {
    return group_change{*this, session, what, group}.run();
}

}  // namespace ha::mssqlsim
