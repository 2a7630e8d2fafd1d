// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/suspension.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

#include <algorithm>

// Views that were made for Windows clusters: what is known without one, and columns where nothing
// is. Listeners and routing lists, which are a group's own, are here, too.

namespace ha::mssqlsim {

namespace {

struct member {
    std::string group_id;
    std::string group;
    group_replica replica;
    bool joined = false;
};

// assumption: a replica has joined if it is this one, has told of the group, or holds a database.
bool has_joined(const engine& owner, const group_state& group, const group_replica& one) {
    if (one.id == group.own_id) return true;
    const auto* link = owner.link_to(one.name);
    if (link != nullptr && link->news.contains(group.configuration.id)) return true;
    const auto& databases = group.configuration.databases;
    return std::any_of(
        databases.begin(), databases.end(), [&](const auto& entry) { return entry.holds(one.id); });
}

std::vector<member> members(const engine& owner, const seen_groups& groups) {
    std::vector<member> made;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.replicas)
            made.push_back({group->configuration.id,
                            group->configuration.name,
                            one,
                            has_joined(owner, *group, one)});
    return made;
}

shared_rows join_states(const engine& owner, const seen_groups& groups) {
    return each(members(owner, groups), [](view_maker& made, const member& one) {
        made.guid("replica_id", one.replica.id)
            .text("replica_server_name", one.replica.name, 256)
            .guid("group_id", one.group_id);
        made.small("join_state", std::int64_t{one.joined ? 1 : 0})
            .text("join_state_desc", one.joined ? "JOINED_STANDALONE_INSTANCE" : "NOT_JOINED");
    });
}

struct readiness {
    std::string replica_id;
    group_database entry;
    bool ready = false;
    bool joined = false;
    bool suspend_is_pending = false;
};

shared_rows failover_readiness(engine& owner, const seen_groups& groups) {
    std::vector<readiness> all;
    for (const auto* group : groups)
        for (const auto& replica : group->configuration.replicas)
            for (const auto& entry : group->configuration.databases) {
                if (!replica.has_data()) continue;
                const bool shown =
                    group->role == replica_role::primary || replica.id == group->own_id;
                const auto seen = look(owner, *group, entry, replica);
                const bool holds = entry.holds(replica.id);
                all.push_back({replica.id,
                               entry,
                               shown ? seen.state == 2 : holds,
                               shown ? seen.known : holds,
                               suspend_is_pending(*group, replica, entry)});
            }
    return each(all, [](view_maker& made, const readiness& one) {
        made.guid("replica_id", one.replica_id).guid("group_database_id", one.entry.id);
        made.text("database_name", one.entry.name).bit("is_failover_ready", one.ready);
        made.bit("is_pending_secondary_suspend", one.suspend_is_pending)
            .bit("is_database_joined", one.joined);
        made.lsn("recovery_lsn", {}).lsn("truncation_lsn", {});
    });
}

std::vector<group_configuration> configurations(const seen_groups& groups) {
    std::vector<group_configuration> made;
    for (const auto* one : groups) made.push_back(one->configuration);
    return made;
}

shared_rows groups_of_the_cluster(const seen_groups& groups) {
    static constexpr const char* preferences[] = {"primary", "secondary_only", "secondary", "none"};
    return each(configurations(groups), [](view_maker& made, const group_configuration& one) {
        made.guid("group_id", one.id).text("name", one.name);
        made.text("resource_id", {}, 40).text("resource_group_id", {}, 40);
        made.number("failure_condition_level", one.failure_condition_level)
            .number("health_check_timeout", one.health_check_timeout);
        made.small("automated_backup_preference", std::int64_t{one.backup_preference})
            .text("automated_backup_preference_desc", preferences[one.backup_preference % 4]);
    });
}

shared_rows names_of_groups(const seen_groups& groups) {
    return each(configurations(groups), [](view_maker& made, const group_configuration& one) {
        made.text("ag_name", one.name, 256).guid("ag_id", one.id);
        made.text("ag_resource_id", {}, 256).text("ag_group_id", {}, 256);
    });
}

struct listed {
    std::string owner_id;
    std::int64_t priority = 0;
    std::string target_id;
};

shared_rows routing_lists(const seen_groups& groups) {
    std::vector<listed> all;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.replicas) {
            std::int64_t priority = 0;
            for (const auto& together : one.routing_list) {
                ++priority;
                for (const auto& name : together)
                    if (const auto* target = group->configuration.replica(name))
                        all.push_back({one.id, priority, target->id});
            }
        }
    return each(all, [](view_maker& made, const listed& one) {
        made.guid("replica_id", one.owner_id).number("routing_priority", one.priority);
        made.guid("read_only_replica_id", one.target_id);
    });
}

struct shown_listener {
    std::string group_id;
    group_listener listener;
};

