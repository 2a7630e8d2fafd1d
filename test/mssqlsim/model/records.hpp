// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/configuration.hpp"
#include "test/mssqlsim/model/row_store.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// The truth on disk: an append-only log of these. A record about a named thing replaces what
// earlier records said of it; `dropped` ends it.

namespace ha::mssqlsim {

// Who stopped a database's data movement. In the order of the views' suspend_reason, after none.
enum class suspension : std::uint8_t { none, user, partner, redo };

struct server_record {
    std::string server_name;  // @@SERVERNAME as of the first start
    std::string password;     // of sa, as of the first start
    bool operator==(const server_record&) const = default;
};

struct login_record {
    std::string name;
    std::string password;     // empty for logins from certificates
    std::string certificate;  // of logins from certificates
    std::int64_t id = 0;
    std::string default_database;  // empty: master
    bool disabled = false;
    bool system_administrator = false;
    std::string create_date;
    bool dropped = false;
    binary sid = {};  // by it users of databases belong to the login, on every instance alike
    bool operator==(const login_record&) const = default;
};

struct user_record {  // in master; those of other databases are rows of them
    std::string name;
    std::string login;
    std::int64_t id = 0;
    bool dropped = false;
    bool operator==(const user_record&) const = default;
};

struct certificate_record {
    std::string name;
    std::string owner;  // a user, or dbo
    std::int64_t id = 0;
    std::string subject;
    std::string start_date;
    std::string expiry_date;
    binary thumbprint;
    binary encoded;  // what CERTENCODED gives and FROM BINARY takes
    bool has_private_key = false;
    bool dropped = false;
    bool operator==(const certificate_record&) const = default;
};

struct master_key_record {
    std::string create_date;
    bool dropped = false;
    bool operator==(const master_key_record&) const = default;
};

struct endpoint_record {
    std::string name;
    std::int64_t id = 0;
    std::uint16_t port = 5022;
    std::string certificate;
    std::uint8_t role = 3;   // 1 PARTNER, 2 WITNESS, 3 ALL
    std::uint8_t state = 1;  // 0 STARTED, 1 STOPPED, 2 DISABLED
    bool dropped = false;
    bool operator==(const endpoint_record&) const = default;
};

struct grant_record {
    std::string permission;  // upper case, single spaces
    std::string scope;       // "SERVER", "ENDPOINT", "AVAILABILITY GROUP", "DATABASE", ...
    std::string object;      // empty for the server's and database's own
    std::string grantee;
    bool dropped = false;
    bool operator==(const grant_record&) const = default;
};

struct database_record {
    std::string name;
    std::int64_t id = 0;
    std::string create_date;
    bool full_recovery = true;
    bool backed_up = false;
    bool restoring = false;  // not usable: left behind by a group, or being seeded
    suspension suspended = suspension::none;
    std::string group_id;  // of the availability group it belongs to on this instance
    std::string group_database_id;
    bool dropped = false;
    binary owner = {};            // the SID of the login that is dbo there
    std::int64_t log_backup = 0;  // the LSN up to which the log was backed up
    bool operator==(const database_record&) const = default;
};

// This instance's copy of a group's configuration. `uncommitted`: stored, and not known to be
// stored by a majority of the voters.
struct group_record {
    group_configuration configuration;
    bool uncommitted = false;
    bool was_primary =
        false;  // when it last was PRIMARY or SECONDARY; the trap of 41104 depends on it
    bool may_create_databases = false;
    bool dropped = false;
    bool operator==(const group_record&) const = default;
};

// One committed transaction of a user database. LSNs of a database have no holes; a promotion
// begins a new recovery fork.
struct transaction_record {
    std::string database;
    std::int64_t lsn = 0;
    std::string fork;
    std::string commit_time;
    std::vector<row_change> changes;
    bool operator==(const transaction_record&) const = default;
};

// Undo of a rejoining replica: transactions above `lsn` never were.
struct undo_record {
    std::string database;
    std::int64_t lsn = 0;
    bool operator==(const undo_record&) const = default;
};

// An option of sp_configure that was ever changed.
struct setting_record {
    std::string name;
    std::int64_t configured = 0;
    std::int64_t in_use = 0;  // as of the last RECONFIGURE
    bool operator==(const setting_record&) const = default;
};

// Of AlwaysOn_health, which every server has.
struct event_session_record {
    bool running = false;
    bool starts_with_server = false;
    bool operator==(const event_session_record&) const = default;
};

// One backup that was made here. Its history is the instance's own, and ends when it is deleted.
struct backup_record {
    std::int64_t id = 0;  // backup_set_id
    std::string uuid;
    std::int64_t media_set = 0;
    std::string media_uuid;
    std::int64_t position = 1;  // within the media set
    std::string path;
    std::string kind;  // D whole, I differential, L log
    bool copy_only = false;
    bool checksum = false;
    bool compressed = false;
    std::string name;
    std::string description;
    std::string user;
    std::string database;
    std::string database_created;
    std::string database_guid;
    std::string family_guid;
    bool full_recovery = true;
    std::string started;
    std::string finished;
    std::int64_t first_lsn = 0;
    std::int64_t last_lsn = 0;
    std::int64_t base_lsn = 0;  // of the last whole backup before it, if there was one
    std::string base_uuid;      // likewise
    bool has_base = false;
    bool begins_chain = false;  // the first backup of a log
    std::string first_fork;
    std::string last_fork;
    std::int64_t fork_lsn = 0;  // where the one became the other
    std::int64_t size_bytes = 0;
    bool dropped = false;
    bool operator==(const backup_record&) const = default;
};

using log_record = std::variant<server_record,
                                login_record,
                                user_record,
                                certificate_record,
                                master_key_record,
                                endpoint_record,
                                grant_record,
                                database_record,
                                group_record,
                                transaction_record,
                                undo_record,
                                setting_record,
                                event_session_record,
                                backup_record>;

// Records in the order in which they were appended; positions count from 1.
using log_position = std::uint64_t;

struct durable_state {
    std::vector<log_record> records;
};

}  // namespace ha::mssqlsim
