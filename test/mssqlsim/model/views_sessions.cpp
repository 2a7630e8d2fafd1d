// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/view_maker.hpp"
#include "test/mssqlsim/model/views.hpp"

// Who is connected and what they run: sys.dm_exec_sessions, _connections and _requests.

namespace ha::mssqlsim {

namespace {

constexpr column_type session_id_type{column_kind::smallint, 2, 25, 0};
constexpr column_type connection_id_type{column_kind::integer, 4, 25, 0};

shared_rows sessions(const engine& owner) {
    view_maker made;
    for (const auto& [number, one] : owner.sessions_) {
        made.begin();
        made.put("session_id", session_id_type, number).time("login_time", one.login_time);
        made.text("host_name", one.host)
            .text("program_name", one.program)
            .text("login_name", one.login)
            .text("original_login_name", one.login);
        made.text("status", one.running ? "running" : "sleeping", 30).bit("is_user_process", true);
        const auto* used = owner.database(one.database);
        made.put(
            "database_id", session_id_type, used == nullptr ? std::int64_t{1} : used->about.id);
        made.number("open_transaction_count", one.transaction.depth);
    }
    return made.done();
}

shared_rows connections(const engine& owner) {
    view_maker made;
    for (const auto& [number, one] : owner.sessions_) {
        made.begin();
        made.put("session_id", connection_id_type, number).time("connect_time", one.login_time);
        made.text("net_transport", "TCP", 40).text("protocol_type", "TSQL", 40);
        made.text("encrypt_option", one.encrypted ? "TRUE" : "FALSE", 40)
            .text("auth_scheme", "SQL", 40);
    }
    return made.done();
}

// Whoever asks runs a SELECT; what the others run is known as little as how far they are.
shared_rows requests(const engine& owner) {
    view_maker made;
    for (const auto& [number, one] : owner.sessions_) {
        if (!one.running) continue;
        made.begin();
        made.put("session_id", session_id_type, number).time("start_time", owner.utc());
        made.text("status", one.waiting ? "suspended" : "running", 30)
            .text("command", "SELECT", 32);
        made.number("open_transaction_count", one.transaction.depth);
    }
    return made.done();
}

}  // namespace

shared_rows session_view(const engine& owner, const std::string& name) {
    if (name == "dm_exec_sessions") return sessions(owner);
    if (name == "dm_exec_connections") return connections(owner);
    if (name == "dm_exec_requests") return requests(owner);
    return {};
}

}  // namespace ha::mssqlsim
