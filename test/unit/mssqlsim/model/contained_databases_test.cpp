// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Databases whose users prove themselves to them, and not to the instance.

namespace {

void allow(cluster_harness& all, std::size_t at) {
    REQUIRE(all.run(at, "EXEC sp_configure 'contained database authentication', 1; RECONFIGURE")
                .error() == 0);
}

// An instance with the contained database shop and its user till.
cluster_harness with_shop() {
    cluster_harness one{reading::a, {}, 1};
    allow(one, 0);
    REQUIRE(one.run(0, "CREATE DATABASE shop CONTAINMENT = PARTIAL").error() == 0);
    REQUIRE(one.run(0, "USE shop; CREATE USER [till] WITH PASSWORD = N'Secret-123'").error() == 0);
    return one;
}

bool log_says(cluster_harness& all, std::size_t at, const std::string& words) {
    return all.run(at, "EXEC sp_readerrorlog 0, 1, N'" + words + "'").sets.at(0).rows.size() == 1;
}

}  // namespace

TEST_CASE("contained databases are made only where the instance allows them") {
    cluster_harness one{reading::a, {}, 1};
    CHECK(one.run(0, "CREATE DATABASE shop CONTAINMENT = PARTIAL").error() == 12824);
    REQUIRE(one.run(0, "CREATE DATABASE shop CONTAINMENT = NONE").error() == 0);
    CHECK(one.run(0, "ALTER DATABASE shop SET CONTAINMENT = PARTIAL").error() == 12824);
    CHECK(one.run(0, "USE shop; CREATE USER u WITH PASSWORD = N'Secret-123'").error() == 33233);
    one.run(0, "EXEC sp_configure 'contained database authentication', 1");
    CHECK(one.run(0, "ALTER DATABASE shop SET CONTAINMENT = PARTIAL").error() == 12824);
    one.run(0, "RECONFIGURE");
    REQUIRE(one.run(0, "ALTER DATABASE shop SET CONTAINMENT = PARTIAL").error() == 0);
    CHECK(text_at(one, 0, "SELECT containment_desc FROM sys.databases WHERE name = N'shop'") ==
          "PARTIAL");
    CHECK(one.run(0, "ALTER DATABASE master SET CONTAINMENT = PARTIAL").error() == 12803);
}

TEST_CASE("options of the server come back from a crash as RECONFIGURE left them") {
    cluster_harness one{reading::a, {}, 1};
    allow(one, 0);
    one.run(0, "EXEC sp_configure 'contained database authentication', 0");
    one.crash(0);
    one.start(0);
    const std::string of = " FROM sys.configurations WHERE configuration_id = 16393";
    REQUIRE(one.eventually(
        [&] { return number_at(one, 0, "SELECT CAST(value_in_use AS int)" + of) == 1; }));
    CHECK(number_at(one, 0, "SELECT CAST(value AS int)" + of) == 0);
}

TEST_CASE("a user of a contained database is nobody at the server") {
    auto one = with_shop();
    one.run(0, "CREATE LOGIN [till] WITH PASSWORD = N'Other-4567'");
    one.run(0, "ALTER SERVER ROLE sysadmin ADD MEMBER [till]");
    one.run(0, "GRANT VIEW SERVER STATE TO [till]");
    const auto till = enter(one, 0, "till", "shop");
    REQUIRE(till);
    CHECK(one.run_on(0, *till, "SELECT IS_SRVROLEMEMBER(N'sysadmin')").cell() ==
          value{std::int64_t{0}});
    CHECK(is_null(one.run_on(0, *till, "SELECT SUSER_ID()").cell()));
    CHECK(one.run_on(0, *till, "SELECT USER_NAME()").cell() == value{std::string{"till"}});
    CHECK(one.run_on(0, *till, "SELECT ORIGINAL_LOGIN()").cell() == value{std::string{"till"}});
    for (const char* asked : {"SELECT * FROM sys.dm_os_sys_info", "EXEC sp_readerrorlog"})
        CHECK(one.run_on(0, *till, asked).error() == 300);
    CHECK(one.run_on(0, *till, "CREATE DATABASE mine").error() == 262);
    CHECK(one.run_on(0, *till, "CREATE LOGIN mine WITH PASSWORD = N'Other-4567'").error() == 15247);
    CHECK(one.run_on(0,
                     *till,
                     "ALTER LOGIN till WITH PASSWORD = N'Third-4567' OLD_PASSWORD = "
                     "N'Other-4567'")
              .error() == 15247);
    CHECK(one.run_on(0, *till, "EXEC sp_configure 'show advanced options', 1").error() == 15247);
}

