// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/configuration.hpp"
#include "test/mssqlsim/model/records.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What instances say to each other over their database-mirroring endpoints.

namespace ha::mssqlsim {

enum class replica_role : std::uint8_t { resolving = 0, primary = 1, secondary = 2 };

// The first message on a link, from both sides: who I am, and the certificate of my endpoint.
struct greeting {
    std::string server_name;
    std::string incarnation;  // another one after each start
    std::int64_t endpoint_starts = 0;
    binary thumbprint;
    std::string version;  // of the engine
    bool operator==(const greeting&) const = default;
};

// A group as I see it: sent after the greeting and at every change of role.
struct group_news {
    std::string group_id;
    std::string replica_id;
    replica_role role{};
    std::string promotion;  // names this turn as primary; empty unless PRIMARY
    std::int64_t primary_for_milliseconds = 0;
    std::int64_t sequence_number = 0;
    bool operator==(const group_news&) const = default;
};

struct ping {
    bool operator==(const ping&) const = default;
};

// JOIN asks for the configuration by the group's name; a primary that has the asker in it answers.
struct configuration_request {
    std::string group_name;
    bool operator==(const configuration_request&) const = default;
};

struct configuration_offer {
    group_configuration configuration;
    bool uncommitted = false;
    bool answers_join = false;
    std::string promotion;
    bool operator==(const configuration_offer&) const = default;
};

struct configuration_stored {
    std::string group_id;
    std::string promotion;
    std::int64_t sequence_number = 0;
    bool operator==(const configuration_stored&) const = default;
};

struct fork_point {
    std::string fork;
    std::int64_t first_lsn = 0;
    bool operator==(const fork_point&) const = default;
};

struct database_position {
    std::string group_database_id;
    std::int64_t hardened_lsn = 0;
    std::vector<fork_point> forks;
    bool operator==(const database_position&) const = default;
};

// A SECONDARY asks the primary for its log, from where it is.
struct follow_request {
    std::string group_id;
    std::string promotion;
    bool may_create_databases = false;
    std::vector<database_position> databases;  // those that it has
    bool operator==(const follow_request&) const = default;
};

// The primary's answer for one database: keep the log up to this, then blocks follow. `seeding`: it
// is made from nothing.
struct follow_answer {
    std::string group_id;
    std::string promotion;
    std::string group_database_id;
    std::string database;
    std::int64_t common_lsn = 0;
    bool seeding = false;
    bool forced = false;  // this primary was made by force
    bool operator==(const follow_answer&) const = default;
};

struct log_block {
    std::string group_id;
    std::string promotion;
    std::string group_database_id;
    std::vector<transaction_record> transactions;
    std::int64_t end_of_log = 0;
    bool operator==(const log_block&) const = default;
};

struct log_hardened {
    std::string group_id;
    std::string promotion;
    std::string group_database_id;
    std::int64_t lsn = 0;
    std::int64_t redone_lsn = 0;
    suspension suspended = suspension::none;  // it takes no more until it attaches anew
    bool damaged = false;                     // likewise
    bool operator==(const log_hardened&) const = default;
};

using peer_message = std::variant<greeting,
                                  group_news,
                                  ping,
                                  configuration_request,
                                  configuration_offer,
                                  configuration_stored,
                                  follow_request,
                                  follow_answer,
                                  log_block,
                                  log_hardened>;

}  // namespace ha::mssqlsim
