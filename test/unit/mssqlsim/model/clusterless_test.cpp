// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Groups of CLUSTER_TYPE NONE: nobody tells a replica its role but a person.

namespace {

void alter(cluster_harness& all, std::size_t at, const std::string& what) {
    INFO(what);
    REQUIRE(all.run(at, "ALTER AVAILABILITY GROUP [ag1] " + what).error() == 0);
}

void make_group(cluster_harness& all) {
    all.make_endpoints();
    std::string replicas;
    for (std::size_t i = 0; i < cluster_harness::size; ++i)
        replicas += (i == 0 ? "N'" : ", N'") + cluster_harness::name(i) +
                    "' WITH (ENDPOINT_URL = N'TCP://" + cluster_harness::name(i) +
                    ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, "
                    "SEEDING_MODE = AUTOMATIC, SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))";
    all.run(0,
            "CREATE DATABASE shop; ALTER DATABASE shop SET RECOVERY FULL; BACKUP DATABASE shop TO "
            "DISK = N'NUL'");
    all.run(0, "CREATE TABLE shop.dbo.t (id bigint NOT NULL PRIMARY KEY, v nvarchar(50) NULL)");
    const auto made = all.run(
        0, "CREATE AVAILABILITY GROUP [ag1] WITH (CLUSTER_TYPE = NONE) FOR REPLICA ON " + replicas);
    REQUIRE(made.error() == 0);
    for (std::size_t i = 1; i < cluster_harness::size; ++i) {
        alter(all, i, "JOIN WITH (CLUSTER_TYPE = NONE)");
        alter(all, i, "GRANT CREATE ANY DATABASE");
    }
    alter(all, 0, "GRANT CREATE ANY DATABASE");
    alter(all, 0, "ADD DATABASE shop");
    REQUIRE(all.eventually([&] { return all.synchronized(0) == 3; }));
}

std::int32_t write(cluster_harness& all, std::size_t at, int id) {
    auto text = "INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'x')";
    return all.run(at, text).error();
}

std::string rows(cluster_harness& all, std::size_t at) {
    return text_of(all.run(at, "SELECT COUNT(*) FROM shop.dbo.t").cell());
}

}  // namespace

TEST_CASE("without a cluster who joins follows by itself, and is seeded") {
    cluster_harness three;
    make_group(three);
    CHECK(three.role(0) == "PRIMARY");
    CHECK(three.role(1) == "SECONDARY");
    CHECK(three.role(2) == "SECONDARY");
    REQUIRE(write(three, 0, 1) == 0);
    CHECK(three.eventually([&] { return rows(three, 2) == "1"; }));
}

TEST_CASE("without a cluster JOIN must name the type that the primary has") {
    cluster_harness three;
    make_group(three);
    REQUIRE(three.run(2, "DROP AVAILABILITY GROUP [ag1]").error() == 0);
    const std::string join = "ALTER AVAILABILITY GROUP [ag1] JOIN WITH (CLUSTER_TYPE = ";
    CHECK(three.run(2, join + "EXTERNAL)").error() == 47100);
    CHECK(three.run(2, join + "NONE)").error() == 0);
}

TEST_CASE("without a cluster replicas come back from a crash in their roles") {
    cluster_harness three;
    make_group(three);
    for (const std::size_t i : {0U, 1U}) {
        const auto before = three.role(i);
        three.crash(i);
        three.pass(20s);
        CHECK(three.role(2) == "SECONDARY");
        three.start(i);
        REQUIRE(three.eventually([&] { return three.role(i) == before; }));
        REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
        REQUIRE(write(three, 0, static_cast<int>(i)) == 0);
    }
    CHECK(three.eventually([&] { return rows(three, 1) == "2" && rows(three, 2) == "2"; }));
    CHECK(three.at(0).promotions().empty());
}

TEST_CASE("without a cluster the primary writes on alone") {
    cluster_harness three;
    make_group(three);
    three.crash(1);
    three.crash(2);
    three.pass(30s);
    CHECK(write(three, 0, 1) == 0);
}

TEST_CASE("without a cluster a failover by hand loses nothing in the documented order") {
    cluster_harness three;
    make_group(three);
    REQUIRE(write(three, 0, 1) == 0);
    CHECK(three.run(1, "ALTER AVAILABILITY GROUP [ag1] FAILOVER").error() == 47122);
    alter(three, 0, "SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 1)");
    for (const std::size_t i : {0U, 2U}) {
        alter(three, i, "OFFLINE");
        REQUIRE(three.eventually([&] { return three.role(i) == "RESOLVING"; }));
    }
    alter(three, 1, "FORCE_FAILOVER_ALLOW_DATA_LOSS");
    REQUIRE(three.eventually([&] { return three.role(1) == "PRIMARY"; }));
    alter(three, 0, "SET (ROLE = SECONDARY)");
    alter(three, 2, "SET (ROLE = SECONDARY)");
    for (const std::size_t i : {0U, 2U}) {
        REQUIRE(three.eventually([&] { return three.role(i) == "SECONDARY"; }));
        three.pass(1s);
        REQUIRE(three.run(i, "ALTER DATABASE shop SET HADR RESUME").error() == 0);
    }
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    CHECK(write(three, 1, 2) == 0);
    CHECK(rows(three, 1) == "2");
}

TEST_CASE("without a cluster a forced failover leaves two primaries when the old one returns") {
    cluster_harness three;
    make_group(three);
    three.crash(0);
    alter(three, 1, "FORCE_FAILOVER_ALLOW_DATA_LOSS");
    REQUIRE(three.eventually([&] { return three.role(1) == "PRIMARY"; }));
    three.start(0);
    REQUIRE(three.eventually([&] { return three.role(0) == "PRIMARY"; }));
    three.pass(30s);
    CHECK(three.role(1) == "PRIMARY");
}
