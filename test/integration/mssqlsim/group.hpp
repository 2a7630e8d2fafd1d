// SPDX-License-Identifier: MIT
#pragma once

#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"

#include <array>
#include <memory>
#include <string>

// Three instances in an availability group with a database, made by T-SQL alone.

namespace ha::test {

class group {
public:
    static constexpr std::size_t size = 3;

    // Certificates, endpoints, group, seeding; returns when all replicas are SYNCHRONIZED, with the
    // first one primary, and with REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1.
    group();

    server_process& server(std::size_t index) { return *servers_.at(index); }
    sql_client client(std::size_t index) { return sql_client(server(index)); }

    // Starts a killed one again, in its old folder.
    void restart(std::size_t index);

    void take_offline(std::size_t index);
    // With the write lease and the session context that FAILOVER needs; returns when the role is
    // PRIMARY.
    void fail_over_to(std::size_t index);
    void follow(std::size_t index);

    std::string role(std::size_t index);
    // How many replicas the primary sees as SYNCHRONIZED.
    std::int64_t synchronized(std::size_t primary);

    static std::string name(std::size_t index) { return "SQL" + std::to_string(index + 1); }

private:
    void start(std::size_t index);
    void make_certificate(std::size_t index);
    void let_in(std::size_t at, std::size_t whom);
    void make_group();
    void make_database();

    scratch_folder folder_;
    std::array<std::unique_ptr<server_process>, size> servers_;
    std::array<std::string, size> certificates_;  // as 0x...
};

}  // namespace ha::test
