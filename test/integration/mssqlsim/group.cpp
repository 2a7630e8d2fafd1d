// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/group.hpp"

#include "test/support/catch.hpp"

namespace ha::test {

namespace {

using namespace std::chrono_literals;

std::string hex(const std::vector<std::uint8_t>& bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out = "0x";
    for (auto byte : bytes) {
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 0xF]);
    }
    return out;
}

}  // namespace

group::group() {
    for (std::size_t i = 0; i < size; ++i) {
        start(i);
        make_certificate(i);
    }
    for (std::size_t at = 0; at < size; ++at)
        for (std::size_t whom = 0; whom < size; ++whom)
            if (at != whom) let_in(at, whom);
    make_group();
    make_database();
}

void group::start(std::size_t index) {
    auto number = static_cast<unsigned>(index + 1);
    const auto address = loopback_address(number);
    servers_.at(index) = std::make_unique<server_process>(server_process::setup{
        name(index), address, folder_.file(name(index)), 9001, {}, sa_password, address});
}

void group::restart(std::size_t index) {
    servers_.at(index).reset();
    start(index);
}

void group::make_certificate(std::size_t index) {
    auto on = client(index);
    auto certificate = "cert_" + name(index);
    on.must("CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'Master.Key.1'");
    on.must("CREATE CERTIFICATE [" + certificate + "] WITH SUBJECT = N'" + name(index) +
            " dbm', EXPIRY_DATE = '20360101'");
    on.must(
        "CREATE ENDPOINT [hadr_endpoint] STATE = STARTED AS TCP (LISTENER_PORT = 5022, "
        "LISTENER_IP = ALL) FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [" +
        certificate + "], ENCRYPTION = REQUIRED ALGORITHM AES, ROLE = ALL)");
    auto sets = on.must("SELECT CERTENCODED(CERT_ID(N'" + certificate + "'))");
    certificates_.at(index) = hex(std::get<std::vector<std::uint8_t>>(sets[0].values[0][0]));
}

void group::let_in(std::size_t at, std::size_t whom) {
    auto on = client(at);
    auto login = "[dbm_" + name(whom) + "]";
    on.must("CREATE LOGIN " + login + " WITH PASSWORD = N'Endpoint.1'");
    on.must("CREATE USER " + login + " FOR LOGIN " + login);
    on.must("CREATE CERTIFICATE [cert_" + name(whom) + "] AUTHORIZATION " + login +
            " FROM BINARY = " + certificates_.at(whom));
    on.must("GRANT CONNECT ON ENDPOINT::[hadr_endpoint] TO " + login);
}

void group::make_group() {
    std::string replicas;
    for (std::size_t i = 0; i < size; ++i)
        replicas += (i == 0 ? "N'" : ", N'") + name(i) + "' WITH (ENDPOINT_URL = N'TCP://" +
                    server(i).address() +
                    ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, "
                    "SEEDING_MODE = AUTOMATIC)";
    client(0).must(
        "CREATE AVAILABILITY GROUP [ag1] WITH (DB_FAILOVER = ON, CLUSTER_TYPE = "
        "EXTERNAL, WRITE_LEASE_VALIDITY = 300) FOR REPLICA ON " +
        replicas);
    client(0).must("ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE");
    for (std::size_t i = 1; i < size; ++i) {
        auto on = client(i);
        on.must("ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = EXTERNAL)");
        on.must("ALTER AVAILABILITY GROUP [ag1] GRANT CREATE ANY DATABASE");
        follow(i);
    }
}

void group::make_database() {
    auto on = client(0);
    on.must("CREATE DATABASE shop");
    on.must("ALTER DATABASE shop SET RECOVERY FULL");
    on.must("CREATE TABLE shop.dbo.t (id bigint NOT NULL PRIMARY KEY, v nvarchar(50))");
    on.must("BACKUP DATABASE shop TO DISK = N'NUL'");
    on.must("ALTER AVAILABILITY GROUP [ag1] ADD DATABASE shop");
    REQUIRE(eventually(20s, [&] { return synchronized(0) == 3; }));
    on.must("ALTER AVAILABILITY GROUP [ag1] SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1)");
}

void group::take_offline(std::size_t index) {
    client(index).must("ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    REQUIRE(eventually(10s, [&] { return role(index) == "RESOLVING"; }));
}

void group::fail_over_to(std::size_t index) {
    client(index).must(
        "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 300); "
        "EXEC sp_set_session_context N'external_cluster', N'yes'; "
        "ALTER AVAILABILITY GROUP [ag1] FAILOVER");
    REQUIRE(eventually(10s, [&] { return role(index) == "PRIMARY"; }));
}

void group::follow(std::size_t index) {
    auto is_set = [&] {
        auto on = client(index);
        return on.error_of("ALTER AVAILABILITY GROUP [ag1] SET (ROLE = SECONDARY)") == 0;
    };
    REQUIRE(eventually(20s, is_set));
    REQUIRE(eventually(10s, [&] { return role(index) == "SECONDARY"; }));
}

std::string group::role(std::size_t index) {
    return client(index).text(
        "SELECT role_desc FROM sys.dm_hadr_availability_replica_states WHERE is_local = 1");
}

std::int64_t group::synchronized(std::size_t primary) {
    return client(primary).number(
        "SELECT COUNT(*) FROM sys.dm_hadr_database_replica_states WHERE synchronization_state = 2");
}

}  // namespace ha::test
