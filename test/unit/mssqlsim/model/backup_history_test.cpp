// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/codec.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// What msdb tells of backups: their kinds, their places in the log, where they were written.

namespace {

// All cells of the last answer, row by row.
std::string told(cluster_harness& all, std::size_t at, const std::string& text) {
    return all.run(at, text).cells();
}

void make_database(cluster_harness& all) {
    REQUIRE(all.run(0, "CREATE DATABASE d").error() == 0);
    const auto seen = all.run(0, "USE d; CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    REQUIRE(seen.error() == 0);
}

const std::string kinds =
    "SELECT type, is_copy_only, begins_log_chain FROM msdb.dbo.backupset ORDER BY backup_set_id";

}  // namespace

TEST_CASE("each backup is a row of its kind, and a restart keeps them") {
    cluster_harness all;
    make_database(all);
    CHECK(told(all, 0, "SELECT COUNT(*) FROM msdb.dbo.backupset") == "0");
    CHECK(told(all, 0, "BACKUP DATABASE d TO DISK = N'/a' WITH DIFFERENTIAL") == "error 3035");
    CHECK(told(all, 0, "BACKUP DATABASE d TO DISK = N'/a' WITH NAME = N'first', CHECKSUM").empty());
    CHECK(told(all, 0, "BACKUP DATABASE d TO DISK = N'/b' WITH COPY_ONLY, STATS = 10").empty());
    CHECK(told(all, 0, "BACKUP LOG d TO DISK = N'/a'").empty());
    CHECK(told(all, 0, "USE d; INSERT INTO t VALUES (2); BACKUP LOG d TO DISK = N'/a'").empty());
    CHECK(told(all, 0, "BACKUP DATABASE d TO DISK = N'NUL' WITH DIFFERENTIAL").empty());
    const std::string before = told(all, 0, kinds);
    CHECK(before == "D,0,0;D,1,0;L,0,1;L,0,0;I,0,0");
    all.restart(0);
    CHECK(told(all, 0, kinds) == before);
    CHECK(told(all,
               0,
               "SELECT name, has_backup_checksums, recovery_model, server_name, user_name "
               "FROM msdb..backupset WHERE name IS NOT NULL") == "first,1,FULL,ag-0,sa");
    CHECK(told(all, 1, "SELECT COUNT(*) FROM msdb.dbo.backupset") == "0");
}

TEST_CASE("a log's backup begins where the one before it ended, copies aside") {
    cluster_harness all;
    make_database(all);
    REQUIRE(all.run(0, "BACKUP DATABASE d TO DISK = N'/a'").error() == 0);
    for (const char* how : {"", " WITH COPY_ONLY", "", ""}) {
        REQUIRE(all.run(0, "USE d; INSERT INTO t VALUES (2)").error() == 0);
        REQUIRE(all.run(0, std::string{"BACKUP LOG d TO DISK = N'/l'"} + how).error() == 0);
    }
    CHECK(told(all,
               0,
               "SELECT b.backup_set_id FROM msdb.dbo.backupset AS a "
               "JOIN msdb.dbo.backupset AS b ON a.last_lsn = b.first_lsn "
               "WHERE a.type = 'L' AND a.is_copy_only = 0 AND b.is_copy_only = 0") == "4;5");
    CHECK(told(all,
               0,
               "SELECT a.backup_set_id FROM msdb.dbo.backupset AS a "
               "JOIN sys.database_recovery_status AS s "
               "ON s.last_log_backup_lsn = a.last_lsn AND s.database_guid = a.database_guid"
               " AND s.family_guid = a.family_guid") == "5");
    CHECK(told(all,
               0,
               "SELECT COUNT(*) FROM msdb.dbo.backupset AS l JOIN msdb.dbo.backupset AS d "
               "ON l.database_backup_lsn = d.checkpoint_lsn "
               "WHERE d.type = 'D' AND l.type = 'L'") == "4");
}

TEST_CASE("backups to one file are one media set until it is formatted") {
    cluster_harness all;
    make_database(all);
    for (const char* how : {"", "", "WITH INIT", "WITH FORMAT, INIT"})
        REQUIRE(all.run(0, std::string{"BACKUP DATABASE d TO DISK = N'/a' "} + how).error() == 0);
    REQUIRE(all.run(0, "BACKUP DATABASE d TO DISK = N'/b'").error() == 0);
    CHECK(told(all, 0, "SELECT media_set_id, position FROM msdb.dbo.backupset") ==
          "1,1;1,2;1,1;2,1;3,1");
    CHECK(told(all,
               0,
               "SELECT f.media_set_id, f.physical_device_name, f.device_type, s.is_compressed "
               "FROM msdb.dbo.backupmediafamily AS f JOIN msdb.dbo.backupmediaset AS s "
               "ON s.media_set_id = f.media_set_id") == "1,/a,2,0;2,/a,2,0;3,/b,2,0");
    CHECK(told(all,
               0,
               "SELECT logical_name, file_type, is_present FROM msdb.dbo.backupfile "
               "WHERE backup_set_id = 5") == "d,D,1;d_log,L,0");
}

TEST_CASE("history is deleted by date and by database, in msdb alone") {
    cluster_harness all;
    make_database(all);
    const std::string count = "SELECT COUNT(*) FROM msdb.dbo.backupset";
    for (int i = 0; i < 2; ++i)
        REQUIRE(all.run(0, "BACKUP DATABASE d TO DISK = N'NUL'").error() == 0);
    CHECK(told(all, 0, "EXEC msdb.dbo.sp_delete_backuphistory '19990101'").empty());
    CHECK(told(all, 0, count) == "2");
    CHECK(told(all, 0, "EXEC sp_delete_backuphistory '22000101'") == "error 2812");
    CHECK(told(all, 0, "EXEC msdb.dbo.sp_delete_backuphistory") == "error 201");
    CHECK(told(all, 0, "EXEC msdb.dbo.sp_delete_database_backuphistory @database_name = N'x'")
              .empty());
    CHECK(told(all, 0, count) == "2");
    CHECK(told(all, 0, "USE msdb; EXEC sp_delete_backuphistory @oldest_date = '22000101'").empty());
    CHECK(told(all, 0, count) == "0");
    REQUIRE(all.run(0, "BACKUP DATABASE d TO DISK = N'NUL'").error() == 0);
    CHECK(told(all, 0, "SELECT backup_set_id FROM msdb.dbo.backupset") == "3");
    all.restart(0);
    CHECK(told(all, 0, "SELECT backup_set_id FROM msdb.dbo.backupset") == "3");
    CHECK(told(all, 0, "EXEC msdb.dbo.sp_delete_database_backuphistory N'D'").empty());
    CHECK(told(all, 0, count) == "0");
}

TEST_CASE("a secondary makes whole copies and backs up the log, and nothing else") {
    cluster_harness all;
    all.make_group();
    REQUIRE(all.run(0,
                    "ALTER AVAILABILITY GROUP ag1 MODIFY REPLICA ON N'ag-1' WITH "
                    "(SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))")
                .error() == 0);
    REQUIRE(all.eventually([&] { return all.run(1, "USE shop").error() == 0; }));
    CHECK(told(all, 1, "BACKUP DATABASE shop TO DISK = N'/a'") == "error 3059");
    CHECK(told(all, 1, "BACKUP DATABASE shop TO DISK = N'/a' WITH DIFFERENTIAL") == "error 3059");
    CHECK(told(all, 1, "BACKUP DATABASE shop TO DISK = N'/a' WITH COPY_ONLY").empty());
    CHECK(told(all, 1, "BACKUP LOG shop TO DISK = N'/a' WITH COPY_ONLY") == "error 3059");
    CHECK(told(all, 1, "BACKUP LOG shop TO DISK = N'/a'").empty());
    CHECK(told(all, 1, kinds) == "D,1,0;L,0,1");
}

TEST_CASE("a backup's record is what was written") {
    backup_record one;
    one.id = 7;
    one.kind = "L";
    one.database = "d";
    one.first_lsn = 12;
    one.has_base = true;
    one.fork_lsn = 3;
    one.dropped = true;
    const auto again = decode_record(encode(log_record{one}));
    REQUIRE(again);
    CHECK(std::get<backup_record>(*again) == one);
}
