// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

// Who is connected and what they run: sys.dm_exec_sessions, _connections and _requests.

namespace ha::mssqlsim {

namespace {

// text_size: -1 for as much as there can be.
void settings(view_maker& made, const session_state& one) {
    const auto& set = one.settings;
    made.number("text_size", set.text_size == 2147483647 ? -1 : set.text_size)
        .text("language", "us_english")
        .text("date_format", "mdy", 3);
    made.short_number("date_first", std::int64_t{7});
    made.bit("quoted_identifier", set.quoted_identifiers).bit("arithabort", set.arithmetic_aborts);
    for (const char* name : {"ansi_null_dflt_on",
                             "ansi_warnings",
                             "ansi_padding",
                             "ansi_nulls",
                             "concat_null_yields_null"})
        made.bit(name, true);
    made.bit("ansi_defaults", false);
    made.short_number("transaction_isolation_level", set.isolation);
    made.number("lock_timeout", set.lock_timeout_ms)
        .number("deadlock_priority", set.deadlock_priority);
}

void session_row(view_maker& made, const engine& owner, const session_state& one) {
    const auto* used = owner.database(one.database);
    const auto* let_in_by = owner.database(one.authenticated_by);
    made.short_number("session_id", one.number).time("login_time", one.login_time);
    made.text("host_name", one.host)
        .text("program_name", one.program)
        .text("login_name", one.login)
        .text("original_login_name", one.login);
    made.text("status", one.running ? "running" : "sleeping", 30).bit("is_user_process", true);
    made.short_number("database_id", used == nullptr ? std::int64_t{1} : used->about.id);
    made.number("open_transaction_count", one.transaction.depth);
    made.whole("host_process_id", {}).number("client_version", 7);
    made.text("client_interface_name", one.library, 32);
    made.text("nt_domain", {}).text("nt_user_name", {});
    made.number("cpu_time", 0).number("memory_usage", 4).number("total_scheduled_time", 0);
    made.number("total_elapsed_time", 0).number("endpoint_id", 4);
    made.time("last_request_start_time", one.login_time);
    made.time("last_request_end_time", one.login_time);
    for (const char* name : {"reads", "writes", "logical_reads"}) made.big(name, std::int64_t{0});
    settings(made, one);
    made.big("row_count", one.last_row_count).number("prev_error", one.last_error);
    made.number("group_id", 2)
        .number("authenticating_database_id", let_in_by == nullptr ? 0 : let_in_by->about.id);
    made.guid("contained_availability_group_id",
              one.contained_group.empty() ? value{} : value{one.contained_group});
}

void connection_row(view_maker& made, const engine& owner, const session_state& one) {
    made.number("session_id", one.number).time("connect_time", one.login_time);
    made.text("net_transport", "TCP", 40).text("protocol_type", "TSQL", 40);
    made.text("encrypt_option", one.encrypted ? "TRUE" : "FALSE", 40)
        .text("auth_scheme", "SQL", 40);
    made.number("most_recent_session_id", one.number).number("protocol_version", one.tds_version);
    made.number("endpoint_id", 4).short_number("node_affinity", std::int64_t{0});
    made.number("num_reads", 1).number("num_writes", 1);
    made.time("last_read", one.login_time).time("last_write", one.login_time);
    made.number("net_packet_size", one.packet_size);
    // assumption: nobody needs the client's address, which the model does not know.
    made.plain("client_net_address", "<local machine>", 48).whole("client_tcp_port", {});
    made.plain("local_net_address", {}, 48);
    made.number("local_tcp_port", owner.options_.default_port);
    made.guid("connection_id", one.connection_id).guid("parent_connection_id", {});
    made.bytes("most_recent_sql_handle", {}, 64);
}

// Whoever asks runs a SELECT; what the others run is known as little as how far they are.
void request_row(view_maker& made, const engine& owner, const session_state& one) {
    const auto* used = owner.database(one.database);
    made.short_number("session_id", one.number).time("start_time", owner.utc());
    made.text("status", one.waiting ? "suspended" : "running", 30).text("command", "SELECT", 32);
    made.number("open_transaction_count", one.transaction.depth);
    made.number("request_id", 0).bytes("sql_handle", {}, 64);
    made.whole("statement_start_offset", {}).whole("statement_end_offset", {});
    made.bytes("plan_handle", {}, 64);
    made.short_number("database_id", used == nullptr ? std::int64_t{1} : used->about.id);
    made.number("user_id", 1).guid("connection_id", one.connection_id);
    const auto blocker = one.waits_for_lock.empty() ? std::optional<session_number>{}
                                                    : owner.lock_holder(one, one.waits_for_lock);
    made.short_number("blocking_session_id", blocker.value_or(0));
    made.text("wait_type", blocker ? value{std::string{"LCK_M_X"}} : value{}, 60);
    made.number("wait_time", 0).text("last_wait_type", "MISCELLANEOUS", 60);
    made.text("wait_resource", "", 256).big("transaction_id", std::int64_t{0});
    made.put("percent_complete", {column_kind::floating, 4, 25, 0}, 0.0);
    made.number("cpu_time", 0).number("total_elapsed_time", 0);
    for (const char* name : {"reads", "writes", "logical_reads"}) made.big(name, std::int64_t{0});
}

}  // namespace

// Everyone sees his own session and request, and whoever may see the server's state sees all.
shared_rows session_view(const engine& owner,
                         const session_state& session,
                         const std::string& name) {
    const bool requests = name == "dm_exec_requests";
    if (!requests && name != "dm_exec_sessions" && name != "dm_exec_connections") return {};
    view_maker made;
    bool any = false;
    for (const auto& [number, one] : owner.sessions_) {
        if (number != session.number && !owner.sees_server_state(session)) continue;
        if (requests && !one.running) continue;
        any = true;
        made.begin();
        if (requests)
            request_row(made, owner, one);
        else if (name == "dm_exec_sessions")
            session_row(made, owner, one);
        else
            connection_row(made, owner, one);
    }
    if (any) return made.done();
    made.begin();
    request_row(made, owner, {});
    return made.without_rows();
}

}  // namespace ha::mssqlsim
