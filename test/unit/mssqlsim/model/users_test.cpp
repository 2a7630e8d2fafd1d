// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha::mssqlsim;

namespace {

// A connection of a login of one's own.
std::optional<session_number> enter(cluster_harness& three,
                                    std::size_t at,
                                    const std::string& user,
                                    const std::string& database) {
    auto who = three.at(at).login({user, "Secret-123", "p", "h", database, false}, three.now());
    return who ? std::optional{who->session} : std::nullopt;
}

constexpr const char* same_sid = "0x0123456789ABCDEF0123456789ABCDEF";

void make_login(cluster_harness& three, std::size_t at, const std::string& more = {}) {
    REQUIRE(three.run(at, "CREATE LOGIN [low] WITH PASSWORD = N'Secret-123'" + more).error() == 0);
}

}  // namespace

TEST_CASE("a user of a database is on every replica, after a change of the primary too") {
    cluster_harness three;
    three.make_group();
    for (std::size_t at = 0; at < 3; ++at)
        make_login(three, at, std::string{", SID = "} + same_sid);
    const auto made =
        three.run(0, "USE shop; CREATE USER [low]; GRANT SELECT, INSERT ON t TO [low]");
    REQUIRE(made.error() == 0);
    three.crash(0);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(std::chrono::seconds{1});
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return enter(three, 1, "low", "shop").has_value(); }));
    const auto there = enter(three, 1, "low", "shop");
    REQUIRE(there);
    REQUIRE(three.run_on(1, *there, "SELECT COUNT(*) FROM t").error() == 0);
    REQUIRE(three.run_on(1, *there, "DELETE FROM t").error() == 229);
    REQUIRE(three.run_on(1, *there, "SELECT USER_NAME()").cell() == value{std::string{"low"}});
}

TEST_CASE("users come back after a crash, and so does what they may do") {
    cluster_harness three{reading::a, {}, 1};
    make_login(three, 0);
    three.run(0, "CREATE DATABASE own");
    REQUIRE(three
                .run(0,
                     "USE own; CREATE TABLE t (a int); CREATE USER [low]; CREATE ROLE [r]; ALTER "
                     "ROLE [r] ADD MEMBER [low]; GRANT SELECT TO [r]; DENY INSERT ON t TO [low]")
                .error() == 0);
    three.crash(0);
    three.start(0);
    REQUIRE(three.eventually([&] { return enter(three, 0, "low", "own").has_value(); }));
    const auto there = enter(three, 0, "low", "own");
    REQUIRE(three.run_on(0, *there, "SELECT a FROM t").error() == 0);
    REQUIRE(three.run_on(0, *there, "INSERT INTO t VALUES (1)").error() == 229);
}

TEST_CASE("a user that was made in a transaction that is rolled back never was") {
    cluster_harness three{reading::a, {}, 1};
    make_login(three, 0);
    three.run(0, "CREATE DATABASE own");
    const auto session = three.login(0);
    three.run_on(0, session, "USE own; BEGIN TRANSACTION; CREATE USER [low]");
    REQUIRE(
        three.run_on(0, session, "SELECT COUNT(*) FROM sys.database_principals WHERE name = N'low'")
            .cell() == value{std::int64_t{1}});
    REQUIRE_FALSE(enter(three, 0, "low", "own"));
    three.run_on(0, session, "ROLLBACK");
    REQUIRE(three.run_on(0, session, "DROP USER [low]").error() == 15151);
    REQUIRE(three.run_on(0, session, "CREATE USER [low]").error() == 0);
    REQUIRE(enter(three, 0, "low", "own"));
}

TEST_CASE("no statement reaches the tables that hold users") {
    cluster_harness three{reading::a, {}, 1};
    three.run(0, "CREATE DATABASE own");
    const auto session = three.login(0, "own");
    three.run_on(0, session, "CREATE USER [low] WITHOUT LOGIN");
    for (const char* text : {"SELECT * FROM [sys.database_principals]",
                             "DELETE FROM [sys.database_principals]",
                             "UPDATE dbo.[sys.database_principals] SET id = 1"})
        REQUIRE(three.run_on(0, session, text).error() == 208);
    REQUIRE(three.run_on(0, session, "DROP TABLE [sys.database_principals]").error() == 3701);
    REQUIRE(three.run_on(0, session, "CREATE TABLE [sys.database_principals] (a int)").error() ==
            2714);
    REQUIRE(three.run_on(0, session, "SELECT COUNT(*) FROM sys.tables").cell() ==
            value{std::int64_t{0}});
}

TEST_CASE("of several grantees one that is not there changes nothing for the others") {
    cluster_harness three{reading::a, {}, 1};
    make_login(three, 0);
    three.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int)");
    const auto session = three.login(0, "own");
    three.run_on(0, session, "CREATE USER [low]");
    REQUIRE(three.run_on(0, session, "GRANT SELECT ON t TO [low], [nobody]").error() == 15151);
    const auto there = enter(three, 0, "low", "own");
    REQUIRE(there);
    REQUIRE(three.run_on(0, *there, "SELECT a FROM t").error() == 229);
}

TEST_CASE("a secondary makes no users") {
    cluster_harness three;
    three.make_group();
    three.run(0,
              "ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'ag-1' WITH (SECONDARY_ROLE "
              "(ALLOW_CONNECTIONS = ALL))");
    REQUIRE(three.eventually(
        [&] { return three.run(1, "USE shop; CREATE USER [low] WITHOUT LOGIN").error() == 3906; }));
}