shared_rows listeners(const seen_groups& groups) {
    std::vector<shown_listener> all;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.listeners)
            all.push_back({group->configuration.id, one});
    return each(all, [](view_maker& made, const shown_listener& one) {
        made.guid("group_id", one.group_id)
            .text("listener_id", one.listener.id, 36)
            .text("dns_name", one.listener.name, 63);
        made.number("port", one.listener.port).bit("is_conformant", true);
        made.put("ip_configuration_string_from_cluster", {column_kind::nvarchar_max, 0, 25, 0}, {});
    });
}

struct shown_address {
    std::string listener_id;
    std::string address;
    std::string mask;
};

shared_rows addresses(const seen_groups& groups) {
    std::vector<shown_address> all;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.listeners)
            for (std::size_t i = 0; i < one.addresses.size(); ++i)
                all.push_back({one.id, one.addresses[i], one.masks[i]});
    return each(all, [](view_maker& made, const shown_address& one) {
        made.text("listener_id", one.listener_id, 36).text("ip_address", one.address, 48);
        made.text("ip_subnet_mask", text_or_null(one.mask), 15).bit("is_dhcp", false);
        made.text("network_subnet_ip", {}, 48).whole("network_subnet_prefix_length", {});
        made.text("network_subnet_ipv4_mask", {}, 45);
        made.small("state", std::int64_t{1}).text("state_desc", "ONLINE");
    });
}

// assumption: without a Windows cluster these views have no rows.
shared_rows without_a_cluster(const std::string& name) {
    view_maker made;
    made.begin();
    if (name == "dm_hadr_cluster") {
        made.text("cluster_name", {}).small("quorum_type", {}).plain("quorum_type_desc", {}, 50);
        made.small("quorum_state", {}).plain("quorum_state_desc", {}, 50);
    } else if (name == "dm_hadr_cluster_members") {
        made.text("member_name", {}).small("member_type", {}).text("member_type_desc", {}, 50);
        made.small("member_state", {}).text("member_state_desc", {});
        made.small("number_of_quorum_votes", {});
    } else if (name == "dm_hadr_cluster_networks") {
        made.text("member_name", {}).text("network_subnet_ip", {}, 48);
        made.text("network_subnet_ipv4_mask", {}, 45).whole("network_subnet_prefix_length", {});
        made.bit("is_public", false).bit("is_ipv4", false);
    } else if (name == "dm_hadr_instance_node_map") {
        made.text("ag_resource_id", {}, 256).text("instance_name", {}, 256);
        made.text("node_name", {}, 256);
    } else if (name == "dm_hadr_availability_replica_cluster_nodes") {
        made.text("group_name", {}, 256).text("replica_server_name", {}, 256);
        made.text("node_name", {}, 256);
    } else {
        return {};
    }
    return made.without_rows();
}

// No page is ever broken here.
shared_rows page_repairs() {
    view_maker made;
    made.begin();
    made.whole("database_id", {}).whole("file_id", {}).big("page_id", {});
    made.whole("error_type", {}).whole("page_status", {}).time("modification_time", {});
    return made.without_rows();
}

// Seedings that run are over too soon to be looked at.
shared_rows seeding_statistics() {
    view_maker made;
    made.begin();
    made.guid("local_physical_seeding_id", {}).guid("remote_physical_seeding_id", {});
    made.whole("local_database_id", {}).text("local_database_name", {});
    made.text("remote_machine_name", {}).text("role_desc", {}).text("internal_state_desc", {});
    for (const char* name :
         {"transfer_rate_bytes_per_second", "transferred_size_bytes", "database_size_bytes"})
        made.big(name, {});
    made.time("start_time_utc", {}).time("end_time_utc", {}).time("estimate_time_complete_utc", {});
    made.big("total_disk_io_wait_time_ms", {}).big("total_network_wait_time_ms", {});
    made.whole("failure_code", {}).text("failure_message", {}, 2048).time("failure_time_utc", {});
    made.bit("is_compression_enabled", false);
    return made.without_rows();
}

}  // namespace

shared_rows cluster_view(engine& owner, const seen_groups& groups, const std::string& name) {
    if (name == "dm_hadr_availability_replica_cluster_states") return join_states(owner, groups);
    if (name == "dm_hadr_database_replica_cluster_states") return failover_readiness(owner, groups);
    if (name == "availability_groups_cluster") return groups_of_the_cluster(groups);
    if (name == "dm_hadr_name_id_map") return names_of_groups(groups);
    if (name == "availability_read_only_routing_lists") return routing_lists(groups);
    if (name == "availability_group_listeners") return listeners(groups);
    if (name == "availability_group_listener_ip_addresses") return addresses(groups);
    if (name == "dm_hadr_auto_page_repair") return page_repairs();
    if (name == "dm_hadr_physical_seeding_stats") return seeding_statistics();
    return without_a_cluster(name);
}

}  // namespace ha::mssqlsim