TEST_CASE("the database comes before the instance, and the instance after no user") {
    auto one = with_shop();
    one.run(0, "CREATE LOGIN [till] WITH PASSWORD = N'Other-4567'");
    one.run(0, "CREATE LOGIN [clerk] WITH PASSWORD = N'Other-4567'");
    one.run(0, "USE shop; CREATE USER [clerk]");
    CHECK_FALSE(enter(one, 0, "till", "shop", "Other-4567"));
    CHECK(log_says(one, 0, "State: 65"));
    CHECK(enter(one, 0, "till", "", "Other-4567"));
    CHECK(enter(one, 0, "clerk", "shop", "Other-4567"));
    CHECK_FALSE(enter(one, 0, "till", "", "Secret-123"));
    CHECK(log_says(one, 0, "State: 8"));
    CHECK_FALSE(enter(one, 0, "nobody", "shop"));
    CHECK(log_says(one, 0, "State: 5."));
}

TEST_CASE("a user of a contained database stays in it") {
    auto one = with_shop();
    one.run(0, "CREATE DATABASE other; CREATE TABLE other.dbo.t (a int)");
    one.run(0, "CREATE DATABASE twin CONTAINMENT = PARTIAL; CREATE TABLE twin.dbo.t (a int)");
    one.run(0, "CREATE DATABASE open_house; CREATE TABLE open_house.dbo.t (a int)");
    one.run(0, "USE open_house; GRANT CONNECT TO guest; GRANT SELECT TO guest");
    const std::string same =
        "CREATE USER [till] WITH PASSWORD = N'Secret-123', SID = 0x0105000000"
        "0000090300000000112233445566778899AABBCCDDEEFF";
    REQUIRE(one.run(0, "USE shop; DROP USER [till]; " + same).error() == 0);
    REQUIRE(one.run(0, "USE twin; " + same).error() == 0);
    REQUIRE(enter(one, 0, "till", "twin"));
    const auto till = *enter(one, 0, "till", "shop");
    CHECK(one.run_on(0, till, "USE other").error() == 916);
    CHECK(one.run_on(0, till, "SELECT a FROM other.dbo.t").error() == 916);
    CHECK(one.run_on(0, till, "SELECT a FROM open_house.dbo.t").error() == 0);
    CHECK(one.run_on(0, till, "SELECT a FROM twin.dbo.t").error() == 916);
    CHECK(one.run_on(0, till, "USE twin").error() == 0);
    CHECK(one.run_on(0, till, "SELECT USER_NAME()").cell() == value{std::string{"till"}});
}

TEST_CASE("a user of a contained database sees his database, and others see theirs again") {
    auto one = with_shop();
    one.run(0, "CREATE DATABASE other");
    const std::string count = "SELECT COUNT(*) FROM sys.databases";
    REQUIRE(number_at(one, 0, count) == 6);
    const auto till = *enter(one, 0, "till", "shop");
    CHECK(one.run_on(0, till, count).cell() == value{std::int64_t{3}});
    CHECK(number_at(one, 0, count) == 6);
    CHECK(one.run_on(0,
                     till,
                     "SELECT authenticating_database_id - DB_ID() FROM "
                     "sys.dm_exec_sessions WHERE session_id = @@SPID")
              .cell() == value{std::int64_t{0}});
    one.run_on(0, till, "USE master");
    one.run(0, "DROP DATABASE other; DROP DATABASE shop");
    CHECK(number_at(one, 0, count) == 4);
}

TEST_CASE("a password is changed by its owner, who knows it, and by who may alter users") {
    auto one = with_shop();
    const auto till = *enter(one, 0, "till", "shop");
    const std::string change = "ALTER USER [till] WITH PASSWORD = N'Fresh-4567'";
    CHECK(one.run_on(0, till, change).error() == 15151);
    CHECK(one.run_on(0, till, change + " OLD_PASSWORD = N'Wrong-4567'").error() == 15151);
    CHECK(one.run_on(
                 0, till, "ALTER USER [till] WITH PASSWORD = N'short' OLD_PASSWORD = N'Secret-123'")
              .error() == 15116);
    REQUIRE(one.run_on(0, till, change + " OLD_PASSWORD = N'Secret-123'").error() == 0);
    CHECK_FALSE(enter(one, 0, "till", "shop"));
    CHECK(enter(one, 0, "till", "shop", "Fresh-4567"));
    const auto admin = one.login(0, "shop");
    REQUIRE(one.run_on(0, admin, "ALTER USER [till] WITH PASSWORD = N'Third-4567'").error() == 0);
    CHECK(enter(one, 0, "till", "shop", "Third-4567"));
    CHECK(one.run_on(0, admin, "ALTER USER [till] WITH LOGIN = [sa]").error() == 33016);
    one.run_on(0, admin, "CREATE USER [puppet] WITHOUT LOGIN");
    CHECK(one.run_on(0, admin, "ALTER USER [puppet] WITH PASSWORD = N'Third-4567'").error() ==
          33234);
    REQUIRE(one.run_on(0, admin, "DROP USER [till]").error() == 0);
    CHECK_FALSE(enter(one, 0, "till", "shop", "Third-4567"));
    CHECK(one.run_on(0, till, "SELECT * FROM sys.tables").error() == 0);
    CHECK(one.run_on(0, till, "CREATE TABLE t (a int)").error() == 916);
}

