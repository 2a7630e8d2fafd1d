// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha::mssqlsim;

namespace {

void small_log(instance_options& how) {
    how.log_limit = 20'000;
}

std::string held_by(cluster_harness& all, std::size_t at, const std::string& database = "shop") {
    return text_of(
        all.run(at,
                "SELECT log_reuse_wait_desc FROM sys.databases WHERE name = N'" + database + "'")
            .cell());
}

std::int32_t back_up_log(cluster_harness& all, const std::string& database = "shop") {
    return all.run(0, "BACKUP LOG " + database + " TO DISK = N'NUL'").error();
}

// Writes until the log is full; the message that says so.
std::string fill(cluster_harness& all, const std::string& table) {
    for (int i = 1000; i < 1200; ++i) {
        const auto told =
            all.run(0, "INSERT INTO " + table + " VALUES (" + std::to_string(i) + ", N'word')");
        if (told.error() == 9002) return told.messages.front().text;
        REQUIRE(told.error() == 0);
    }
    return "the log never was full";
}

}  // namespace

TEST_CASE("a log that nobody backs up grows until it is full, and a backup lets it go") {
    cluster_harness all{reading::a, small_log, 1};
    all.run(0, "CREATE DATABASE own; CREATE TABLE own.dbo.t (a int, b nvarchar(20))");
    REQUIRE(held_by(all, 0, "own") == "NOTHING");
    all.run(0, "BACKUP DATABASE own TO DISK = N'NUL'");
    REQUIRE(held_by(all, 0, "own") == "NOTHING");
    CHECK(fill(all, "own.dbo.t")
              .starts_with("The transaction log for database 'own' is full due to 'LOG_BACKUP' and "
                           "the holdup lsn is "
                           "(34:"));
    CHECK(held_by(all, 0, "own") == "LOG_BACKUP");
    CHECK(all.run(0, "CREATE TABLE own.dbo.u (a int)").error() == 9002);
    CHECK(all.run(0, "SELECT COUNT(*) FROM own.dbo.t").error() == 0);
    REQUIRE(back_up_log(all, "own") == 0);
    CHECK(held_by(all, 0, "own") == "NOTHING");
    CHECK(all.run(0, "INSERT INTO own.dbo.t VALUES (1, N'a')").error() == 0);
    all.run(0, "ALTER DATABASE own SET RECOVERY SIMPLE");
    CHECK(fill(all, "own.dbo.t") == "the log never was full");
}

TEST_CASE("a log grows while a secondary takes nothing of it, and is let go when it does again") {
    cluster_harness all{reading::a, small_log};
    all.make_group();
    REQUIRE(back_up_log(all) == 0);
    REQUIRE(all.eventually([&] { return held_by(all, 0) == "NOTHING"; }));
    REQUIRE(all.run(2, "ALTER DATABASE shop SET HADR SUSPEND").error() == 0);
    all.run(0, "CREATE TABLE shop.dbo.u (a int, b nvarchar(20))");
    REQUIRE(back_up_log(all) == 0);
    REQUIRE(all.eventually([&] { return held_by(all, 0) == "AVAILABILITY_REPLICA"; }));
    CHECK(fill(all, "shop.dbo.u")
              .starts_with("The transaction log for database 'shop' is full due to "
                           "'AVAILABILITY_REPLICA' and the "
                           "holdup lsn is (34:"));
    REQUIRE(back_up_log(all) == 0);
    CHECK(all.run(0, "INSERT INTO shop.dbo.u VALUES (1, N'a')").error() == 9002);
    REQUIRE(all.run(2, "ALTER DATABASE shop SET HADR RESUME").error() == 0);
    REQUIRE(all.eventually([&] { return held_by(all, 0) == "NOTHING"; }));
    CHECK(all.run(0, "INSERT INTO shop.dbo.u VALUES (1, N'a')").error() == 0);
}

TEST_CASE("a replica that is away holds the log, and one that was removed does not") {
    cluster_harness all{reading::a, small_log};
    all.make_group();
    REQUIRE(back_up_log(all) == 0);
    all.crash(2);
    all.run(0, "CREATE TABLE shop.dbo.u (a int, b nvarchar(20))");
    REQUIRE(back_up_log(all) == 0);
    REQUIRE(all.eventually([&] { return held_by(all, 0) == "AVAILABILITY_REPLICA"; }));
    REQUIRE(all.run(0, "ALTER AVAILABILITY GROUP [ag1] REMOVE REPLICA ON N'ag-2'").error() == 0);
    CHECK(held_by(all, 0) == "NOTHING");
}
