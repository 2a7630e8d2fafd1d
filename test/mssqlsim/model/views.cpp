// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/views.hpp"

#include "test/mssqlsim/model/backup_history.hpp"
#include "test/mssqlsim/model/contained.hpp"
#include "test/mssqlsim/model/containment.hpp"
#include "test/mssqlsim/model/database_looks.hpp"
#include "test/mssqlsim/model/log_reuse.hpp"
#include "test/mssqlsim/model/server_settings.hpp"
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/model/view_maker.hpp"

#include <algorithm>
#include <iterator>

// Catalog views of the server itself: sqlserver.md 4.7, 4.8.

namespace ha::mssqlsim {

namespace {

shared_rows endpoints(const engine& owner, bool tcp) {
    std::vector<endpoint_record> all;
    if (const auto* door = owner.catalog_.endpoint()) all.push_back(*door);
    return each(all, [&](view_maker& made, const endpoint_record& one) {
        static constexpr const char* states[] = {"STARTED", "STOPPED", "DISABLED"};
        static constexpr const char* roles[] = {"NONE", "PARTNER", "WITNESS", "ALL"};
        const auto* own = owner.catalog_.certificate(one.certificate);
        made.text("name", one.name).number("endpoint_id", one.id).number("principal_id", 1);
        made.small("protocol", std::int64_t{2}).text("protocol_desc", "TCP");
        made.small("type", std::int64_t{4}).text("type_desc", "DATABASE_MIRRORING");
        made.small("state", std::int64_t{one.state}).text("state_desc", states[one.state % 3]);
        made.bit("is_admin_endpoint", false);
        if (tcp) {
            made.number("port", one.port).bit("is_dynamic_port", false).text("ip_address", {}, 45);
            return;
        }
        made.small("role", std::int64_t{one.role}).text("role_desc", roles[one.role % 4]);
        made.bit("is_encryption_enabled", true)
            .small("connection_auth", std::int64_t{4})
            .text("connection_auth_desc", "CERTIFICATE");
        made.number("certificate_id", own == nullptr ? 0 : own->id);
        made.small("encryption_algorithm", std::int64_t{2})
            .text("encryption_algorithm_desc", "AES");
    });
}

void endpoint_row(view_maker& made, const char* name, std::int64_t id, bool for_administrator) {
    made.text("name", name).number("endpoint_id", id).number("principal_id", 1);
    made.small("protocol", std::int64_t{2}).text("protocol_desc", "TCP");
    made.small("type", std::int64_t{2}).text("type_desc", "TSQL");
    made.small("state", std::int64_t{0}).text("state_desc", "STARTED");
    made.bit("is_admin_endpoint", for_administrator);
}

shared_rows all_endpoints(const engine& owner) {
    view_maker made;
    made.begin();
    endpoint_row(made, "Dedicated Admin Connection", 1, true);
    made.begin();
    endpoint_row(made, "TSQL Default TCP", 4, false);
    const auto others = endpoints(owner, false);
    for (const auto& one : others->rows) made.copy(one);
    return made.done();
}

shared_rows certificates(const engine& owner) {
    return each(owner.catalog_.certificates(), [&](view_maker& made, const auto& entry) {
        const certificate_record& one = entry.second;
        const auto* user = owner.catalog_.user(one.owner);
        made.text("name", one.name)
            .number("certificate_id", one.id)
            .number("principal_id", user == nullptr ? 1 : user->id);
        made.text("pvt_key_encryption_type", one.has_private_key ? "MK" : "NA");
        made.text("pvt_key_encryption_type_desc",
                  one.has_private_key ? "ENCRYPTED_BY_MASTER_KEY" : "NO_PRIVATE_KEY");
        made.text("issuer_name", one.subject, 442).text("subject", one.subject, 4000);
        made.time("expiry_date", time_or_null(one.expiry_date))
            .time("start_date", time_or_null(one.start_date));
        made.put("thumbprint", {column_kind::varbinary, 32, 25, 0}, one.thumbprint);
    });
}

shared_rows symmetric_keys(const engine& owner) {
    std::vector<master_key_record> all;
    if (owner.catalog_.master_key()) all.push_back(*owner.catalog_.master_key());
    return each(all, [](view_maker& made, const master_key_record& one) {
        made.text("name", "##MS_DatabaseMasterKey##").number("symmetric_key_id", 101);
        made.number("key_length", 256);
        made.time("create_date", time_or_null(one.create_date));
    });
}

shared_rows principals(const server_catalog& catalog, bool logins_only) {
    return each(catalog.logins(), [&](view_maker& made, const auto& entry) {
        const login_record& one = entry.second;
        const bool of_certificate = !one.certificate.empty();
        made.text("name", one.name).number("principal_id", one.id).bytes("sid", one.sid, 85);
        made.fixed("type", of_certificate ? "C" : "S", 1, false)
            .text("type_desc", of_certificate ? "CERTIFICATE_MAPPED_LOGIN" : "SQL_LOGIN");
        made.bit("is_disabled", one.disabled)
            .time("create_date", time_or_null(one.create_date))
            .time("modify_date", time_or_null(one.create_date));
        made.text("default_database_name",
                  one.default_database.empty() ? "master" : one.default_database);
        made.text("default_language_name", "us_english").whole("credential_id", {});
        made.whole("owning_principal_id", {}).bit("is_fixed_role", false);
        if (logins_only) made.bit("is_policy_checked", true).bit("is_expiration_checked", false);
    });
}

void database_row(view_maker& made, const shown_database& one, bool system) {
    const database_record& about = one.about;
    made.begin();
    made.text("name", about.name).number("database_id", about.id);
    made.time("create_date", time_or_null(about.create_date));
    const std::int64_t state = shown_state(one.damage, about.restoring, one.recovering);
    made.small("state", state).text("state_desc", state_word(state));
    const bool full = system ? about.name == "model" : about.full_recovery;
    made.small("recovery_model", std::int64_t{full ? 1 : 3})
        .text("recovery_model_desc", full ? "FULL" : "SIMPLE");
    made.small("user_access", std::int64_t{0}).text("user_access_desc", "MULTI_USER");
    made.bit("is_read_only", false).bit("is_auto_close_on", false);
    made.guid("replica_id", one.replica_id.empty() ? value{} : value{one.replica_id});
    made.guid("group_database_id",
              about.group_id.empty() ? value{} : value{about.group_database_id});
    made.whole("source_database_id", {});
    made.small("compatibility_level", std::int64_t{160})
        .text("collation_name", "SQL_Latin1_General_CP1_CI_AS");
    made.bit("is_in_standby", false).bit("is_cleanly_shutdown", false);
    made.small("snapshot_isolation_state", std::int64_t{0})
        .text("snapshot_isolation_state_desc", "OFF")
        .bit("is_read_committed_snapshot_on", false);
    made.small("page_verify_option", std::int64_t{2}).text("page_verify_option_desc", "CHECKSUM");
    made.bit("is_auto_create_stats_on", true).bit("is_published", false);
    made.bit("is_encrypted", false).number("target_recovery_time_in_seconds", 60);
    made.small("log_reuse_wait", one.log_reuse_wait)
        .text("log_reuse_wait_desc", std::string{one.log_reuse_reason});
    made.small("containment", std::int64_t{one.contained ? 1 : 0})
        .text("containment_desc", one.contained ? "PARTIAL" : "NONE");
}

// Inside of a contained group nothing is seen but its databases, and tempdb; its own master and
// msdb are called so.
shared_rows databases_inside(const group_state& group, std::vector<shown_database> all) {
    view_maker made;
    const auto own = contained_databases(group.configuration.name);
    for (auto& one : all) {
        const bool is_master = same_name(one.about.name, own.front());
        const bool is_msdb = same_name(one.about.name, own.back());
        if (is_master) one.about.name = "master", one.about.id = 1;
        if (is_msdb) one.about.name = "msdb", one.about.id = 4;
        if (one.about.group_id == group.configuration.id) database_row(made, one, false);
    }
    shown_database scratch;
    scratch.about.name = "tempdb";
    scratch.about.id = 2;
    database_row(made, scratch, true);
    return made.done();
}

shared_rows databases(const std::vector<shown_database>& own, const shared_rows& before) {
    view_maker made{before};
    std::int64_t id = 0;
    for (const char* name : {"master", "tempdb", "model", "msdb"}) {
        shown_database one;
        one.about.name = name;
        one.about.id = ++id;
        one.about.create_date = "2003-04-08 09:13:36.390";
        database_row(made, one, true);
    }
    for (const auto& one : own) database_row(made, one, false);
    return made.done();
}

// Documented: the database that one is connected to is seen in any case, with master and tempdb.
// assumption: a user whom his database let in sees no others.
shared_rows databases_of_user(const session_state& session,
                              const std::vector<shown_database>& all) {
    view_maker made;
    std::int64_t id = 0;
    for (const char* name : {"master", "tempdb"}) {
        shown_database one;
        one.about.name = name;
        one.about.id = ++id;
        one.about.create_date = "2003-04-08 09:13:36.390";
        database_row(made, one, true);
    }
    for (const auto& one : all)
        if (same_name(one.about.name, session.authenticated_by) ||
            same_name(one.about.name, session.database))
            database_row(made, one, false);
    return made.done();
}

// What the double does not count is NULL; documented: so is the LSN of a database whose log cannot
// be backed up, because it is SIMPLE or was never backed up.
shared_rows recovery_status(const engine& owner) {
    view_maker made;
    const value nobody;
    auto add = [&](std::int64_t id, const database_state* one) {
        const bool log_can_be_backed_up =
            one != nullptr && one->about.full_recovery && one->about.backed_up;
        made.begin();
        made.number("database_id", id);
        made.guid("database_guid", one == nullptr ? nobody : value{guid_of(owner, one->about)});
        made.guid("family_guid", one == nullptr ? nobody : value{family_of(*one)});
        made.lsn("last_log_backup_lsn",
                 log_can_be_backed_up ? value{shown_lsn(one->about.log_backup)} : nobody);
        made.guid("recovery_fork_guid", one == nullptr ? nobody : value{fork_of(*one)});
        made.guid("first_recovery_fork_guid", nobody).lsn("fork_point_lsn", nobody);
    };
    for (std::int64_t system = 1; system <= 4; ++system) add(system, nullptr);
    for (const auto& [name, one] : owner.databases_) add(one.about.id, &one);
    return made.done();
}

shared_rows os_sys_info(const engine& owner, const shared_rows& before) {
    view_maker made{before};
    made.begin();
    made.big("ms_ticks", owner.ticks());
    made.big("cpu_ticks", owner.ticks() * 2'000'000)
        .number("cpu_count", 2)
        .number("max_workers_count", 512);
    made.big("physical_memory_kb", std::int64_t{8} << 20U)
        .big("committed_target_kb", std::int64_t{6} << 20U);
    const duration since_start = owner.now_ - owner.started_at_;
    made.time("sqlserver_start_time", owner.utc_before(since_start));
    made.big(
        "sqlserver_start_time_ms_ticks",
        std::chrono::duration_cast<std::chrono::milliseconds>(owner.started_at_.time_since_epoch())
            .count());
    made.text("host_platform", "Linux");
    made.number("hyperthread_ratio", 2).big("virtual_memory_kb", std::int64_t{1} << 37U);
    made.big("committed_kb", std::int64_t{1} << 20U)
        .big("visible_target_kb", std::int64_t{6} << 20U)
        .number("stack_size_in_bytes", 2'093'056);
    made.big("os_quantum", std::int64_t{4})
        .number("os_error_mode", 5)
        .number("os_priority_class", 32);
    made.number("scheduler_count", 2).number("scheduler_total_count", 10);
    made.number("affinity_type", 2).plain("affinity_type_desc", "AUTO", 60);
    made.big("process_kernel_time_ms", owner.ticks() / 200)
        .big("process_user_time_ms", owner.ticks() / 100);
    made.number("time_source", 0).text("time_source_desc", "QUERY_PERFORMANCE_COUNTER");
    made.number("virtual_machine_type", 1).text("virtual_machine_type_desc", "HYPERVISOR");
    return made.done();
}

// Views of what is defined: it changes with a record of its definition, and the login's rights are
// such records too.
bool shows_definitions(std::string_view name) {
    static constexpr std::string_view names[] = {"availability_groups",
                                                 "availability_replicas",
                                                 "certificates",
                                                 "database_mirroring_endpoints",
                                                 "endpoints",
                                                 "tcp_endpoints"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

// A batch of the agent asks for the same view several times; between two changes it is the same. A
// view that shows what it showed before is the same object: queries need not look at it again.
shared_rows engine::view(const session_state& session, const std::string& name) {
    if (auto again = view_again(session, name)) return again;
    auto& before = views_[name];
    const bool current = was_shown(session, name) && shows_definitions(name);
    if (!current) {
        auto made = make_view(session, name);
        const bool same =
            before.rows && made && (made == before.rows || before.rows->rows == made->rows);
        if (!same) before.rows = std::move(made);
        before.definitions = definitions_;
        before.login = session.login;
        before.authenticated_by = session.authenticated_by;
        before.contained_group = session.contained_group;
    }
    before.change = change_;
    before.session = session.number;
    return before.rows;
}

shared_rows engine::view_again(const session_state& session, const std::string& name) const {
    const auto at = views_.find(name);
    const bool seen =
        at != views_.end() && at->second.change == change_ && at->second.session == session.number;
    return seen ? at->second.rows : nullptr;
}

bool engine::was_shown(const session_state& session, const std::string& name) const {
    const auto at = views_.find(name);
    return at != views_.end() && at->second.rows && at->second.definitions == definitions_ &&
           at->second.login == session.login &&
           at->second.authenticated_by == session.authenticated_by &&
           at->second.contained_group == session.contained_group;
}

std::vector<shown_database> engine::shown_databases() const {
    std::vector<shown_database> made;
    for (const auto& [name, one] : databases_) {
        const auto* group = group_of(one);
        const auto* self = group == nullptr ? nullptr : group->self();
        const auto hold = hold_of(*this, one);
        made.push_back({one.about,
                        group != nullptr && group->role == replica_role::resolving,
                        damage_of(one),
                        self == nullptr ? std::string{} : self->id,
                        hold.code,
                        hold.reason,
                        is_contained(*this, one.about.name)});
    }
    return made;
}

shared_rows engine::make_view(const session_state& session, const std::string& name) {
    const auto& before = views_[name].rows;
    if (name == "databases") {
        auto now = shown_databases();
        const auto* inside = group(session.contained_group);
        if (!session.contained_group.empty() && inside != nullptr) {
            last_shown_.reset();  // whoever asks from outside is shown them anew
            return databases_inside(*inside, std::move(now));
        }
        if (!session.authenticated_by.empty()) {
            last_shown_.reset();
            return databases_of_user(session, now);
        }
        if (before && now == last_shown_) return before;
        last_shown_ = std::move(now);
        return databases(*last_shown_, before);
    }
    if (name == "dm_os_sys_info") return os_sys_info(*this, before);
    if (name == "database_mirroring_endpoints") return endpoints(*this, false);
    if (name == "tcp_endpoints") return endpoints(*this, true);
    if (name == "endpoints") return all_endpoints(*this);
    if (name == "certificates") return certificates(*this);
    if (name == "symmetric_keys") return symmetric_keys(*this);
    if (name == "server_principals") return principals(catalog_of(session), false);
    if (name == "sql_logins") return principals(catalog_of(session), true);
    if (name.starts_with("dm_exec_")) return session_view(*this, session, name);
    if (name == "configurations") return configurations(*this);
    if (name == "database_recovery_status") return recovery_status(*this);
    if (auto made = host_view(*this, name)) return made;
    if (auto made = process_view(*this, session, name)) return made;
    if (auto made = tool_view(*this, session, name)) return made;
    if (auto made = object_view(*this, session, name)) return made;
    return group_view(*this, session, name);
}

}  // namespace ha::mssqlsim
