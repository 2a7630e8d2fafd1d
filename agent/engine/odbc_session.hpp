// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"
#include "common/async/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// The engine through ODBC. Each session has a thread on which the driver may block; deadlines are
// judged here, by our clock, and a driver call that is late is left to itself with its connection
// and its thread.

namespace ha::agent {

struct odbc_options {
    std::string driver;                 // as odbc::choose_driver found it
    std::string address = "127.0.0.1";  // an IP literal
    std::uint16_t port = 1433;          // 0: no look at the port before the driver is asked
    std::string program = "mssql-ha-supervisor";
    duration probe_limit = std::chrono::seconds{1};  // for the look at the port
    // One row, one column: the number that session_id() returns.
    std::string identify = "SELECT @@SPID AS session_id";
    // Replaces what is made of the fields above: for drivers whose keywords we do not know.
    std::optional<std::string> connection_string;
    // A session whose driver left this many threads stuck makes no more: it says not_sent.
    int threads_max = 8;
};

// What happened since the start, over all sessions of a connector; all only grow.
struct odbc_counts {
    std::uint64_t connected = 0;
    std::uint64_t connect_failed = 0;
    std::uint64_t login_refused = 0;
    std::uint64_t batches = 0;
    std::uint64_t unknown = 0;    // batches that were sent and had no answer
    std::uint64_t abandoned = 0;  // driver calls that were late, with their threads
};

struct odbc_shared;

// Sessions, and the connector itself, belong to the executor's thread. A program that used it ends
// with _Exit, because a stuck driver cannot be waited for. A batch that `run` reported `unknown` is
// also cancelled as far as the driver manages that; it may run to its end all the same.
class odbc_connector final : public engine_connector {
public:
    // The clock must outlive every session.
    odbc_connector(boost::asio::any_io_executor home, clock_source& clock, odbc_options options);
    ~odbc_connector() override;

    std::unique_ptr<engine_session> open(std::string purpose, engine_login login) override;

    const odbc_counts& counts() const;

private:
    std::shared_ptr<odbc_shared> shared_;
};

}  // namespace ha::agent
