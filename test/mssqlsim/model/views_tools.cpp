// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/database_looks.hpp"
#include "test/mssqlsim/model/event_session.hpp"
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

#include <algorithm>

// Views that monitors and administrators' tools read beside those of groups: mirroring, which there
// is none of; threads of groups; what older tools know logins and sessions by.

namespace ha::mssqlsim {

namespace {

std::vector<std::int64_t> ids_of_databases(const engine& owner) {
    std::vector<std::int64_t> made{1, 2, 3, 4};
    for (const auto& one : owner.shown_databases()) made.push_back(one.about.id);
    return made;
}

// Documented: but for the number all is NULL of a database that is not mirrored.
shared_rows mirroring(const engine& owner) {
    return each(ids_of_databases(owner), [](view_maker& made, std::int64_t id) {
        made.number("database_id", id).guid("mirroring_guid", {});
        made.small("mirroring_state", {}).text("mirroring_state_desc", {});
        made.small("mirroring_role", {}).text("mirroring_role_desc", {});
        made.whole("mirroring_role_sequence", {});
        made.small("mirroring_safety_level", {}).text("mirroring_safety_level_desc", {});
        made.whole("mirroring_safety_sequence", {});
        made.text("mirroring_partner_name", {}).text("mirroring_partner_instance", {});
        made.text("mirroring_witness_name", {});
        made.small("mirroring_witness_state", {}).text("mirroring_witness_state_desc", {});
        made.lsn("mirroring_failover_lsn", {}).whole("mirroring_connection_timeout", {});
        made.whole("mirroring_redo_queue", {}).text("mirroring_redo_queue_type", {}, 60);
        made.lsn("mirroring_end_of_log_lsn", {}).lsn("mirroring_replication_lsn", {});
    });
}

shared_rows witnesses() {
    view_maker made;
    made.begin();
    made.text("database_name", {}).text("principal_server_name", {});
    made.text("mirror_server_name", {}).small("safety_level", {}).text("safety_level_desc", {});
    made.whole("safety_sequence_number", {}).whole("role_sequence_number", {});
    made.guid("mirroring_guid", {}).guid("family_guid", {}).bit("is_suspended", false);
    made.whole("is_suspended_sequence_number", {});
    made.small("partner_sync_state", {}).text("partner_sync_state_desc", {});
    return made.without_rows();
}

// assumption: a primary captures each database once for each replica that follows it, a secondary
// redoes each by one thread.
struct thread_count {
    std::int64_t capture = 0;
    std::int64_t redo = 0;
};

thread_count threads_of(const engine& owner, const group_state& group) {
    if (group.role != replica_role::primary)
        return {0, group.role == replica_role::secondary ? 1 : 0};
    const auto& replicas = group.configuration.replicas;
    const auto followed =
        std::count_if(replicas.begin(), replicas.end(), [&](const group_replica& one) {
            return one.id != group.own_id && one.has_data() && owner.link_to(one.name) != nullptr;
        });
    return {followed, 0};
}

struct group_threads {
    std::string id;
    std::string name;
    std::int64_t databases = 0;
    thread_count each;
};

shared_rows threads_of_groups(const engine& owner, const seen_groups& groups) {
    std::vector<group_threads> all;
    for (const auto* group : groups)
        all.push_back({group->configuration.id,
                       group->configuration.name,
                       static_cast<std::int64_t>(group->configuration.databases.size()),
                       threads_of(owner, *group)});
    return each(all, [](view_maker& made, const group_threads& one) {
        const std::int64_t capture = one.each.capture * one.databases;
        const std::int64_t redo = one.each.redo * one.databases;
        made.guid("group_id", one.id).text("name", one.name);
        made.number("num_databases", one.databases).number("num_capture_threads", capture);
        made.number("num_redo_threads", redo).number("num_parallel_redo_threads", 0);
        made.number("num_hadr_threads", capture + redo);
    });
}

struct database_threads {
    std::string group_id;
    group_database entry;
    thread_count each;
};

shared_rows threads_of_databases(const engine& owner, const seen_groups& groups) {
    std::vector<database_threads> all;
    for (const auto* group : groups)
        for (const auto& one : group->configuration.databases)
            all.push_back({group->configuration.id, one, threads_of(owner, *group)});
    return each(all, [](view_maker& made, const database_threads& one) {
        made.guid("group_id", one.group_id).guid("ag_db_id", one.entry.id);
        made.text("name", one.entry.name).number("num_capture_threads", one.each.capture);
        made.number("num_redo_threads", one.each.redo).number("num_parallel_redo_threads", 0);
    });
}

// The fixed role sysadmin, which is the only one that has members here.
shared_rows members_of_roles(const engine& owner) {
    std::vector<std::int64_t> members;
    for (const auto& [name, one] : owner.catalog_.logins())
        if (one.system_administrator || same_name(name, "sa")) members.push_back(one.id);
    return each(members, [](view_maker& made, std::int64_t id) {
        constexpr std::int64_t sysadmin = 3;
        made.number("role_principal_id", sysadmin).number("member_principal_id", id);
    });
}

struct permission_code {
    const char* name;
    const char* code;
};

// Documented with sys.server_permissions: the letters of those that have to do with groups.
const char* code_of(const std::string& permission) {
    static constexpr permission_code codes[] = {{"ALTER", "AL  "},
                                                {"ALTER ANY AVAILABILITY GROUP", "ALAG"},
                                                {"ALTER ANY CONNECTION", "ALCO"},
                                                {"ALTER ANY DATABASE", "ALDB"},
                                                {"ALTER ANY ENDPOINT", "ALHE"},
                                                {"ALTER ANY EVENT SESSION", "AAES"},
                                                {"ALTER ANY LOGIN", "ALLG"},
                                                {"ALTER SERVER STATE", "ALSS"},
                                                {"CONNECT", "CO  "},
                                                {"CONNECT ANY DATABASE", "CADB"},
                                                {"CONNECT SQL", "COSQ"},
                                                {"CONTROL", "CL  "},
                                                {"CONTROL SERVER", "CL  "},
                                                {"CREATE ANY DATABASE", "CRDB"},
                                                {"CREATE AVAILABILITY GROUP", "CRAC"},
                                                {"CREATE ENDPOINT", "CRHE"},
                                                {"SELECT ALL USER SECURABLES", "SUS "},
                                                {"SHUTDOWN", "SHDN"},
                                                {"TAKE OWNERSHIP", "TO  "},
                                                {"VIEW ANY DATABASE", "VWDB"},
                                                {"VIEW ANY DEFINITION", "VWAD"},
                                                {"VIEW DEFINITION", "VW  "},
                                                {"VIEW SERVER PERFORMANCE STATE", "VSPS"},
                                                {"VIEW SERVER SECURITY STATE", "VSSS"},
                                                {"VIEW SERVER STATE", "VWSS"}};
    for (const auto& one : codes)
        if (permission == one.name) return one.code;
    return "";
}

struct securable {
    std::int64_t kind = 100;
    std::int64_t id = 0;
};

// Of an endpoint its number, of a group the number that its local replica has.
securable securable_of(const engine& owner, const grant_record& one) {
    constexpr std::int64_t endpoint_class = 105;
    constexpr std::int64_t group_class = 108;
    constexpr std::int64_t local_replica = 65536;
    const auto* door = owner.catalog_.endpoint();
    if (one.scope == "ENDPOINT") return {endpoint_class, door == nullptr ? 0 : door->id};
    if (one.scope == "AVAILABILITY GROUP") return {group_class, local_replica};
    return {};
}

shared_rows permissions(const engine& owner, const session_state& session) {
    const auto& catalog = owner.catalog_of(session);
    return each(catalog.grants(), [&](view_maker& made, const grant_record& one) {
        const auto* account = catalog.login(one.grantee);
        const auto what = securable_of(owner, one);
        made.small("class", what.kind).text("class_desc", one.scope);
        made.number("major_id", what.id).number("minor_id", 0);
        made.number("grantee_principal_id", account == nullptr ? 0 : account->id);
        made.number("grantor_principal_id", 1);
        made.fixed("type", code_of(one.permission), 4, false);
        made.text("permission_name", one.permission);
        made.fixed("state", "G", 1, false).text("state_desc", "GRANT");
    });
}

// What logins were before they were principals.
shared_rows old_logins(const engine& owner) {
    return each(owner.catalog_.logins(), [](view_maker& made, const auto& entry) {
        const login_record& one = entry.second;
        const bool rules = one.system_administrator || same_name(one.name, "sa");
        made.bytes("sid", one.sid, 85).short_number("status", std::int64_t{9});
        made.time("createdate", time_or_null(one.create_date))
            .time("updatedate", time_or_null(one.create_date))
            .time("accdate", time_or_null(one.create_date));
        for (const char* name : {"totcpu", "totio", "spacelimit", "timelimit", "resultlimit"})
            made.number(name, 0);
        made.text("name", one.name)
            .text("dbname", one.default_database.empty() ? "master" : one.default_database)
            .text("password", {})
            .text("language", "us_english");
        made.number("denylogin", one.disabled ? 1 : 0).number("hasaccess", one.disabled ? 0 : 1);
        for (const char* name : {"isntname", "isntgroup", "isntuser"}) made.number(name, 0);
        made.number("sysadmin", rules ? 1 : 0);
        for (const char* name : {"securityadmin",
                                 "serveradmin",
                                 "setupadmin",
                                 "processadmin",
                                 "diskadmin",
                                 "dbcreator",
                                 "bulkadmin"})
            made.number(name, 0);
        made.text("loginname", one.name);
    });
}

shared_rows schemas() {
    struct schema {
        const char* name;
        std::int64_t id;
    };
    static const std::vector<schema> all{
        {"dbo", 1}, {"guest", 2}, {"INFORMATION_SCHEMA", 3}, {"sys", 4}};
    view_maker made;
    for (const auto& one : all) {
        made.begin();
        made.text("name", one.name).number("schema_id", one.id).number("principal_id", one.id);
    }
    return made.done();
}

}  // namespace

shared_rows tool_view(engine& owner, const session_state& session, const std::string& name) {
    if (name == "database_mirroring") return mirroring(owner);
    if (name == "database_mirroring_witnesses") return witnesses();
    if (name == "server_role_members") return members_of_roles(owner);
    if (name == "server_permissions") return permissions(owner, session);
    if (name == "syslogins") return old_logins(owner);
    if (name == "schemas") return schemas();
    if (name == "dm_hadr_ag_threads") return threads_of_groups(owner, visible(owner, session));
    if (name == "dm_hadr_db_threads") return threads_of_databases(owner, visible(owner, session));
    if (name == "dm_os_performance_counters") return counter_view(owner, session);
    return event_session_view(owner, name);
}

}  // namespace ha::mssqlsim
