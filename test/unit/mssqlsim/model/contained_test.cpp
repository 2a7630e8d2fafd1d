// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Groups with a master and an msdb of their own.

namespace {

std::string replica(std::size_t i) {
    const auto name = cluster_harness::name(i);
    return "N'" + name + "' WITH (ENDPOINT_URL = N'TCP://" + name +
           ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, "
           "SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))";  // seeding by hand
}

std::int32_t create(cluster_harness& all, const std::string& words, const std::string& what = "") {
    return all
        .run(0,
             "CREATE AVAILABILITY GROUP [ag1] WITH (" + words + ", CLUSTER_TYPE = EXTERNAL) FOR " +
                 what + "REPLICA ON " + replica(0) + ", " + replica(1))
        .error();
}

void join(cluster_harness& all) {
    REQUIRE(group_error(all, 1, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)") == 0);
    REQUIRE(group_error(all, 1, "GRANT CREATE ANY DATABASE") == 0);
    all.follow(1);
}

}  // namespace

TEST_CASE("a contained group's own databases are made and seeded in any case") {
    cluster_harness two{reading::a, {}, 2};
    two.make_endpoints();
    REQUIRE(create(two, "CONTAINED") == 0);
    join(two);
    REQUIRE(two.eventually([&] { return two.synchronized(0) == 4; }));
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(number_at(two, i, "SELECT CONVERT(int, is_contained) FROM sys.availability_groups") ==
              1);
        CHECK(number_at(two,
                        i,
                        "SELECT COUNT(*) FROM sys.databases WHERE name IN (N'ag1_master', "
                        "N'ag1_msdb') AND replica_id IS NOT NULL") == 2);
    }
    REQUIRE(group_error(two, 0, "REMOVE DATABASE ag1_msdb") == 47135);
    REQUIRE(two.run(0, "DROP DATABASE ag1_master").error() == 3752);
}

TEST_CASE("a dropped contained group leaves its databases, and may use them again") {
    cluster_harness two{reading::a, {}, 2};
    two.make_endpoints();
    REQUIRE(create(two, "CONTAINED") == 0);
    REQUIRE(two.run(0, "CREATE TABLE ag1_master.dbo.kept (id int NOT NULL PRIMARY KEY)").error() ==
            0);
    REQUIRE(two.run(0, "DROP AVAILABILITY GROUP [ag1]").error() == 0);
    REQUIRE(create(two, "CONTAINED") == 47142);
    REQUIRE(create(two, "CONTAINED, REUSE_SYSTEM_DATABASES") == 0);
    REQUIRE(number_at(two, 0, "SELECT COUNT(*) FROM ag1_master.dbo.kept") == 0);
}

TEST_CASE("words of contained groups are refused where they do not belong") {
    cluster_harness two{reading::a, {}, 2};
    two.make_endpoints();
    REQUIRE(create(two, "REUSE_SYSTEM_DATABASES") == 47143);
    REQUIRE(create(two, "AUTOSEEDING_SYSTEM_DATABASES") == 47144);
    REQUIRE(create(two, "CONTAINED, REUSE_SYSTEM_DATABASES, AUTOSEEDING_SYSTEM_DATABASES") ==
            47150);
    REQUIRE(create(two, "CONTAINED, AUTOSEEDING_SYSTEM_DATABASES") == 40517);
    REQUIRE(create(two, "CONTAINED", "DATABASE msdb ") == 47147);
    REQUIRE(create(two, "DISTRIBUTED") == 40517);
    REQUIRE(number_at(two, 0, "SELECT COUNT(*) FROM sys.availability_groups") == 0);
    REQUIRE(number_at(two, 0, "SELECT COUNT(*) FROM sys.databases WHERE database_id > 4") == 0);
    cluster_harness standard{reading::a, [](auto& options) { options.edition = "Standard"; }, 2};
    REQUIRE(create(standard, "CONTAINED") == 47151);
    cluster_harness older{
        reading::a, [](auto& options) { options.product_version = "15.0.4430.1"; }, 2};
    REQUIRE(create(older, "CONTAINED") == 102);
}

TEST_CASE("inside of a contained group one sees what is its, and changes no instance") {
    cluster_harness two{reading::a, {}, 2};
    two.make_endpoints();
    two.run(0, "CREATE DATABASE outside");
    REQUIRE(create(two, "CONTAINED") == 0);
    const auto inside = two.login(0, "ag1_master");
    REQUIRE(inside > 0);
    const auto names = two.run_on(0, inside, "SELECT name FROM sys.databases ORDER BY name");
    REQUIRE(names.sets.at(0).rows.size() == 3);
    CHECK(text_of(names.cell(0)) == "master");
    CHECK(text_of(names.cell(1)) == "msdb");
    CHECK(text_of(names.cell(2)) == "tempdb");
    CHECK(number_at(two, 0, "SELECT COUNT(*) FROM sys.databases WHERE name LIKE N'ag1%'") == 2);
    const auto own = two.run_on(0,
                                inside,
                                "SELECT COUNT(*) FROM sys.dm_exec_sessions AS s JOIN "
                                "sys.availability_groups AS g ON g.group_id = "
                                "s.contained_availability_group_id WHERE s.session_id = @@SPID");
    CHECK(own.cell() == value{std::int64_t{1}});
    CHECK(two.run_on(0, inside, "CREATE DATABASE more").error() == 7876);
    CHECK(two.run_on(0, inside, "DROP AVAILABILITY GROUP [ag1]").error() == 7876);
    CHECK(
        two.run_on(0, inside, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'Secret-123'").error() ==
        40510);
    CHECK(two.run_on(0, inside, "CREATE LOGIN x FROM CERTIFICATE c").error() == 40510);
    CHECK(two.run_on(0, inside, "EXEC sp_configure 'show advanced options', 1").error() == 7876);
    CHECK(two.run_on(0, inside, "RECONFIGURE").error() == 7876);
    CHECK(two.run_on(0, inside, "USE outside").error() == 0);
    two.run(0, "CREATE LOGIN plain WITH PASSWORD = N'Secret-123'");
    const auto refused =
        two.at(0).login({"plain", "Secret-123", "test", "host", "ag1_master", false}, two.now());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().messages.front().number == 18456);
}
