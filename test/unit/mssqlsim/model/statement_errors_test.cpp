// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// What statements are refused with by events that no row of the contract can bring about, and
// what the double says of what it has not.

namespace {

// The text of the first error.
std::string refused_with(cluster_harness& all, const std::string& batch, std::int32_t number) {
    const auto told = all.run(0, batch);
    CHECK(told.error() == number);
    return told.messages.empty() ? std::string{} : told.messages.front().text;
}

}  // namespace

TEST_CASE("nobody is let in while the engine is not ready") {
    cluster_harness one{reading::a, {}, 1};
    one.crash(0);
    one.start(0);
    const auto who = one.at(0).login({"sa", "Secret-123", "p", "h", "", false}, one.now());
    REQUIRE_FALSE(who);
    REQUIRE(who.error().messages.size() == 1);
    CHECK(who.error().messages.front().number == 18401);
    CHECK(who.error().messages.front().severity == 14);
}

TEST_CASE("a commit whose log was replaced ends its session") {
    cluster_harness one{reading::a, {}, 1};
    REQUIRE(one.run(0, "CREATE DATABASE d; CREATE TABLE d.dbo.t (id int)").error() == 0);
    one.at(0).faults().commits_hang = true;
    const auto waiting = one.send(0, "INSERT d.dbo.t VALUES (1)");
    one.pass(1s);
    REQUIRE_FALSE(waiting->complete);
    REQUIRE(one.run(0, "DROP DATABASE d").error() == 0);
    one.pass(1s);
    CHECK(waiting->error() == 596);
    CHECK(waiting->messages.front().severity == 21);
    CHECK(waiting->ended);
}

TEST_CASE("a replica that is being promoted is told no other role") {
    cluster_harness three;
    three.make_group();
    three.run(0, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(1s);
    three.at(1).faults().slow_promotion = 20s;
    REQUIRE(group_error(three, 1, "FAILOVER") == 0);
    const auto told = three.run(1, "ALTER AVAILABILITY GROUP [ag1] SET (ROLE = SECONDARY)");
    CHECK(told.error() == 41121);
    CHECK(told.messages.front().text.starts_with(
        "The local availability replica of availability group 'ag1' cannot accept signal"));
}

TEST_CASE("how many arguments a function takes is told as one number, or as two") {
    cluster_harness one{reading::a, {}, 1};
    CHECK(refused_with(one, "SELECT LEN(N'a', N'b')", 174) ==
          "The len function requires 1 argument(s).");
    CHECK(refused_with(one, "SELECT QUOTENAME(N'a', N'[', N'x')", 189) ==
          "The quotename function requires 1 to 2 arguments.");
}

TEST_CASE("a type that nobody has is told by the place of what is declared") {
    cluster_harness one{reading::a, {}, 1};
    CHECK(refused_with(one, "SELECT CAST(1 AS colour)", 243) ==
          "Type colour is not a defined system type.");
    CHECK(refused_with(one, "DECLARE @a int, @b colour", 2715) ==
          "Column, parameter, or variable #2: Cannot find data type colour.");
    CHECK(refused_with(one, "CREATE TABLE t (a int, b int, c colour)", 2715) ==
          "Column, parameter, or variable #3: Cannot find data type colour.");
}

TEST_CASE("a transaction changes one database, and is told so") {
    cluster_harness one{reading::a, {}, 1};
    REQUIRE(one.run(0,
                    "CREATE DATABASE a; CREATE TABLE a.dbo.t (id int); CREATE DATABASE b; CREATE "
                    "TABLE b.dbo.t (id int)")
                .error() == 0);
    CHECK(refused_with(
              one, "BEGIN TRAN; INSERT a.dbo.t VALUES (1); INSERT b.dbo.t VALUES (1)", 40510) ==
          "Statement 'a transaction in two databases' is not supported in this version of SQL "
          "Server.");
}
