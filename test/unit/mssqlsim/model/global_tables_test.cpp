// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Global temporary tables (##name).

namespace {

struct two_sessions {
    cluster_harness all{reading::a, {}, 1};
    session_number first = all.login(0);
    session_number second = all.login(0);

    reply at(session_number session, const std::string& text) {
        return all.run_on(0, session, text);
    }
    std::int64_t count(session_number session) {
        const auto seen = at(session, "SELECT COUNT(*) FROM ##t").cell();
        const auto* found = std::get_if<std::int64_t>(&seen);
        return found == nullptr ? -1 : *found;
    }
};

constexpr const char* make = "CREATE TABLE ##t (id int NOT NULL PRIMARY KEY, v nvarchar(20))";

}  // namespace

TEST_CASE("all sessions see a global temporary table, and change it") {
    two_sessions both;
    REQUIRE(both.at(both.first, make).error() == 0);
    REQUIRE(both.at(both.second, "INSERT INTO ##t VALUES (1, N'one')").error() == 0);
    CHECK(both.count(both.first) == 1);
    CHECK(both.at(both.first, "UPDATE tempdb..##t SET v = N'two'").error() == 0);
    CHECK(both.at(both.second, "SELECT v FROM ##t").cell() == value{std::string{"two"}});
    CHECK(both.at(both.second, make).error() == 2714);
    CHECK(both.at(both.second, "INSERT INTO ##t VALUES (1, N'again')").error() == 2627);
    CHECK(
        both.at(both.second, "SELECT CASE WHEN OBJECT_ID(N'tempdb..##t') < 0 THEN 1 END").cell() ==
        value{std::int64_t{1}});
    REQUIRE(both.at(both.second, "DROP TABLE ##t").error() == 0);
    CHECK(both.at(both.first, "SELECT * FROM ##t").error() == 208);
    CHECK(both.at(both.first, "DROP TABLE ##t").error() == 3701);
    CHECK(both.at(both.first, "DROP TABLE IF EXISTS ##t").error() == 0);
}

TEST_CASE("a global temporary table ends with the session that made it") {
    two_sessions both;
    both.at(both.first, "EXEC sp_executesql N'" + std::string{make} + "'");
    REQUIRE(both.count(both.second) == 0);
    both.all.at(0).close(both.first, both.all.now());
    CHECK(both.at(both.second, "SELECT * FROM ##t").error() == 208);
    CHECK(both.at(both.second, make).error() == 0);
}

TEST_CASE("a reset connection is a session that ended") {
    two_sessions both;
    both.at(both.first, make);
    both.all.at(0).reset(both.first, both.all.now());
    CHECK(both.at(both.second, "SELECT * FROM ##t").error() == 208);
}

TEST_CASE("a transaction that is in a global temporary table keeps it") {
    two_sessions both;
    both.at(both.first, make);
    both.at(both.second, "BEGIN TRANSACTION; INSERT INTO ##t VALUES (1, N'one')");
    both.all.at(0).close(both.first, both.all.now());
    CHECK(both.count(both.second) == 1);
    CHECK(number_at(both.all, 0, "SELECT COUNT(*) FROM ##t") == -1);
    both.at(both.second, "COMMIT");
    CHECK(both.count(both.second) == -1);
}

TEST_CASE("what a transaction changed in a global temporary table is its own until the commit") {
    two_sessions both;
    both.at(both.first, make);
    both.at(both.first, "INSERT INTO ##t VALUES (1, N'one'), (2, N'two')");
    both.at(both.first,
            "BEGIN TRANSACTION; DELETE FROM ##t WHERE id = 1; INSERT INTO ##t VALUES (3, "
            "N'three'), (4, N'four')");
    CHECK(both.count(both.first) == 3);
    CHECK(both.count(both.second) == 2);
    both.at(both.first, "ROLLBACK");
    CHECK(both.count(both.first) == 2);
    both.at(both.first, "BEGIN TRANSACTION; DELETE FROM ##t WHERE id = 1; COMMIT");
    CHECK(both.count(both.second) == 1);
}

