// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// An availability group's configuration: what the primary changes and every replica keeps a copy
// of.

namespace ha::mssqlsim {

enum class replica_mode : std::uint8_t {
    asynchronous = 0,
    synchronous = 1,
    configuration_only = 4
};
enum class cluster_type : std::uint8_t { wsfc = 0, external = 1, none = 2 };

struct group_replica {
    std::string id;
    std::string name;
    std::string endpoint_url;
    replica_mode mode = replica_mode::synchronous;
    std::uint8_t failover_mode = 2;  // 0 AUTOMATIC, 1 MANUAL, 2 EXTERNAL
    bool automatic_seeding = false;
    std::int64_t session_timeout = 10;       // seconds
    std::uint8_t primary_connections = 2;    // 2 ALL, 3 READ_WRITE
    std::uint8_t secondary_connections = 0;  // 0 NO, 1 READ_ONLY, 2 ALL
    std::int64_t backup_priority = 50;
    std::string create_date;
    std::string modify_date;
    std::string read_only_url;   // READ_ONLY_ROUTING_URL
    std::string read_write_url;  // READ_WRITE_ROUTING_URL
    // READ_ONLY_ROUTING_LIST: names in their order, those that readers are spread over together.
    std::vector<std::vector<std::string>> routing_list;
    bool operator==(const group_replica&) const = default;

    bool votes() const { return mode != replica_mode::asynchronous; }
    bool has_data() const { return mode != replica_mode::configuration_only; }
};

struct group_database {
    std::string id;
    std::string name;
    std::vector<std::string> synchronized;  // ids of replicas, the primary's own among them
    bool operator==(const group_database&) const = default;
    bool holds(std::string_view replica_id) const;
};

// Nothing listens there: on Linux a listener is a name for others to use.
struct group_listener {
    std::string id;
    std::string name;
    std::vector<std::string> addresses;
    std::vector<std::string> masks;  // of each address
    std::int64_t port = 1433;
    bool operator==(const group_listener&) const = default;
};

struct group_configuration {
    std::string id;
    std::string name;
    cluster_type type = cluster_type::external;
    std::int64_t sequence_number = 0;
    std::int64_t required = 0;  // REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT
    bool db_failover = false;
    bool write_lease = false;  // was created WITH WRITE_LEASE_VALIDITY
    std::int64_t failure_condition_level = 3;
    std::int64_t health_check_timeout = 30000;  // milliseconds
    std::uint8_t backup_preference = 2;
    bool dtc_support = false;
    bool basic = false;           // was created WITH (BASIC)
    bool contained = false;       // was created WITH (CONTAINED)
    std::string primary_version;  // of the last PRIMARY's engine
    std::vector<group_replica> replicas;
    std::vector<group_database> databases;
    std::vector<group_listener> listeners;
    bool operator==(const group_configuration&) const = default;

    const group_replica* replica(std::string_view id_or_name) const;
    const group_database* database(std::string_view id_or_name) const;
    group_replica* replica(std::string_view id_or_name);
    group_database* database(std::string_view id_or_name);
    std::size_t voters() const;
    // How many voters must store a configuration before it is in force.
    std::size_t quorum() const;
};

}  // namespace ha::mssqlsim
