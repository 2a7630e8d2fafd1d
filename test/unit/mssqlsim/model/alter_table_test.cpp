// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

namespace {

value number(std::int64_t n) {
    return n;
}

}  // namespace

TEST_CASE("a table that is altered has its rows, after a crash too") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int NOT NULL PRIMARY KEY, b int)");
    one.run(0, "INSERT INTO own.dbo.t VALUES (1, 10), (2, 20)");
    REQUIRE(
        one.run(0, "ALTER TABLE own.dbo.t ADD c int NOT NULL DEFAULT 7, d int DEFAULT 8").error() ==
        0);
    REQUIRE(one.run(0, "ALTER TABLE own.dbo.t DROP COLUMN b").error() == 0);
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually(
        [&] { return one.run(0, "SELECT SUM(c) FROM own.dbo.t").cell() == number(14); }));
    CHECK(one.run(0, "SELECT COUNT(d) FROM own.dbo.t").cell() == number(0));
    CHECK(one.run(0, "SELECT b FROM own.dbo.t").error() == 207);
    CHECK(one.run(0, "INSERT INTO own.dbo.t (a) VALUES (1)").error() == 2627);
    CHECK(one.run(0, "INSERT INTO own.dbo.t (a) VALUES (3)").error() == 0);
    CHECK(one.run(0, "SELECT d FROM own.dbo.t WHERE a = 3").cell() == number(8));
}

TEST_CASE("ALTER TABLE waits for the changes of others, and loses none of them") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int)");
    const auto other = one.login(0, "own");
    one.run_on(0, other, "BEGIN TRANSACTION; INSERT INTO t VALUES (1)");
    const auto waiting = one.send(0, "ALTER TABLE own.dbo.t ADD b int");
    one.pass(1s);
    REQUIRE_FALSE(waiting->complete);
    one.run_on(0, other, "COMMIT");
    REQUIRE(one.eventually([&] { return waiting->complete; }));
    REQUIRE(waiting->error() == 0);
    CHECK(one.run(0, "SELECT COUNT(*) FROM own.dbo.t WHERE b IS NULL").cell() == number(1));
}

TEST_CASE("ALTER TABLE that is rolled back never was, and that fails changes nothing") {
    cluster_harness one{reading::a, {}, 1};
    one.run(
        0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int); INSERT INTO own.dbo.t VALUES (5)");
    const auto session = one.login(0, "own");
    one.run_on(0, session, "BEGIN TRANSACTION; ALTER TABLE t ADD b int; UPDATE t SET b = 6");
    CHECK(one.run_on(0, session, "SELECT b FROM t").cell() == number(6));
    one.run_on(0, session, "ROLLBACK");
    CHECK(one.run_on(0, session, "SELECT b FROM t").error() == 207);
    CHECK(one.run_on(0, session, "SELECT a FROM t").cell() == number(5));
    CHECK(one.run_on(0, session, "ALTER TABLE t ADD c int NOT NULL").error() == 4901);
    CHECK(one.run_on(0, session, "ALTER TABLE t ADD c int, A int").error() == 2705);
    CHECK(one.run_on(0, session, "SELECT * FROM t").cell() == number(5));
}
