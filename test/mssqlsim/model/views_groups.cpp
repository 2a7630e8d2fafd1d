// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_looks.hpp"
#include "test/mssqlsim/model/suspension.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

#include <limits>

// Catalog and management views of availability groups: sqlserver.md 4.1 to 4.6 and 2.12.

namespace ha::mssqlsim {

namespace {

// A view of no rows is the view of an empty example without its row.
template <class Write>
shared_rows with_columns(view_maker& made, bool any, Write example) {
    if (any) return made.done();
    made.begin();
    example();
    return made.without_rows();
}

void group_row(view_maker& made, const group_configuration& one) {
    static constexpr const char* preferences[] = {"primary", "secondary_only", "secondary", "none"};
    // The number of EXTERNAL is told differently by different sources; agents read the words.
    made.guid("group_id", one.id)
        .text("name", one.name)
        .text("resource_id", {}, 40)
        .text("resource_group_id", {}, 40);
    made.number("failure_condition_level", one.failure_condition_level)
        .number("health_check_timeout", one.health_check_timeout);
    made.small("automated_backup_preference", std::int64_t{one.backup_preference})
        .text("automated_backup_preference_desc", preferences[one.backup_preference % 4]);
    made.put("version", {column_kind::smallint, 2, 25, 0}, std::int64_t{1})
        .bit("basic_features", one.basic)
        .bit("dtc_support", one.dtc_support);
    made.bit("db_failover", one.db_failover).bit("is_distributed", false);
    made.small("cluster_type", std::int64_t{static_cast<std::uint8_t>(one.type)})
        .text("cluster_type_desc", one.type == cluster_type::external ? "external" : "none");
    made.number("required_synchronized_secondaries_to_commit", one.required);
    made.big("sequence_number", one.sequence_number).bit("is_contained", one.contained);
}

shared_rows availability_groups(const seen_groups& groups) {
    view_maker made;
    for (const auto* one : groups) {
        made.begin();
        group_row(made, one->configuration);
    }
    return with_columns(made, !groups.empty(), [&] { group_row(made, {}); });
}

const char* mode_word(replica_mode mode) {
    switch (mode) {
        case replica_mode::synchronous: return "SYNCHRONOUS_COMMIT";
        case replica_mode::configuration_only: return "CONFIGURATION_ONLY";
        default: return "ASYNCHRONOUS_COMMIT";
    }
}

void replica_row(view_maker& made, const std::string& group_id, const group_replica& one) {
    static constexpr const char* failovers[] = {"AUTOMATIC", "MANUAL", "EXTERNAL"};
    static constexpr const char* connections[] = {"NO", "READ_ONLY", "ALL", "READ_WRITE"};
    made.guid("replica_id", one.id).guid("group_id", group_id).number("replica_metadata_id", 65536);
    made.text("replica_server_name", one.name, 256)
        .put("owner_sid", {column_kind::varbinary, 85, 25, 0}, {})
        .text("endpoint_url", one.endpoint_url);
    made.small("availability_mode", std::int64_t{static_cast<std::uint8_t>(one.mode)})
        .text("availability_mode_desc", mode_word(one.mode));
    made.small("failover_mode", std::int64_t{one.failover_mode})
        .text("failover_mode_desc", failovers[one.failover_mode % 3]);
    made.number("session_timeout", one.session_timeout);
    made.small("primary_role_allow_connections", std::int64_t{one.primary_connections})
        .text("primary_role_allow_connections_desc", connections[one.primary_connections % 4]);
    made.small("secondary_role_allow_connections", std::int64_t{one.secondary_connections})
        .text("secondary_role_allow_connections_desc", connections[one.secondary_connections % 4]);
    made.time("create_date", time_or_null(one.create_date))
        .time("modify_date", time_or_null(one.modify_date));
    made.number("backup_priority", one.backup_priority)
        .text("read_only_routing_url", text_or_null(one.read_only_url), 256);
    made.small("seeding_mode", std::int64_t{one.automatic_seeding ? 0 : 1})
        .text("seeding_mode_desc", one.automatic_seeding ? "AUTOMATIC" : "MANUAL");
    made.text("read_write_routing_url", text_or_null(one.read_write_url), 256);
}

shared_rows availability_replicas(const seen_groups& groups) {
    view_maker made;
    bool any = false;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.replicas) {
            any = true;
            made.begin();
            replica_row(made, group->configuration.id, one);
        }
    return with_columns(made, any, [&] { replica_row(made, {}, {}); });
}

std::int64_t health_of(const group_replica& replica, const database_view& seen) {
    if (seen.state == 2) return 2;
    if (seen.state == 1) return replica.mode == replica_mode::asynchronous ? 2 : 1;
    return 0;
}

bool is_shown(const group_state& group, const group_replica& replica) {
    return group.role == replica_role::primary || replica.id == group.own_id;
}

const char* health_word(std::int64_t health) {
    static constexpr const char* words[] = {"NOT_HEALTHY", "PARTIALLY_HEALTHY", "HEALTHY"};
    return words[health];
}

const char* recovery_word(std::int64_t health) {
    return health == 0 ? "ONLINE_IN_PROGRESS" : "ONLINE";
}

struct replica_view {
    std::optional<std::int64_t> role;
    std::int64_t connected = 0;
    std::int64_t health = 0;
    value operational;
    value recovery;
    connect_trouble trouble;
};

replica_view look(engine& owner, const group_state& group, const group_replica& replica) {
    replica_view made;
    const bool local = replica.id == group.own_id;
    if (local) {
        made.role = static_cast<std::int64_t>(group.role);
        made.connected = group.role == replica_role::primary || group.link ? 1 : 0;
        const bool rising = group.changing && group.changing->what == role_change::kind::promote;
        // assumption: RESOLVING shows no operational state unless a failover is under way.
        if (rising)
            made.operational = std::int64_t{0};
        else if (group.role != replica_role::resolving)
            made.operational = std::int64_t{2};
        if (!group.configuration.databases.empty() && group.role != replica_role::resolving)
            made.recovery = std::int64_t{recovers(owner, group) ? 0 : 1};
    } else {
        const auto* link = owner.link_to(replica.name);
        const bool linked = link != nullptr && link->greeted;
        made.connected = linked ? 1 : 0;
        const auto news = linked ? link->news.find(group.configuration.id)
                                 : std::map<std::string, group_news>::const_iterator{};
        if (linked && news != link->news.end())
            made.role = static_cast<std::int64_t>(news->second.role);
        const auto trouble = owner.connect_troubles_.find(lower(replica.name));
        if (!linked && trouble != owner.connect_troubles_.end()) made.trouble = trouble->second;
    }
    if (!replica.has_data()) {
        made.health = made.connected == 1 ? 2 : 0;
    } else if (!group.configuration.databases.empty()) {
        made.health = 2;
        for (const auto& entry : group.configuration.databases)
            made.health =
                std::min(made.health, health_of(replica, look(owner, group, entry, replica)));
    }
    return made;
}

value lease_ticks(const engine& owner, const group_state& group, bool local) {
    if (!local) return value{};
    if (!group.configuration.write_lease || !group.lease_end)
        return std::numeric_limits<std::int64_t>::max();
    if (*group.lease_end <= owner.now_) return std::int64_t{0};
    return (*group.lease_end - owner.now_).count() / 100;
}

void replica_state_row(view_maker& made,
                       engine& owner,
                       const group_state& group,
                       const group_replica& replica) {
    static constexpr const char* roles[] = {"RESOLVING", "PRIMARY", "SECONDARY"};
    static constexpr const char* operations[] = {"PENDING_FAILOVER", "PENDING", "ONLINE"};
    const replica_view seen = look(owner, group, replica);
    const bool local = replica.id == group.own_id;
    made.guid("replica_id", replica.id)
        .guid("group_id", group.configuration.id)
        .bit("is_local", local);
    made.small("role", seen.role ? value{*seen.role} : value{})
        .text("role_desc", seen.role ? value{std::string{roles[*seen.role]}} : value{});
    const auto* operation = std::get_if<std::int64_t>(&seen.operational);
    made.small("operational_state", seen.operational)
        .text("operational_state_desc",
              operation == nullptr ? value{} : value{std::string{operations[*operation]}});
    made.small("connected_state", seen.connected)
        .text("connected_state_desc", seen.connected == 1 ? "CONNECTED" : "DISCONNECTED");
    made.small("recovery_health", seen.recovery)
        .text("recovery_health_desc",
              is_null(seen.recovery)
                  ? value{}
                  : value{std::string{recovery_word(std::get<std::int64_t>(seen.recovery))}});
    made.small("synchronization_health", seen.health)
        .text("synchronization_health_desc", health_word(seen.health));
    const bool trouble = seen.trouble.number != 0;
    made.put("last_connect_error_number",
             {column_kind::integer, 4, 25, 0},
             trouble ? value{std::int64_t{seen.trouble.number}} : value{});
    made.text("last_connect_error_description", trouble ? value{seen.trouble.text} : value{}, 1024);
    made.time("last_connect_error_timestamp", trouble ? value{seen.trouble.when} : value{});
    made.big("write_lease_remaining_ticks", lease_ticks(owner, group, local));
    made.time("current_configuration_commit_start_time_utc",
              local && group.role == replica_role::primary && group.commit_started
                  ? value{*group.commit_started}
                  : value{});
}

shared_rows replica_states(engine& owner, const seen_groups& groups, const shared_rows& before) {
    view_maker made{before};
    bool any = false;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.replicas) {
            if (!is_shown(*group, one)) continue;
            any = true;
            made.begin();
            replica_state_row(made, owner, *group, one);
        }
    return with_columns(made, any, [&] { replica_state_row(made, owner, {}, {}); });
}

