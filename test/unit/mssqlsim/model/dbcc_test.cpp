// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// DBCC as people and monitors ask it, and the views that stand beside it: processes, files, logs.

namespace {

std::string numbers(const reply& seen) {
    std::string made;
    for (const auto& one : seen.messages)
        made += (made.empty() ? "" : ",") + std::to_string(one.number);
    return made;
}

}  // namespace

TEST_CASE("trace flags are a session's, or everybody's until the restart") {
    cluster_harness all;
    const auto one = all.login(0);
    const auto other = all.login(0);
    CHECK(numbers(all.run_on(0, one, "DBCC TRACEON (3604)")) == "2528");
    CHECK(numbers(all.run_on(0, one, "DBCC TRACEON (1222, -1) WITH NO_INFOMSGS")).empty());
    CHECK(all.run_on(0, one, "DBCC TRACESTATUS ()").cells() == "1222,1,1,0;3604,1,0,1");
    CHECK(all.run_on(0, other, "DBCC TRACESTATUS").cells() == "1222,1,1,0");
    CHECK(all.run_on(0, other, "DBCC TRACESTATUS (3604, 1222)").cells() == "1222,1,1,0;3604,0,0,0");
    CHECK(all.run_on(0, one, "DBCC TRACESTATUS (3604, -1)").cells() == "3604,0,0,1");
    all.run_on(0, one, "DBCC TRACEOFF (3604)");
    CHECK(all.run_on(0, one, "DBCC TRACESTATUS (-1)").cells() == "1222,1,1,0");
    all.restart(0);
    const auto seen = all.run(0, "DBCC TRACESTATUS (-1)");
    CHECK(seen.sets.empty());
    CHECK(numbers(seen) == "2528");
}

TEST_CASE("the oldest transaction that wrote is told, and that there is none") {
    cluster_harness all;
    REQUIRE(all.run(0, "CREATE DATABASE d").error() == 0);
    REQUIRE(all.run(0, "USE d; CREATE TABLE t (a int)").error() == 0);
    const auto session = all.login(0, "d");
    all.run_on(0, session, "BEGIN TRANSACTION");
    CHECK(numbers(all.run(0, "DBCC OPENTRAN (N'd')")) == "7969,2528");
    all.run_on(0, session, "INSERT INTO t VALUES (1)");
    const auto seen = all.run(0, "DBCC OPENTRAN (d)");
    CHECK(numbers(seen) == "7968,7970,7971,7972,7974,2528");
    CHECK(seen.messages.at(2).text.find(std::to_string(session)) != std::string::npos);
    all.run_on(0, session, "ROLLBACK");
    CHECK(numbers(all.run_on(0, session, "DBCC OPENTRAN")) == "7969,2528");
}

TEST_CASE("space in logs, by DBCC and by the view") {
    cluster_harness all;
    REQUIRE(all.run(0, "CREATE DATABASE d").error() == 0);
    REQUIRE(all.run(0,
                    "USE d; CREATE TABLE t (a int); BACKUP DATABASE d TO DISK = N'NUL'; "
                    "INSERT INTO t VALUES (1)")
                .error() == 0);
    const auto told = all.run(0, "DBCC SQLPERF (LOGSPACE)");
    REQUIRE(told.sets.size() == 1);
    CHECK(told.sets.front().rows.size() == 5);
    CHECK(told.sets.front().columns[1].name == "Log Size (MB)");
    CHECK(all.run(0,
                  "USE d; SELECT IIF(used_log_space_in_bytes > 0 AND "
                  "used_log_space_in_bytes = log_space_in_bytes_since_last_backup, 1, 0) "
                  "FROM sys.dm_db_log_space_usage")
              .cells() == "1");
    CHECK(all.run(0, "DBCC SQLPERF (WAITSTATS)").error() == 40510);
    CHECK(all.run(0, "DBCC CHECKDB").error() == 40510);
    CHECK(all.run(0, "DBCC OPENTRAN WITH TABLERESULTS").error() == 40510);
}

TEST_CASE("a function's arguments choose among its rows, beside others' rows, too") {
    cluster_harness all;
    REQUIRE(all.run(0, "CREATE DATABASE d").error() == 0);
    CHECK(all.run(0, "SELECT COUNT(*) FROM sys.dm_io_virtual_file_stats(NULL, NULL)").cells() ==
          "10");
    CHECK(all.run(0,
                  "SELECT database_id, file_id FROM "
                  "sys.dm_io_virtual_file_stats(DB_ID(N'd'), 2) AS f")
              .cells() == "5,2");
    CHECK(all.run(0,
                  "SELECT d.name, f.file_id FROM sys.databases AS d CROSS APPLY "
                  "sys.dm_io_virtual_file_stats(d.database_id, DEFAULT) AS f "
                  "WHERE d.database_id > 4 ORDER BY 2")
              .cells() == "d,1;d,2");
    CHECK(all.run(0, "SELECT 1 FROM sys.dm_io_virtual_file_stats(1)").error() == 102);
}

TEST_CASE("processes are found as a table of master, too") {
    cluster_harness all;
    const auto session = all.login(0);
    const std::string own = std::to_string(session);
    for (const char* name : {"sys.sysprocesses", "master..sysprocesses", "master.dbo.sysprocesses"})
        CHECK(all.run_on(
                     0,
                     session,
                     std::string{"SELECT spid, cmd, blocked FROM "} + name + " WHERE spid = @@SPID")
                  .cells() == own + ",SELECT,0");
}