TEST_CASE("containment ends when no user needs it, and its use when the instance says so") {
    auto one = with_shop();
    const std::string off = "ALTER DATABASE shop SET CONTAINMENT = NONE";
    CHECK(one.run(0, off).error() == 12809);
    const auto till = enter(one, 0, "till", "shop");
    REQUIRE(till);
    CHECK(one.run(0, off).error() == 5061);
    one.run(0, "EXEC sp_configure 'contained database authentication', 0");
    CHECK(one.run(0, "RECONFIGURE").error() == 12818);
    CHECK(enter(one, 0, "till", "shop"));
    REQUIRE(one.run(0, "RECONFIGURE WITH OVERRIDE").error() == 0);
    CHECK_FALSE(enter(one, 0, "till", "shop"));
    CHECK(one.run_on(0, *till, "SELECT 1").error() == 0);
}

TEST_CASE("RECONFIGURE and SET CONTAINMENT are no part of a transaction") {
    auto one = with_shop();
    const auto admin = one.login(0);
    one.run_on(0, admin, "BEGIN TRANSACTION");
    CHECK(one.run_on(0, admin, "RECONFIGURE").error() == 574);
    CHECK(one.run_on(0, admin, "ALTER DATABASE shop SET CONTAINMENT = NONE").error() == 226);
}

TEST_CASE("users with passwords come back from a crash") {
    auto one = with_shop();
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually([&] { return enter(one, 0, "till", "shop").has_value(); }));
    CHECK(text_at(one, 0, "SELECT containment_desc FROM sys.databases WHERE name = N'shop'") ==
          "PARTIAL");
}

TEST_CASE("users with passwords go with the group to where contained databases are allowed") {
    cluster_harness three;
    three.make_group();
    for (std::size_t i = 0; i < 2; ++i) allow(three, i);
    REQUIRE(three.run(0, "ALTER DATABASE shop SET CONTAINMENT = PARTIAL").error() == 0);
    three.run(0,
              "USE shop; CREATE USER [till] WITH PASSWORD = N'Secret-123'; GRANT SELECT TO [till]");
    REQUIRE(enter(three, 0, "till", "shop"));
    three.pass(2s);
    CHECK(number_at(three,
                    1,
                    "SELECT CONVERT(int, containment) FROM sys.databases WHERE name = N'shop'") ==
          1);
    CHECK(three.run(1, "ALTER DATABASE shop SET CONTAINMENT = NONE").error() != 0);
    three.crash(0);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(1s);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return enter(three, 1, "till", "shop").has_value(); }));
    const auto till = *enter(three, 1, "till", "shop");
    CHECK(three.run_on(1, till, "SELECT COUNT(*) FROM t").error() == 0);
    CHECK(three.run_on(1, till, "DELETE FROM t").error() == 229);
    CHECK_FALSE(enter(three, 2, "till", "shop"));
}

TEST_CASE("a user whose database nobody may open now is told so as a login with a user there is") {
    cluster_harness three;
    three.make_group();
    allow(three, 0);
    REQUIRE(three.run(0, "ALTER DATABASE shop SET CONTAINMENT = PARTIAL").error() == 0);
    three.run(0, "USE shop; CREATE USER [till] WITH PASSWORD = N'Secret-123'");
    three.run(0, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    REQUIRE(three.eventually([&] { return three.role(0) == "RESOLVING"; }));
    const auto refused =
        three.at(0).login({"till", "Secret-123", "p", "h", "shop", false}, three.now());
    REQUIRE_FALSE(refused);
    std::vector<std::int32_t> told;
    for (const auto& one : refused.error().messages) told.push_back(one.number);
    CHECK(told == std::vector<std::int32_t>{983, 4060, 18456});
}