// In the documentation's order. What the double does not count is NULL.
void log_columns(view_maker& made, const database_view& seen, bool local, const value& committed) {
    const auto lsn = [&seen](std::int64_t at) {
        return seen.known ? value{shown_lsn(at)} : value{};
    };
    const auto size = [&seen](std::int64_t count) { return seen.known ? value{count} : value{}; };
    made.lsn("recovery_lsn", {}).lsn("truncation_lsn", lsn(0));
    made.lsn("last_sent_lsn", local ? value{} : lsn(seen.sent)).time("last_sent_time", {});
    made.lsn("last_received_lsn", lsn(seen.hardened)).time("last_received_time", {});
    made.lsn("last_hardened_lsn", lsn(seen.hardened)).time("last_hardened_time", {});
    made.lsn("last_redone_lsn", lsn(seen.redone)).time("last_redone_time", {});
    made.big("log_send_queue_size", size(seen.end - seen.sent)).big("log_send_rate", {});
    made.big("redo_queue_size", size(seen.hardened - seen.redone)).big("redo_rate", {});
    made.big("filestream_send_rate", {}).lsn("end_of_log_lsn", lsn(seen.hardened));
    made.lsn("last_commit_lsn", lsn(seen.redone)).time("last_commit_time", committed);
    made.big("low_water_mark_for_ghosts", {})
        .big("secondary_lag_seconds", !local && seen.state == 2 ? size(0) : value{});
    made.lsn("quorum_commit_lsn", {}).time("quorum_commit_time", {});
}

