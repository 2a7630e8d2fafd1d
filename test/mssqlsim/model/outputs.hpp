// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/messages.hpp"
#include "test/mssqlsim/model/records.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What an instance wants done: answers for its clients, messages for its peers, records for its
// disk.

namespace ha::mssqlsim {

using session_number = std::int64_t;  // @@SPID
using link_number = std::uint64_t;  // of a connection between two endpoints, chosen by its dialer's
                                    // or acceptor's own instance: never compared across instances

// Severity up to 10 is information, above it an error.
struct server_message {
    std::int32_t number = 0;
    std::uint8_t state = 1;
    std::uint8_t severity = 16;
    std::string text;
    std::string procedure;
    std::int32_t line = 1;
    bool operator==(const server_message&) const = default;
};

struct said {
    session_number session = 0;
    server_message message;
    bool operator==(const said&) const = default;
};

// One complete result set. In a streaming answer (sp_server_diagnostics) it has to reach the client
// at once.
struct result_rows {
    session_number session = 0;
    column_list columns;
    std::vector<row> rows;
    std::vector<std::uint16_t> order = {};  // columns that it is in the order of, the first is 1;
                                            // nought is one that it has not
    bool operator==(const result_rows&) const = default;
};

// A statement ended (DONE or, inside a procedure, DONEINPROC) and the answer goes on.
struct statement_done {
    session_number session = 0;
    std::optional<std::int64_t> rows;  // affected or returned
    bool failed = false;
    bool in_procedure = false;
    std::uint16_t command = 0;    // TDS's CurCmd: see completion.hpp
    bool ends_procedure = false;  // that a batch called: DONEPROC
    bool unsaid = false;          // NOCOUNT keeps it from the client
    bool operator==(const statement_done&) const = default;
};

struct return_status {
    session_number session = 0;
    std::int32_t status = 0;
    bool operator==(const return_status&) const = default;
};

struct return_value {
    session_number session = 0;
    std::string name;
    column_type type;
    value contents;
    bool operator==(const return_value&) const = default;
};

struct environment_change {
    enum class kind { database, transaction_begun, transaction_committed, transaction_rolled_back };
    session_number session = 0;
    kind what{};
    std::string current;            // database
    std::string previous;           // database
    std::uint64_t transaction = 0;  // descriptor
    bool operator==(const environment_change&) const = default;
};

// The answer is complete (last DONE or DONEPROC). After attention() exactly one of these comes with
// `attention` set, after the cancelled request's own if one was running.
struct request_done {
    session_number session = 0;
    bool failed = false;
    bool procedure = false;
    bool attention = false;
    bool in_transaction = false;
    std::uint16_t command = 0;  // of the end, when no statement's is held for it; 0: the usual one
    bool operator==(const request_done&) const = default;
};

// The server ends the connection (KILL, database taken away, severity 20 and above).
struct session_ended {
    session_number session = 0;
    bool operator==(const session_ended&) const = default;
};

// Dial this endpoint (of the form TCP://host:port). Answer with peer_connected(link) or
// peer_disconnected(link, why).
struct dial {
    link_number link = 0;
    std::string url;
    bool operator==(const dial&) const = default;
};

struct hang_up {
    link_number link = 0;
    bool operator==(const hang_up&) const = default;
};

// Messages of one link arrive in order or not at all.
struct to_peer {
    link_number link = 0;
    peer_message message;
    bool operator==(const to_peer&) const = default;
};

// The database-mirroring endpoint: let connections in on this port, or (0) on none.
struct endpoint_listens {
    std::uint16_t port = 0;
    bool operator==(const endpoint_listens&) const = default;
};

// Append these records, the first at this position; call hardened(last position) when they are on
// the disk. What was not hardened does not exist after a crash.
struct append_log {
    log_position first = 1;
    std::vector<log_record> records;
    bool operator==(const append_log&) const = default;
};

// Write this into a file of the machine, and tell instance::backup_written.
struct write_backup {
    std::uint64_t number = 0;
    std::string path;  // as the statement has it
    std::string text;
    bool operator==(const write_backup&) const = default;
};

struct errorlog_line {
    std::string text;
    bool operator==(const errorlog_line&) const = default;
};

// Logins are let in from now on ("ready for client connections").
struct accepts_logins {
    bool operator==(const accepts_logins&) const = default;
};

struct process_exits {
    int status = 0;
    bool operator==(const process_exits&) const = default;
};

using output = std::variant<said,
                            result_rows,
                            statement_done,
                            return_status,
                            return_value,
                            environment_change,
                            request_done,
                            session_ended,
                            dial,
                            hang_up,
                            to_peer,
                            endpoint_listens,
                            append_log,
                            write_backup,
                            errorlog_line,
                            accepts_logins,
                            process_exits>;

}  // namespace ha::mssqlsim
