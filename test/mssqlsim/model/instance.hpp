// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"
#include "test/mssqlsim/model/options.hpp"
#include "test/mssqlsim/model/outputs.hpp"
#include "test/mssqlsim/model/records.hpp"
#include "test/mssqlsim/model/row_store.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

// One SQL Server instance, alive in memory: no threads, no clock, no I/O of its own. Its caller
// tells it what happened and when, and carries out its outputs in their order.

namespace ha::mssqlsim {

struct transaction_statement;

class engine;

struct login_request {
    std::string user;
    std::string password;
    std::string program;
    std::string host;
    std::string database;  // empty: master
    bool read_only_intent = false;
    bool encrypted = false;  // what follows the login
    std::int64_t packet_size = 4096;
    std::int64_t tds_version = 0x74000004;
    std::string library = {};        // that the client uses
    std::string local_address = {};  // where the client came to
    std::uint16_t local_port = 0;
};

struct login_accepted {
    session_number session = 0;
    std::string database;
    std::vector<server_message> messages;  // 5701 and 5703
    std::string routed_to = {};  // not empty: no session was made, the client is to go to this url
};

struct login_refused {
    std::vector<server_message> messages;
    bool silent = false;  // no answer at all: the instance has no worker free
};

struct parameter {
    std::string name;  // with its @; may be empty for positional ones
    column_type type;
    value contents;
    bool output = false;
    std::string variable = {};  // of the calling batch, that takes what comes out
};

// Either a batch (text; parameters are declared before it runs, as sp_executesql does) or a call of
// a procedure by name ("sp_executesql", "sp_prepexec", ...) with its parameters as sent.
struct request {
    std::string text;
    std::string procedure;
    std::vector<parameter> parameters;
};

// One change of role to PRIMARY, with the engine's own time between FAILOVER's acceptance and the
// role.
struct promotion_report {
    std::string group;
    instant accepted_at{};
    instant primary_at{};
};

class instance {
public:
    // Starts: replays what is on disk into the store, which must be empty. Replicas come up
    // RESOLVING; logins are let in after delays.startup. Nothing on disk: the first start makes sa.
    instance(instance_options options,
             durable_state disk,
             std::unique_ptr<row_store> store,
             instant now);
    ~instance();
    instance(const instance&) = delete;
    instance& operator=(const instance&) = delete;

    // --- clients
    bool accepts_connections() const;
    tl::expected<login_accepted, login_refused> login(const login_request& who, instant now);
    // One request at a time: the next only after request_done.
    void submit(session_number session, request what, instant now);
    // Cancels what runs; request_done with `attention` follows.
    void attention(session_number session, instant now);
    // Requests of TDS's transaction manager; request_done follows each.
    // As a transaction manager's request asks for it.
    void transaction(session_number session, const transaction_statement& what, instant now);
    // sp_reset_connection: open transaction rolled back, master or the login's database, no session
    // context. No output but environment_change.
    void reset(session_number session, instant now);
    // The client is gone.
    void close(session_number session, instant now);

    // --- peers
    // A peer dialled our endpoint: the link's number, or nothing when the endpoint is not started.
    std::optional<link_number> peer_accepted(instant now);
    void peer_connected(link_number link, instant now);  // what `dial` asked for
    void peer_message_arrived(link_number link, const peer_message& message, instant now);
    void peer_disconnected(link_number link, const std::string& why, instant now);

    // --- disk and time
    void hardened(log_position position, instant now);
    // What `write_backup` asked for; `trouble` empty: it is in the file.
    void backup_written(std::uint64_t number, const std::string& trouble, instant now);
    instant wakes_at() const;   // when advance has something to do; instant::max() if never
    void advance(instant now);  // harmless at any time
    std::vector<output> take_outputs();
    // SHUTDOWN: sessions end; process_exits follows.
    void shut_down(instant now);

    // --- for tests and demonstrations
    instance_faults& faults();
    const std::vector<promotion_report>& promotions() const;
    // The role in a group; nothing if the instance has no such group.
    std::optional<replica_role> role(const std::string& group) const;
    // FAILOVER was accepted and the role has not changed yet.
    bool promotion_accepted(const std::string& group) const;
    // Until when the write lease stands by our clock; nothing: none was ever given.
    std::optional<instant> write_lease_end(const std::string& group) const;
    // May a transaction in this database be acknowledged now, as far as role, lease and REQUIRED
    // say?
    bool writable(const std::string& database, instant now) const;

private:
    std::unique_ptr<engine> engine_;
};

}  // namespace ha::mssqlsim
