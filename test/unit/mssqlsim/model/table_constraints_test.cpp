// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Keys and indexes of tables beyond their statements' words, which the contract has: crashes,
// rollbacks, sessions that wait for each other.

namespace {

value number(std::int64_t n) {
    return n;
}

}  // namespace

TEST_CASE("UNIQUE and indexes hold after a crash, as they did before it") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int CONSTRAINT one_a UNIQUE, b int)");
    one.run(0, "INSERT INTO own.dbo.t VALUES (1, 10), (2, 20), (NULL, 30)");
    REQUIRE(one.run(0, "CREATE UNIQUE INDEX ix ON own.dbo.t (b)").error() == 0);
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually(
        [&] { return one.run(0, "SELECT COUNT(*) FROM own.dbo.t").cell() == number(3); }));
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (1, 40)").error() == 2627);
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (NULL, 40)").error() == 2627);
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (3, 10)").error() == 2601);
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (3, 40)").error() == 0);
    CHECK(one.run(0, "DROP INDEX ix ON own.dbo.t").error() == 0);
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (4, 40)").error() == 0);
}

TEST_CASE("an index that is rolled back never was") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int)");
    const auto session = one.login(0, "own");
    one.run_on(0, session, "BEGIN TRANSACTION; CREATE UNIQUE INDEX ix ON t (a)");
    one.run_on(0, session, "INSERT INTO t VALUES (1)");
    CHECK(one.run_on(0, session, "INSERT INTO t VALUES (1)").error() == 2601);
    one.run_on(0, session, "ROLLBACK");
    CHECK(one.run_on(0, session, "INSERT INTO t VALUES (1), (1)").error() == 0);
    CHECK(one.run_on(0, session, "CREATE UNIQUE INDEX ix ON t (a)").error() == 1505);
    CHECK(one.run_on(0, session, "DROP INDEX ix ON t").error() == 3701);
}

TEST_CASE("keys are looked at when a statement has changed all of its rows") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int PRIMARY KEY, b int UNIQUE)");
    const auto session = one.login(0, "own");
    one.run_on(0, session, "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    CHECK(one.run_on(0, session, "UPDATE t SET a = a + 1, b = b + 1").error() == 0);
    CHECK(one.run_on(0, session, "UPDATE t SET a = 6 - a, b = 6 - b").error() == 0);
    CHECK(one.run_on(0, session, "UPDATE t SET b = 7").error() == 2627);
    CHECK(one.run_on(0, session, "SELECT SUM(a * b) FROM t").cell() == number(29));
    one.run_on(0, session, "BEGIN TRANSACTION; DELETE FROM t WHERE a = 2");
    CHECK(one.run_on(0, session, "INSERT INTO t VALUES (2, 2)").error() == 0);
    CHECK(one.run_on(0, session, "INSERT INTO t VALUES (9, 2)").error() == 2627);
    CHECK(one.run_on(0, session, "UPDATE t SET b = 12 WHERE b = 2").error() == 0);
    CHECK(one.run_on(0, session, "INSERT INTO t VALUES (9, 2)").error() == 0);
    one.run_on(0, session, "COMMIT");
    CHECK(one.run_on(0, session, "SELECT COUNT(*) FROM t").cell() == number(4));
}

TEST_CASE("a key that another transaction erased is waited for") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int UNIQUE); "
            "INSERT INTO own.dbo.t VALUES (1)");
    const auto other = one.login(0, "own");
    one.run_on(0, other, "BEGIN TRANSACTION; DELETE FROM t");
    const auto waiting = one.send(0, "INSERT INTO own.dbo.t VALUES (1)");
    one.pass(1s);
    REQUIRE_FALSE(waiting->complete);
    one.run_on(0, other, "COMMIT");
    REQUIRE(one.eventually([&] { return waiting->complete; }));
    CHECK(waiting->error() == 0);
    CHECK(one.run(0, "SELECT COUNT(*) FROM own.dbo.t").cell() == number(1));
}

TEST_CASE("an identity goes on when its table gets an index") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (id int IDENTITY, a int)");
    one.run(0, "INSERT INTO own.dbo.t VALUES (1), (2), (3); DELETE FROM own.dbo.t WHERE id > 1");
    REQUIRE(one.run(0, "CREATE INDEX ix ON own.dbo.t (a) INCLUDE (id)").error() == 0);
    one.run(0, "INSERT INTO own.dbo.t VALUES (4)");
    CHECK(one.run(0, "SELECT MAX(id) FROM own.dbo.t").cell() == number(4));
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually(
        [&] { return one.run(0, "SELECT COUNT(*) FROM own.dbo.t").cell() == number(2); }));
    one.run(0, "INSERT INTO own.dbo.t VALUES (5)");
    CHECK(one.run(0, "SELECT MAX(id) FROM own.dbo.t").cell() == number(5));
}

TEST_CASE("CHECK holds after a crash, as it did before it") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int CHECK (a > 0), b int, "
            "CONSTRAINT wider CHECK (b > a AND b <> 7 OR b = -1))");
    REQUIRE(one.run(0, "INSERT INTO own.dbo.t VALUES (1, 2), (NULL, NULL), (5, -1)").error() == 0);
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually(
        [&] { return one.run(0, "SELECT COUNT(*) FROM own.dbo.t").cell() == number(3); }));
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (0, 2)").error() == 547);
    CHECK(one.run(0, "INSERT INTO own.dbo.t VALUES (2, 2)").error() == 547);
    CHECK(one.run(0, "UPDATE own.dbo.t SET b = 7 WHERE a = 1").error() == 547);
    CHECK(one.run(0, "UPDATE own.dbo.t SET a = NULL, b = 8").error() == 0);
}