TEST_CASE("who changes a row of a global temporary table that another one changed waits for him") {
    two_sessions both;
    both.at(both.first, make);
    both.at(both.first, "INSERT INTO ##t VALUES (1, N'one')");
    both.at(both.first, "BEGIN TRANSACTION; UPDATE ##t SET v = N'first'");
    auto waiting = both.all.send(0, "UPDATE ##t SET v = v + N' and second'");
    both.all.pass(5s);
    REQUIRE_FALSE(waiting->complete);
    auto dropping = both.all.send(0, "DROP TABLE ##t");
    both.all.pass(5s);
    REQUIRE_FALSE(dropping->complete);
    both.at(both.first, "COMMIT");
    REQUIRE(both.all.eventually([&] { return waiting->complete && dropping->complete; }));
    CHECK(waiting->error() == 0);
    CHECK(dropping->error() == 0);
    CHECK(both.count(both.second) == -1);
}

TEST_CASE("a statement that waits in a global temporary table outlasts the session that made it") {
    two_sessions both;
    both.at(both.first, make);
    both.at(both.first, "INSERT INTO ##t VALUES (1, N'one')");
    both.at(both.second, "BEGIN TRANSACTION; UPDATE ##t SET v = N'second'");
    auto waiting = both.all.send(0, "DELETE FROM ##t");
    both.all.pass(2s);
    REQUIRE_FALSE(waiting->complete);
    both.all.at(0).close(both.first, both.all.now());
    both.at(both.second, "COMMIT");
    REQUIRE(both.all.eventually([&] { return waiting->complete; }));
    CHECK(waiting->error() == 0);
    CHECK(both.count(both.second) == -1);
}

TEST_CASE("a transaction that is rolled back made and dropped no global temporary table") {
    two_sessions both;
    both.at(both.first,
            "BEGIN TRANSACTION; " + std::string{make} + "; INSERT INTO ##t VALUES (1, N'one')");
    CHECK(both.count(both.first) == 1);
    CHECK(both.count(both.second) == -1);
    CHECK(both.at(both.second, make).error() == 2714);
    both.at(both.first, "ROLLBACK");
    CHECK(both.count(both.first) == -1);
    both.at(both.first, make);
    both.at(both.first, "BEGIN TRANSACTION; DROP TABLE ##t; SELECT 7 AS id INTO ##t");
    CHECK(both.count(both.first) == 1);
    both.at(both.first, "ROLLBACK");
    CHECK(both.count(both.second) == 0);
}

TEST_CASE("one transaction changes a database and a global temporary table") {
    two_sessions both;
    both.all.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (id int NOT NULL PRIMARY KEY)");
    both.at(both.first, make);
    both.at(both.first,
            "BEGIN TRANSACTION; INSERT INTO own.dbo.t VALUES (5); INSERT INTO ##t SELECT id, N'x' "
            "FROM own.dbo.t; COMMIT");
    CHECK(both.count(both.second) == 1);
    CHECK(number_at(both.all, 0, "SELECT COUNT(*) FROM own.dbo.t") == 1);
}

TEST_CASE("a global temporary table is altered, truncated and counts its rows") {
    two_sessions both;
    both.at(both.first, "CREATE TABLE ##t (id int IDENTITY(10, 5), v int)");
    both.at(both.second, "INSERT INTO ##t (v) VALUES (1), (2)");
    CHECK(both.at(both.first, "SELECT MAX(id) FROM ##t").cell() == value{std::int64_t{15}});
    REQUIRE(both.at(both.second, "ALTER TABLE ##t ADD w int NULL").error() == 0);
    CHECK(both.at(both.first, "SELECT COUNT(*) FROM ##t WHERE w IS NULL").cell() ==
          value{std::int64_t{2}});
    REQUIRE(both.at(both.second, "TRUNCATE TABLE ##t").error() == 0);
    both.at(both.first, "INSERT INTO ##t (v) VALUES (3)");
    CHECK(both.at(both.second, "SELECT MAX(id) FROM ##t").cell() == value{std::int64_t{10}});
    both.all.at(0).close(both.first, both.all.now());
    CHECK(both.count(both.second) == -1);
}