void database_state_row(view_maker& made,
                        engine& owner,
                        const group_state& group,
                        const group_replica& replica,
                        const group_database& entry) {
    static constexpr const char* states[] = {
        "NOT SYNCHRONIZING", "SYNCHRONIZING", "SYNCHRONIZED", "REVERTING", "INITIALIZING"};
    const database_view seen = look(owner, group, entry, replica);
    const bool local = replica.id == group.own_id;
    const auto* here = owner.database(entry.name);
    const std::int64_t health = health_of(replica, seen);
    made.number("database_id", here == nullptr ? 0 : here->about.id)
        .guid("group_id", group.configuration.id)
        .guid("replica_id", replica.id);
    made.guid("group_database_id", entry.id)
        .bit("is_local", local)
        .bit("is_primary_replica", local && group.role == replica_role::primary);
    made.small("synchronization_state", seen.state)
        .text("synchronization_state_desc", states[seen.state]);
    made.bit("is_commit_participant", seen.state == 2)
        .small("synchronization_health", health)
        .text("synchronization_health_desc", health_word(health));
    const bool resolving = group.role == replica_role::resolving;
    const std::int64_t state =
        here == nullptr ? shown_state({}, false, resolving)
                        : shown_state(owner.damage_of(*here), here->about.restoring, resolving);
    made.small("database_state", local ? value{state} : value{})
        .text("database_state_desc", local ? value{std::string{state_word(state)}} : value{});
    made.bit("is_suspended", seen.suspended != suspension::none)
        .small("suspend_reason", suspend_reason(seen.suspended))
        .text("suspend_reason_desc", suspend_reason_desc(seen.suspended));
    const auto* own = owner.database_by_group_id(entry.id);
    const bool known = own != nullptr && !own->log.empty() && seen.known;
    log_columns(made, seen, local, known ? value{own->log.back().commit_time} : value{});
}

