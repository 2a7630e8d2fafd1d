// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Logins that a contained group has of its own.

namespace {

std::string replica(std::size_t i) {
    const auto name = cluster_harness::name(i);
    return "N'" + name + "' WITH (ENDPOINT_URL = N'TCP://" + name +
           ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, "
           "SEEDING_MODE = AUTOMATIC, SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))";
}

// A contained group of two with the database shop.
void make_group(cluster_harness& two) {
    two.make_endpoints();
    two.run(0,
            "CREATE DATABASE shop; BACKUP DATABASE shop TO DISK = N'NUL'; CREATE TABLE shop.dbo.t "
            "(id int NOT NULL PRIMARY KEY, v nvarchar(20))");
    REQUIRE(two.run(0,
                    "CREATE AVAILABILITY GROUP [ag1] WITH (CONTAINED, CLUSTER_TYPE = EXTERNAL) FOR "
                    "DATABASE shop REPLICA ON " +
                        replica(0) + ", " + replica(1))
                .error() == 0);
    REQUIRE(group_error(two, 1, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)") == 0);
    REQUIRE(group_error(two, 1, "GRANT CREATE ANY DATABASE") == 0);
    two.follow(1);
    REQUIRE(two.eventually([&] { return two.synchronized(0) == 6; }));
}

void make_login(cluster_harness& two) {
    const auto inside = two.login(0, "ag1_master");
    REQUIRE(two.run_on(0, inside, "CREATE LOGIN [app] WITH PASSWORD = N'Secret-123'").error() == 0);
    REQUIRE(two.run_on(0, inside, "GRANT VIEW SERVER STATE TO [app]").error() == 0);
    REQUIRE(two.run_on(0, inside, "USE shop; CREATE USER [app]; GRANT SELECT TO [app]").error() ==
            0);
}

void fail_over(cluster_harness& two) {
    two.crash(0);
    two.run(1, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    two.pass(1s);
    two.fail_over_to(1);
}

}  // namespace

TEST_CASE("a login that was made inside of a contained group is known inside alone") {
    cluster_harness two{reading::a, {}, 2};
    make_group(two);
    make_login(two);
    CHECK_FALSE(enter(two, 0, "app", "master"));
    const auto app = enter(two, 0, "app", "shop");
    REQUIRE(app);
    CHECK(two.run_on(0, *app, "SELECT COUNT(*) FROM t").error() == 0);
    CHECK(two.run_on(0, *app, "DELETE FROM t").error() == 229);
    CHECK(two.run_on(0, *app, "SELECT ms_ticks FROM sys.dm_os_sys_info").error() == 0);
    CHECK(two.run_on(0, *app, "CREATE LOGIN more WITH PASSWORD = N'Secret-123'").error() == 15247);
    CHECK(number_at(two, 0, "SELECT COUNT(*) FROM sys.sql_logins WHERE name = N'app'") == 0);
    const auto inside = two.login(0, "ag1_master");
    const auto seen =
        two.run_on(0, inside, "SELECT COUNT(*) FROM sys.sql_logins WHERE name IN (N'app', N'sa')");
    CHECK(seen.cell() == value{std::int64_t{2}});
    CHECK(enter(two, 0, "app", "ag1_master"));
}

TEST_CASE("a login of a contained group comes in after a failover, and may what it might") {
    cluster_harness two{reading::a, {}, 2};
    make_group(two);
    make_login(two);
    two.pass(2s);
    fail_over(two);
    REQUIRE(two.eventually([&] { return enter(two, 1, "app", "shop").has_value(); }));
    const auto app = *enter(two, 1, "app", "shop");
    CHECK(two.run_on(1, app, "SELECT COUNT(*) FROM t").error() == 0);
    CHECK(two.run_on(1, app, "DELETE FROM t").error() == 229);
    CHECK(two.run_on(1, app, "SELECT ms_ticks FROM sys.dm_os_sys_info").error() == 0);
    CHECK_FALSE(enter(two, 1, "app", "master"));
    const auto inside = two.login(1, "ag1_master");
    CHECK(two.run_on(1, inside, "ALTER LOGIN [app] DISABLE").error() == 0);
    CHECK_FALSE(enter(two, 1, "app", "shop"));
}

TEST_CASE("what is changed inside of a contained group stays inside") {
    cluster_harness two{reading::a, {}, 2};
    make_group(two);
    const auto inside = two.login(0, "ag1_master");
    REQUIRE(two.run_on(0, inside, "CREATE LOGIN [chief] WITH PASSWORD = N'Secret-123'").error() ==
            0);
    REQUIRE(two.run_on(0, inside, "ALTER SERVER ROLE sysadmin ADD MEMBER [chief]").error() == 0);
    const auto chief = enter(two, 0, "chief", "ag1_master");
    REQUIRE(chief);
    CHECK(two.run_on(0, *chief, "SELECT IS_SRVROLEMEMBER(N'sysadmin')").cell() ==
          value{std::int64_t{1}});
    REQUIRE(two.run_on(0, *chief, "ALTER LOGIN [sa] DISABLE").error() == 0);
    CHECK(two.run(0, "SELECT 1").error() == 0);
    REQUIRE(two.run_on(0, *chief, "CREATE USER [chief]").error() == 0);
    CHECK(two.run_on(0, *chief, "DROP USER [chief]").error() == 0);
    REQUIRE(two.run_on(0, *chief, "CREATE LOGIN [gone] WITH PASSWORD = N'Secret-123'").error() ==
            0);
    two.run_on(0, *chief, "GRANT CONTROL SERVER TO [gone]");
    REQUIRE(two.run_on(0, *chief, "DROP LOGIN [gone]").error() == 0);
    CHECK_FALSE(enter(two, 0, "gone", "ag1_master"));
    two.run_on(0, *chief, "CREATE LOGIN [gone] WITH PASSWORD = N'Secret-123'");
    const auto back = enter(two, 0, "gone", "ag1_master");
    REQUIRE(back);
    CHECK(two.run_on(0, *back, "SELECT ms_ticks FROM sys.dm_os_sys_info").error() == 300);
}

TEST_CASE("logins that a transaction made inside of a contained group go with its rollback") {
    cluster_harness two{reading::a, {}, 2};
    make_group(two);
    const auto inside = two.login(0, "ag1_master");
    two.run_on(0, inside, "BEGIN TRANSACTION; CREATE LOGIN [app] WITH PASSWORD = N'Secret-123'");
    CHECK(two.run_on(0, inside, "GRANT VIEW SERVER STATE TO [app]").error() == 0);
    CHECK_FALSE(enter(two, 0, "app", "ag1_master"));
    two.run_on(0, inside, "ROLLBACK");
    CHECK(two.run_on(0, inside, "DROP LOGIN [app]").error() == 15151);
    two.run_on(0, inside, "CREATE LOGIN [app] WITH PASSWORD = N'Secret-123'");
    CHECK(enter(two, 0, "app", "ag1_master"));
}

TEST_CASE("a secondary of a contained group changes no login") {
    cluster_harness two{reading::a, {}, 2};
    make_group(two);
    make_login(two);
    REQUIRE(two.eventually([&] { return enter(two, 1, "app", "shop").has_value(); }));
    const auto there = two.login(1, "ag1_master");
    CHECK(two.run_on(1, there, "ALTER LOGIN [app] DISABLE").error() == 3906);
}
