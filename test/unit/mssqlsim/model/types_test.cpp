// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Rows of dates, times of day, money and sql_variant are there on a secondary, and after a kill.

namespace {

const std::string table =
    "CREATE TABLE shop.dbo.kinds (id int NOT NULL PRIMARY KEY, d date, t time(3), o "
    "datetimeoffset(3), s smalldatetime, m money, n smallmoney, v sql_variant)";
const std::string rows =
    "INSERT INTO shop.dbo.kinds VALUES (1, '2026-01-31', '12:34:54.124', '2026-01-31 12:34:54.124 "
    "+01:00', '2026-01-31 12:34', 12.5, -0.0001, CAST('2026-02-01' AS date)), (2, NULL, NULL, "
    "NULL, NULL, NULL, NULL, NULL)";
const std::string seen =
    "SELECT CONCAT(CAST(d AS varchar(40)), '|', CAST(t AS varchar(40)), '|', CAST(o AS "
    "varchar(40)), '|', CONVERT(varchar(40), s, 120), '|', CONVERT(varchar(40), m, 2), '|', "
    "CONVERT(varchar(40), n, 2), '|', CAST(SQL_VARIANT_PROPERTY(v, 'BaseType') AS varchar(40)), "
    "'|', CAST(v AS varchar(40))) FROM shop.dbo.kinds WHERE id = 1";
const std::string expected =
    "2026-01-31|12:34:54.124|2026-01-31 12:34:54.124 +01:00|2026-01-31 12:34:00|12.5000|-0.0001|"
    "date|2026-02-01";
const std::string nulls =
    "SELECT COUNT(*) FROM shop.dbo.kinds WHERE id = 2 AND d IS NULL AND t IS NULL AND o IS NULL "
    "AND s IS NULL AND m IS NULL AND n IS NULL AND v IS NULL";

}  // namespace

TEST_CASE("rows of all types are replicated, and outlive a kill of their primary") {
    cluster_harness three;
    three.make_group();
    REQUIRE(three.run(0, table).error() == 0);
    REQUIRE(three.run(0, rows).error() == 0);
    CHECK(text_at(three, 0, seen) == expected);
    CHECK(number_at(three, 0, nulls) == 1);
    three.crash(0);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(100ms);
    three.fail_over_to(1);
    three.follow(2);
    const auto readable = [&](std::size_t i) { return three.run(i, seen).error() == 0; };
    REQUIRE(three.eventually([&] { return readable(1); }, 5s));
    CHECK(text_at(three, 1, seen) == expected);
    CHECK(number_at(three, 1, nulls) == 1);
    REQUIRE(three.run(1, "UPDATE shop.dbo.kinds SET m = m * 2, d = DATEADD(day, 1, d)").error() ==
            0);
    three.start(0);
    three.pass(1s);
    three.follow(0);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    three.crash(1);
    for (const std::size_t i : {std::size_t{0}, std::size_t{2}})
        three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(100ms);
    three.fail_over_to(0);
    three.follow(2);
    REQUIRE(three.eventually([&] { return readable(0); }, 5s));
    CHECK(text_at(three, 0, "SELECT CONCAT(d, ' ', m) FROM shop.dbo.kinds WHERE id = 1") ==
          "2026-02-01 25.00");
}

TEST_CASE("variables, defaults and keys of these types") {
    cluster_harness all;
    const auto told = [&](const std::string& query) { return text_at(all, 0, query); };
    CHECK(told("DECLARE @d date = '2026-01-31'; SET @d = DATEADD(month, 1, @d); SELECT @d") ==
          "2026-02-28");
    CHECK(told("DECLARE @t TABLE (a int, d date DEFAULT '2026-01-01'); INSERT INTO @t (a) VALUES "
               "(1); SELECT d FROM @t") == "2026-01-01");
    CHECK(told("SELECT CASE WHEN 1 = 0 THEN CAST('2026-01-01' AS date) ELSE '20260102' END") ==
          "2026-01-02");
    CHECK(told("SELECT ISNULL(CAST(NULL AS time(0)), '10:00')") == "10:00:00");
    CHECK(told("SELECT CONVERT(varchar(10), CAST('2026-01-31 10:00' AS datetime) - 1.5, 120)") ==
          "2026-01-29");
    CHECK(told("SELECT DATENAME(month, EOMONTH('2024-02-10')) + DATENAME(day, "
               "EOMONTH('2024-02-10'))") == "February29");
    CHECK(told("SELECT SUM(m) FROM (SELECT CAST(0.1 AS money) AS m UNION ALL SELECT 0.2) AS t") ==
          "0.30");
    CHECK(all.run(0, "SELECT CAST('2026-01-31' AS date) + 1").error() == 206);
    CHECK(all.run(0,
                  "CREATE TABLE #k (d date NOT NULL PRIMARY KEY); INSERT INTO #k VALUES "
                  "('2026-01-31'), ('20260131')")
              .error() == 2627);
    CHECK(all.run(0, "SELECT SYSDATETIME() AT TIME ZONE 'Pacific Standard Time'").error() == 40510);
    CHECK(all.run(0, "DECLARE @d datetime2(8)").error() == 1002);
}
