// SPDX-License-Identifier: MIT
#include "common/odbc/connection.hpp"

#include "common/odbc/batch.hpp"
#include "common/odbc/handle.hpp"
#include "common/odbc/text.hpp"

#include <algorithm>
#include <csignal>

namespace ha::odbc {

namespace {

std::intptr_t at_least_one(std::chrono::seconds limit) {
    return static_cast<std::intptr_t>(std::max<std::int64_t>(limit.count(), 1));
}

// Errors before warnings, and what the server said before what the driver made of it.
trouble why_not(const std::vector<diagnostic>& said) {
    auto rank = [](const diagnostic& one) { return from_server(one) ? 0 : is_note(one) ? 2 : 1; };
    std::vector<diagnostic> sorted;
    for (int wanted = 0; wanted <= 2; ++wanted)
        for (const auto& one : said)
            if (rank(one) == wanted) sorted.push_back(one);
    auto what = trouble::kind::unreachable;
    if (std::any_of(said.begin(), said.end(), is_missing)) what = trouble::kind::driver_missing;
    if (std::any_of(said.begin(), said.end(), from_server)) what = trouble::kind::refused;
    return {what, std::move(sorted)};
}

bool is_dead(const handle& link) {
    // Microsoft's own attribute looks at the socket; the standard one repeats what was last seen.
    constexpr SQLINTEGER looks_at_socket = 1244;
    SQLUINTEGER state = SQL_CD_FALSE;
    auto code = SQLGetConnectAttrW(link.get(), looks_at_socket, &state, 0, nullptr);
    if (!SQL_SUCCEEDED(code))
        code = SQLGetConnectAttrW(link.get(), SQL_ATTR_CONNECTION_DEAD, &state, 0, nullptr);
    return SQL_SUCCEEDED(code) && state == SQL_CD_TRUE;
}

}  // namespace

// Environment and connection together: nothing is shared between connections, so that one stuck
// in a driver holds no lock of ours that another needs.
struct connection::parts {
    handle environment{SQL_HANDLE_ENV, SQL_NULL_HANDLE};
    handle link{SQL_HANDLE_DBC, prepared(environment)};
    std::shared_ptr<canceller> stop;
    bool connected = false;

    // Runs a batch without the driver's time limit.
    answer flow(const handle& statement, batch what, const std::string& text);

    // Drivers write to sockets whose peer is gone without asking to be spared the signal, which
    // would end the process.
    static SQLHANDLE prepared(const handle& made) {
        std::signal(SIGPIPE, SIG_IGN);
        SQLSetEnvAttr(made.get(), SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
        return made.get();
    }
};

connection::answer connection::parts::flow(const handle& statement,
                                           batch what,
                                           const std::string& text) {
    if (!statement) return tl::unexpected(trouble{trouble::kind::lost, link.diagnostics()});
    statement_guard reachable(*stop, statement);
    SQLSetStmtAttrW(statement.get(), SQL_ATTR_QUERY_TIMEOUT, number(0), 0);
    auto answered = what.run(text);
    if (!answered && is_dead(link)) answered.error().what = trouble::kind::lost;
    return answered;
}

connection::connection(std::unique_ptr<parts> made) : parts_(std::move(made)) {}

connection::~connection() {
    if (parts_->connected) SQLDisconnect(parts_->link.get());
}

connection::opened connection::open(const std::string& text,
                                    limits how_long,
                                    std::shared_ptr<canceller> stop) {
    auto made = std::make_unique<parts>();
    made->stop = std::move(stop);
    auto raw = made->link.get();
    if (!made->link) return tl::unexpected(why_not(made->environment.diagnostics()));
    // Before the connection is made: later is too late for both.
    SQLSetConnectAttrW(raw, SQL_ATTR_LOGIN_TIMEOUT, number(at_least_one(how_long.login)), 0);
    SQLSetConnectAttrW(
        raw, SQL_ATTR_CONNECTION_TIMEOUT, number(at_least_one(how_long.connection)), 0);
    auto wanted = to_utf16(text);
    auto length = static_cast<SQLSMALLINT>(wanted.size());
    auto code = SQLDriverConnectW(
        raw, nullptr, wide(wanted), length, nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT);
    if (!SQL_SUCCEEDED(code)) return tl::unexpected(why_not(made->link.diagnostics()));
    made->connected = true;
    return std::unique_ptr<connection>(new connection(std::move(made)));
}

connection::answer connection::execute(const std::string& text,
                                       const std::vector<value>& parameters,
                                       std::chrono::seconds limit) {
    handle statement(SQL_HANDLE_STMT, parts_->link.get());
    if (!statement) return tl::unexpected(trouble{trouble::kind::lost, parts_->link.diagnostics()});
    statement_guard reachable(*parts_->stop, statement);
    SQLSetStmtAttrW(statement.get(), SQL_ATTR_QUERY_TIMEOUT, number(at_least_one(limit)), 0);
    bindings bound(statement, parameters);
    if (!bound.good())
        return tl::unexpected(trouble{trouble::kind::refused, statement.diagnostics()});
    std::vector<rows> sets;
    auto keep = [&](rows got) {
        sets.push_back(std::move(got));
        return true;
    };
    auto answered = batch(statement, keep).run(text);
    if (answered) {
        answered->sets = std::move(sets);
    } else if (dead()) {
        answered.error().what = trouble::kind::lost;
    }
    return answered;
}

connection::answer connection::stream(const std::string& text,
                                      const std::function<bool(rows)>& on_rows) {
    handle statement(SQL_HANDLE_STMT, parts_->link.get());
    return parts_->flow(statement, batch(statement, on_rows), text);
}

connection::answer connection::stream_pieces(const std::string& text,
                                             const std::function<bool(piece)>& on_piece) {
    handle statement(SQL_HANDLE_STMT, parts_->link.get());
    return parts_->flow(statement, batch(statement, on_piece), text);
}

bool connection::dead() const {
    return is_dead(parts_->link);
}

}  // namespace ha::odbc