shared_rows database_states(engine& owner, const seen_groups& groups, const shared_rows& before) {
    view_maker made{before};
    bool any = false;
    for (const auto* group : groups)
        for (const auto& replica : group->configuration.replicas)
            for (const auto& entry : group->configuration.databases) {
                if (!is_shown(*group, replica) || !replica.has_data()) continue;
                any = true;
                made.begin();
                database_state_row(made, owner, *group, replica, entry);
            }
    return with_columns(made, any, [&] { database_state_row(made, owner, {}, {}, {}); });
}

void group_state_row(view_maker& made, engine& owner, const group_state& group) {
    std::int64_t best = 0;
    std::int64_t worst = 2;
    std::string primary;
    for (const auto& one : group.configuration.replicas) {
        if (is_shown(group, one)) {
            const auto health = look(owner, group, one).health;
            best = std::max(best, health);
            worst = std::min(worst, health);
        }
        const bool is_primary = (one.id == group.own_id && group.role == replica_role::primary) ||
                                (group.link && one.id == group.followed_replica);
        if (is_primary) primary = one.name;
    }
    made.guid("group_id", group.configuration.id).text("primary_replica", primary);
    const bool leads = group.role == replica_role::primary;
    const std::int64_t recovery = recovers(owner, group) ? 0 : 1;
    const value recovery_desc = std::string{recovery_word(recovery)};
    made.small("primary_recovery_health", leads ? value{recovery} : value{})
        .text("primary_recovery_health_desc", leads ? recovery_desc : value{});
    made.small("secondary_recovery_health", leads ? value{} : value{recovery})
        .text("secondary_recovery_health_desc", leads ? value{} : recovery_desc);
    // All replicas are healthy, some of them, or none.
    const std::int64_t health = best < 2 ? 0 : (worst == 2 ? 2 : 1);
    made.small("synchronization_health", health)
        .text("synchronization_health_desc", health_word(health));
}

shared_rows group_states(engine& owner, const seen_groups& groups) {
    view_maker made;
    for (const auto* one : groups) {
        made.begin();
        group_state_row(made, owner, *one);
    }
    return with_columns(made, !groups.empty(), [&] { group_state_row(made, owner, {}); });
}

void seeding_row(view_maker& made, const group_state& group, const seeding_report& one) {
    made.time("start_time", time_or_null(one.started))
        .time("completion_time", time_or_null(one.completed));
    made.guid("ag_id", group.configuration.id)
        .guid("ag_db_id", one.database_id)
        .guid("ag_remote_replica_id", one.replica_id)
        .guid("operation_id", one.operation_id);
    made.bit("is_source", true)
        .text("current_state", one.state, 60)
        .bit("performed_seeding", one.state == "COMPLETED");
    made.put("failure_state", {column_kind::integer, 4, 25, 0}, value{})
        .text("failure_state_desc", {})
        .number("error_code", 0)
        .number("number_of_attempts", 1);
}

shared_rows seedings(const seen_groups& groups) {
    view_maker made;
    bool any = false;
    for (const auto* group : groups)
        for (const auto& one : group->seedings) {
            any = true;
            made.begin();
            seeding_row(made, *group, one);
        }
    return with_columns(made, any, [&] { seeding_row(made, {}, {}); });
}

void group_database_row(view_maker& made, const group_state& group, const group_database& one) {
    made.guid("group_id", group.configuration.id).guid("group_database_id", one.id);
    made.text("database_name", one.name);
}

shared_rows group_databases(const seen_groups& groups) {
    view_maker made;
    bool any = false;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.databases) {
            any = true;
            made.begin();
            group_database_row(made, *group, one);
        }
    return with_columns(made, any, [&] { group_database_row(made, {}, {}); });
}

}  // namespace

shared_rows group_view(engine& owner, const session_state& session, const std::string& name) {
    const auto groups = visible(owner, session);
    const auto& before = owner.views_[name].rows;
    if (name == "availability_groups") return availability_groups(groups);
    if (name == "availability_replicas") return availability_replicas(groups);
    if (name == "dm_hadr_availability_replica_states") return replica_states(owner, groups, before);
    if (name == "dm_hadr_database_replica_states") return database_states(owner, groups, before);
    if (name == "dm_hadr_availability_group_states") return group_states(owner, groups);
    if (name == "dm_hadr_automatic_seeding") return seedings(groups);
    if (name == "availability_databases_cluster") return group_databases(groups);
    return cluster_view(owner, groups, name);
}

}  // namespace ha::mssqlsim