TEST_CASE("a foreign key holds after a crash, with what it sets off") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.p (id int PRIMARY KEY); "
            "CREATE TABLE own.dbo.c (id int, p int CONSTRAINT fk REFERENCES p ON DELETE CASCADE)");
    const auto session = one.login(0, "own");
    REQUIRE(one.run_on(0,
                       session,
                       "INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (1, 1), (2, 1), (3, 2)")
                .error() == 0);
    REQUIRE(one.run_on(0, session, "DELETE FROM p WHERE id = 1").error() == 0);
    one.crash(0);
    one.start(0);
    REQUIRE(one.eventually(
        [&] { return one.run(0, "SELECT COUNT(*) FROM own.dbo.c").cell() == number(1); }));
    CHECK(one.run(0, "INSERT INTO own.dbo.c VALUES (4, 1)").error() == 547);
    CHECK(one.run(0, "UPDATE own.dbo.p SET id = 5").error() == 547);
    CHECK(one.run(0, "DELETE FROM own.dbo.p").error() == 0);
    CHECK(one.run(0, "SELECT COUNT(*) FROM own.dbo.c").cell() == number(0));
    CHECK(one.run(0, "DROP TABLE own.dbo.p").error() == 3726);
}

TEST_CASE("what another transaction did with rows that are referred to is waited for") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.p (id int PRIMARY KEY); "
            "CREATE TABLE own.dbo.c (id int, p int REFERENCES p)");
    one.run(0, "INSERT INTO own.dbo.p VALUES (1), (2)");
    const auto other = one.login(0, "own");
    one.run_on(0, other, "BEGIN TRANSACTION; DELETE FROM p WHERE id = 1; INSERT INTO p VALUES (3)");
    const auto orphan = one.send(0, "INSERT INTO own.dbo.c VALUES (1, 1)");
    const auto child = one.send(0, "INSERT INTO own.dbo.c VALUES (3, 3)");
    one.pass(1s);
    REQUIRE_FALSE(orphan->complete);
    REQUIRE_FALSE(child->complete);
    one.run_on(0, other, "COMMIT");
    REQUIRE(one.eventually([&] { return orphan->complete && child->complete; }));
    CHECK(orphan->error() == 547);
    CHECK(child->error() == 0);

    // Nobody waits for those who refer to the same row.
    one.run_on(0, other, "BEGIN TRANSACTION; INSERT INTO c VALUES (5, 2)");
    CHECK(one.run(0, "INSERT INTO own.dbo.c VALUES (6, 2)").error() == 0);
    const auto parent = one.send(0, "DELETE FROM own.dbo.p WHERE id = 2");
    one.pass(1s);
    REQUIRE_FALSE(parent->complete);
    one.run_on(0, other, "ROLLBACK");
    REQUIRE(one.eventually([&] { return parent->complete; }));
    CHECK(parent->error() == 547);
}

TEST_CASE("a foreign key that is rolled back never was") {
    cluster_harness one{reading::a, {}, 1};
    one.run(0,
            "CREATE DATABASE own; CREATE TABLE own.dbo.p (id int PRIMARY KEY); "
            "INSERT INTO own.dbo.p VALUES (1)");
    const auto session = one.login(0, "own");
    one.run_on(
        0, session, "BEGIN TRANSACTION; CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE)");
    CHECK(one.run_on(0, session, "INSERT INTO c VALUES (2)").error() == 547);
    CHECK(one.run_on(0, session, "INSERT INTO c VALUES (1)").error() == 0);
    CHECK(one.run_on(0, session, "DELETE FROM p; SELECT COUNT(*) FROM c").cell() == number(0));
    one.run_on(0, session, "ROLLBACK");
    CHECK(one.run_on(0, session, "SELECT COUNT(*) FROM p").cell() == number(1));
    CHECK(one.run_on(0, session, "DROP TABLE p").error() == 0);
}

TEST_CASE("constraints are on every replica, after a change of the primary too") {
    cluster_harness three;
    three.make_group();
    REQUIRE(three
                .run(0,
                     "USE shop; CREATE TABLE p (id int PRIMARY KEY, code int CONSTRAINT one_code "
                     "UNIQUE); CREATE TABLE c (id int CONSTRAINT ck CHECK (id > 0), p int "
                     "CONSTRAINT fk REFERENCES p ON DELETE CASCADE); CREATE UNIQUE INDEX ix ON c "
                     "(id); INSERT INTO p VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 1)")
                .error() == 0);
    three.crash(0);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(std::chrono::seconds{1});
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually(
        [&] { return three.run(1, "USE shop; INSERT INTO p VALUES (3, 3)").error() == 0; }));
    CHECK(three.run(1, "USE shop; INSERT INTO p VALUES (4, 1)").error() == 2627);
    CHECK(three.run(1, "USE shop; INSERT INTO c VALUES (1, 2)").error() == 2601);
    CHECK(three.run(1, "USE shop; INSERT INTO c VALUES (-1, 2)").error() == 547);
    CHECK(three.run(1, "USE shop; INSERT INTO c VALUES (2, 9)").error() == 547);
    CHECK(three.run(1, "USE shop; DELETE FROM p WHERE id = 1").error() == 0);
    CHECK(three.run(1, "SELECT COUNT(*) FROM shop.dbo.c").cell() == number(0));
}
