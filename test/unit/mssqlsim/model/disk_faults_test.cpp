// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// A disk that is full, or that may only be read; a wall clock that is off.

namespace {

void make_table(cluster_harness& all) {
    all.run(0, "CREATE DATABASE d; CREATE TABLE d.dbo.t (id int NOT NULL PRIMARY KEY, n int)");
    REQUIRE(all.run(0, "INSERT d.dbo.t VALUES (1, 1)").error() == 0);
}

value count(cluster_harness& all, const std::string& table = "d.dbo.t") {
    return all.run(0, "SELECT COUNT(*) FROM " + table).cell();
}

// A transaction that is open, with a second row.
session_number begin_row(cluster_harness& all) {
    const auto session = all.login(0);
    REQUIRE(all.run_on(0, session, "BEGIN TRAN; INSERT d.dbo.t VALUES (2, 2)").error() == 0);
    return session;
}

}  // namespace

TEST_CASE("on a full disk new rows find no room in the data file, and a DELETE none in the log") {
    cluster_harness three;
    make_table(three);
    three.at(0).faults().disk_full = true;
    const auto refused = three.run(0, "INSERT d.dbo.t VALUES (2, 2)");
    CHECK(refused.error() == 1105);
    CHECK(refused.messages.front().severity == 17);
    CHECK(three.run(0, "UPDATE d.dbo.t SET n = 5").error() == 1105);
    CHECK(three.run(0, "CREATE TABLE d.dbo.u (id int)").error() == 1105);
    CHECK(three.run(0, "DELETE d.dbo.t").error() == 9002);
    CHECK(three.run(0, "CREATE DATABASE e").error() == 5149);
    CHECK(three.run(0, "BACKUP DATABASE d TO DISK = N'/b.bak'").error() == 3202);
    CHECK(count(three) == value{std::int64_t{1}});
    CHECK(lines_with(three, 0, "MODIFY FILE encountered operating system error 31") == 1);
    three.at(0).faults().disk_full = false;
    CHECK(three.run(0, "INSERT d.dbo.t VALUES (2, 2); DELETE d.dbo.t WHERE id = 1").error() == 0);
    CHECK(three.run(0, "CREATE DATABASE e").error() == 0);
}

TEST_CASE("what was changed before the disk was full can be committed, and nothing more be added") {
    cluster_harness three;
    make_table(three);
    const auto session = begin_row(three);
    three.at(0).faults().disk_full = true;
    CHECK(three.run_on(0, session, "INSERT d.dbo.t VALUES (3, 3)").error() == 1105);
    CHECK(three.run_on(0, session, "COMMIT").error() == 0);
    CHECK(count(three) == value{std::int64_t{2}});
}

TEST_CASE("a disk that may only be read ends the sessions that write, and no others") {
    cluster_harness three;
    make_table(three);
    const auto session = begin_row(three);
    three.at(0).faults().disk_read_only = true;
    const auto lost = three.run_on(0, session, "COMMIT");
    CHECK(lost.error() == 9001);
    CHECK(lost.ended);
    const auto refused = three.run(0, "DELETE d.dbo.t");
    CHECK(refused.error() == 9001);
    CHECK(refused.messages.front().severity == 21);
    CHECK(refused.ended);
    CHECK(three.run(0, "CREATE DATABASE e").error() == 5123);
    CHECK(three.run(0, "BACKUP DATABASE d TO DISK = N'/b.bak'").error() == 3201);
    CHECK(count(three) == value{std::int64_t{1}});
    CHECK(lines_with(three, 0, "LogWriter: Operating system error 19") == 2);
    three.at(0).faults().disk_read_only = false;
    CHECK(three.run(0, "INSERT d.dbo.t VALUES (2, 2)").error() == 0);
}

TEST_CASE("a secondary whose disk is full suspends its copy, and the primary goes on") {
    cluster_harness three;
    three.make_group();
    three.at(2).faults().disk_full = true;
    CHECK(three.run(0, "INSERT shop.dbo.t (id) VALUES (1)").error() == 0);
    CHECK(three.eventually([&] { return three.synchronized(0) == 2; }));
    CHECK(lines_with(three, 2, "has been suspended for the following reason") == 1);
    CHECK(text_of(three
                      .run(2,
                           "SELECT suspend_reason_desc FROM sys.dm_hadr_database_replica_states "
                           "WHERE is_local = 1")
                      .cell()) == "SUSPEND_FROM_REDO");
    CHECK(three.run(0, "INSERT shop.dbo.t (id) VALUES (2)").error() == 0);
    CHECK(count(three, "shop.dbo.t") == value{std::int64_t{2}});
    three.at(2).faults().disk_full = false;
    three.pass(30s);
    CHECK(three.synchronized(0) == 2);  // until somebody says so
    CHECK(three.run(2, "ALTER DATABASE shop SET HADR RESUME").error() == 0);
    CHECK(three.eventually([&] { return three.synchronized(0) == 3; }));
    CHECK(three.run(2, "SELECT COUNT(*) FROM shop.dbo.t").cell() == value{std::int64_t{2}});
}

TEST_CASE("a wall clock that is off moves dates and certificates, and no ticks") {
    cluster_harness three;
    three.make_group();
    const auto ticks = [&] {
        return std::get<std::int64_t>(
            three.run(0, "SELECT ms_ticks FROM sys.dm_os_sys_info").cell());
    };
    const auto day = [&] {
        return std::get<std::int64_t>(
            three.run(0, "SELECT DATEDIFF(day, '2000-01-01T00:00:00', GETDATE())").cell());
    };
    const auto before = day();
    const auto first = ticks();
    three.at(0).faults().clock_offset = std::chrono::hours{24 * 365 * 20};
    CHECK(day() == before + 365 * 20);
    CHECK(ticks() - first < 1000);
    // The certificates of the harness end in 2035: new connections are refused, old ones stay.
    CHECK(three.synchronized(0) == 3);
    three.run(0, "ALTER ENDPOINT [hadr] STATE = STOPPED");
    three.run(0, "ALTER ENDPOINT [hadr] STATE = STARTED");
    three.pass(5s);
    CHECK(lines_with(three, 0, "Certificate expired") > 0);
    three.at(0).faults().clock_offset = {};
    CHECK(three.eventually([&] { return three.synchronized(0) == 3; }));
    CHECK(day() == before);
}
