// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"
#include "test/mssqlsim/model/cursors.hpp"
#include "test/mssqlsim/model/global_tables.hpp"
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/model/session_tables.hpp"
#include "test/mssqlsim/model/transaction_changes.hpp"
#include "test/mssqlsim/model/variables.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/parser.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

// One connection of a client: what it runs, where it stands in it, what it waits for.

namespace ha::mssqlsim {

struct statement_end {
    std::optional<sql_error> error;
    std::optional<std::int64_t> rows;
    std::uint16_t command = 0;      // 0: the statement's own
    bool silent = false;            // no DONE
    bool told_rows = false;         // a result set stands before its DONE
    std::int64_t error_number = 0;  // @@ERROR behind it, though it succeeded
};

// A statement that is not over: asked again after everything that happens, at the latest at the
// instant given.
struct statement_wait {
    std::function<std::optional<statement_end>(instant)> poll;
    instant wakes_at = instant::max();
};

using progress = std::variant<statement_end, statement_wait>;

// A parameter of a text that comes out of it: into a variable of the caller, or to the client.
struct output_parameter {
    std::string inner;   // its name within, in lower case
    std::string called;  // its name in the call
    std::string variable;
};

// What SET changes, but for what is a member of session_state itself.
struct session_settings {
    std::int64_t row_limit = 0;         // ROWCOUNT; 0: none
    std::int64_t lock_timeout_ms = -1;  // -1: for ever
    std::int64_t text_size = 2147483647;
    std::int64_t deadlock_priority = 0;
    std::int64_t isolation = 2;     // as sys.dm_exec_sessions tells it
    bool only_describes = false;    // FMTONLY
    bool executes_nothing = false;  // NOEXEC, PARSEONLY
    bool quoted_identifiers = true;
    bool arithmetic_aborts = true;  // ARITHABORT
    bool closes_cursors = false;    // CURSOR_CLOSE_ON_COMMIT
    binary context;                 // CONTEXT_INFO
};

// What SET changed within a procedure or a dynamic text ends with it.
struct outer_settings {
    session_settings settings;
    bool warns = true;
    bool count_rows = true;
    bool abort_on_error = false;
    bool implicit_transactions = false;
};

struct frame {
    enum class kind : std::uint8_t {
        list,
        loop,
        attempt,
        handler,
        dynamic,
        collector,  // INSERT ... EXEC
        call,
    } what = kind::list;
    std::shared_ptr<const statements> list;
    std::size_t next = 0;
    const while_statement* loop = nullptr;
    const try_statement* attempt = nullptr;
    const insert_statement* insert = nullptr;
    std::optional<sql_error> caught;
    std::vector<output_parameter> outputs = {};  // of dynamic
    std::int64_t depth = 0;                      // of dynamic: of the transaction when it began
    std::shared_ptr<const outer_settings> outer = nullptr;  // of dynamic
    std::string status_variable = {};                       // of call
};

// SAVE TRANSACTION: how much there was then.
struct savepoint {
    std::string name;
    std::size_t changes = 0;
    std::size_t global_changes = 0;
    std::uint64_t global_definitions = 0;
    session_tables tables;
};

struct open_transaction {
    std::string name;      // of the outermost BEGIN
    std::string database;  // the one it wrote to; empty: none yet
    transaction_changes changes;
    std::vector<global_change> global_changes;
    std::uint64_t global_definitions = 0;  // ##tables made, dropped, or changed by who made them
    std::vector<savepoint> savepoints;
    std::set<std::string> locks;
    std::int64_t depth = 0;
    std::uint64_t descriptor = 0;
    bool doomed = false;
};

struct session_state {
    session_number number = 0;
    std::string login;             // or the user whom a contained database let in
    std::string authenticated_by;  // that database; empty for a login
    binary sid;                    // of the login or the user
    std::string program;
    std::string host;
    std::string database;
    std::string login_time;
    std::string contained_group;  // the id of the one whose environment it is in
    bool read_only_intent = false;
    bool encrypted = false;
    std::int64_t packet_size = 4096;
    std::int64_t tds_version = 0;
    std::string library;
    std::string connection_id;

    bool running = false;
    bool procedure_call = false;  // the answer ends with DONEPROC
    bool failed = false;          // an error ended it
    bool tells_status = true;     // of its procedure: an error that ends a batch leaves none
    std::uint16_t command = 0;    // of the statement that runs
    std::size_t calls = 0;        // of procedures by statements, within each other
    std::vector<frame> frames;
    std::vector<variable_scope> scopes;
    std::optional<statement_wait> waiting;
    std::string waits_for_lock;
    std::optional<instant> lock_wait_since;
    std::optional<instant> no_worker_since;  // its request waits for a worker
    bool let_through = false;                // past what hinders its next statement
    bool preemptive = false;  // its request needs no scheduler: sp_server_diagnostics
    std::vector<std::function<void(session_state&)>> at_end;  // output parameters

    std::optional<std::vector<row>> collected;  // what its statements answer goes into a table
    open_transaction transaction;
    session_tables tables;
    session_cursors cursors;
    std::optional<session_tables> tables_before;            // the open transaction
    std::map<std::string, std::pair<value, bool>> context;  // value, read-only
    std::map<std::int64_t, std::string> prepared;
    std::map<std::int64_t, std::string> prepared_parameters;
    std::int64_t next_handle = 1;
    bool count_rows = true;
    bool abort_on_error = false;
    bool implicit_transactions = false;
    session_settings settings;
    bool warns = true;           // ANSI_WARNINGS
    bool left_out_null = false;  // an aggregate of the statement that runs did
    std::int64_t last_error = 0;
    std::int64_t last_row_count = 0;
    std::int64_t error_of_call = 0;     // of the last statement, since a procedure was called
    std::int64_t procedure_status = 0;  // what the last procedure returned
    std::optional<std::int64_t> last_identity;             // @@IDENTITY
    std::map<std::size_t, std::int64_t> scope_identities;  // by depth: SCOPE_IDENTITY()
    std::vector<std::string> identity_insert;              // database and table, if it is ON
    std::int32_t line = 1;
};

}  // namespace ha::mssqlsim
