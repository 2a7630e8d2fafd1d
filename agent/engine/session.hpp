// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "common/time.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The engine as the agent sees it: somebody who runs a statement and answers. Behind it stands ODBC
// in the daemon and the model of the engine in the simulation.

namespace ha::agent {

// One T-SQL batch. The name is what logs and metrics call it. Values never go into the text except
// through quote_name/quote_string of agent/statements, because DDL takes no parameters.
struct statement {
    std::string name;
    std::string text;
};

using sql_value =
    std::variant<std::monostate, std::int64_t, std::string, std::vector<std::uint8_t>>;

struct result_set {
    std::vector<std::string> columns;
    std::vector<std::vector<sql_value>> rows;

    // The value in the row under that column name; null when there is no such row or column.
    const sql_value& at(std::size_t row, std::string_view column) const;
    // The same as a whole number (a text that is one counts: decimals come as text) or as text
    // (a whole number counts); nothing when it is neither, or null.
    std::optional<std::int64_t> integer(std::size_t row, std::string_view column) const;
    std::optional<std::string> text(std::size_t row, std::string_view column) const;
};

struct sql_message {
    std::int32_t number = 0;  // the engine's native number; 0 when the driver spoke
    std::string sqlstate;
    std::string text;
};

// How a batch ended without an answer of the kind we asked for.
struct engine_failure {
    enum class kind {
        refused,       // the engine answered with an error: see messages, the first is the one
        login_failed,  // 18456 and its like: the engine lives, nothing is known of it
        not_sent,      // no connection: the batch did not leave us
        unknown,       // sent, no answer (deadline, connection lost): it may still run
    } what{};
    std::vector<sql_message> messages;
    instant sent_at{};
    std::int32_t number() const { return messages.empty() ? 0 : messages.front().number; }
};

struct engine_answer {
    std::vector<result_set> sets;
    std::vector<sql_message> notes;  // severity up to 10
    instant sent_at{};
    instant received_at{};
};

using engine_reply = tl::expected<engine_answer, engine_failure>;

// One connection's worth of work, one batch at a time; reconnects by itself before a batch, never
// within one. Single-threaded for its caller.
class engine_session {
public:
    virtual ~engine_session() = default;

    // Runs the batch; the answer comes by `deadline`, or `unknown` does and the connection is
    // abandoned. Parameters stand for ? in the text, in order.
    virtual boost::asio::awaitable<engine_reply> run(statement what,
                                                     std::vector<sql_value> parameters,
                                                     instant deadline) = 0;

    // For sp_server_diagnostics with @repeat_interval: calls on_set for each result set until it
    // returns false, the silence between two sets exceeds the limit, or the connection ends. A set
    // is handed on when its rows pause, the last row perhaps with null in its last column; rows
    // after a pause come as a set of their own.
    virtual boost::asio::awaitable<engine_reply> stream(
        statement what, duration silence_limit, std::function<bool(const result_set&)> on_set) = 0;

    // The engine's number (@@SPID) of the connection in use. Nothing without one: what an abandoned
    // batch runs in is not ours any more, and must be found and killed like a predecessor's.
    virtual std::optional<std::int64_t> session_id() const = 0;

    // Leaves the connection to itself; the next run makes a new one. Not while a batch is under
    // way: its answer would be waited for to the deadline.
    virtual void abandon() = 0;
};

// Login data of one account.
struct engine_login {
    std::string user;
    std::string password;
    bool operator==(const engine_login&) const = default;
};

class engine_connector {
public:
    virtual ~engine_connector() = default;
    // `purpose` becomes part of the program name ("mssql-ha-supervisor/canary"), by which sessions
    // of a predecessor are found.
    virtual std::unique_ptr<engine_session> open(std::string purpose, engine_login login) = 0;
};

}  // namespace ha::agent
