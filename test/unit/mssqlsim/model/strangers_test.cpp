// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/system_objects.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// What monitors and scripts of administrators send: forms of queries, styles of CONVERT, objects
// of the engine's own.

namespace {

// All cells of the last answer, row by row.
std::string told(cluster_harness& all, const std::string& text) {
    return all.run(0, text).cells();
}

}  // namespace

TEST_CASE("sets of rows: each word does what it says, and in its order") {
    cluster_harness all;
    const std::string a = "SELECT x FROM (VALUES (1), (2), (2), (3)) AS a(x)";
    const std::string b = "SELECT y FROM (VALUES (2), (3), (4)) AS b(y)";
    CHECK(told(all, a + " UNION ALL " + b + " ORDER BY x DESC") == "4;3;3;2;2;2;1");
    CHECK(told(all, a + " UNION " + b + " ORDER BY 1") == "1;2;3;4");
    CHECK(told(all, a + " EXCEPT " + b) == "1");
    CHECK(told(all, a + " INTERSECT " + b) == "2;3");
    CHECK(told(all, a + " EXCEPT " + b + " UNION " + b + " ORDER BY x") == "1;2;3;4");
    CHECK(told(all, a + " UNION " + b + " INTERSECT SELECT 4 ORDER BY x") == "1;2;3;4");
    CHECK(told(all, "SELECT TOP 1 1 AS x UNION ALL SELECT 2") == "1;2");
    CHECK(told(all, "SELECT N'a' AS x UNION SELECT N'A'") == "a");
    CHECK(told(all, "SELECT NULL AS x INTERSECT SELECT NULL") == "-");
    CHECK(told(all, a + " UNION " + b + " ORDER BY y") == "error 104");
    CHECK(told(all, "SELECT 1 EXCEPT SELECT 1, 2") == "error 205");
}

TEST_CASE("a column of a UNION holds the text of all parts") {
    cluster_harness all;
    const auto type = [&](const std::string& text) {
        return all.run(0, text).sets.front().columns.front().type;
    };
    const auto mixed = type("SELECT CAST('a' AS nchar(5)) UNION SELECT CAST('b' AS varchar(9))");
    CHECK(mixed.kind == column_kind::nvarchar);
    CHECK(mixed.length == 9);
    const auto fixed = type("SELECT CAST('a' AS char(2)) UNION SELECT CAST('b' AS char(4))");
    CHECK(fixed.kind == column_kind::character);
    CHECK(fixed.length == 4);
    CHECK(type("SELECT NULL UNION SELECT CAST('b' AS char(4))").kind == column_kind::character);
    CHECK(type("SELECT 1 UNION SELECT CAST(2 AS bigint)").kind == column_kind::bigint);
    CHECK(type("SELECT CAST(1 AS bigint) UNION SELECT 2").kind == column_kind::bigint);
    CHECK(type("SELECT 1 UNION SELECT 2.5").kind == column_kind::numeric);
}

TEST_CASE("joins keep the rows that they say") {
    cluster_harness all;
    const std::string from = " FROM (VALUES (1), (2)) AS a(x) ";
    const std::string other = " JOIN (VALUES (2), (3)) AS b(y) ON a.x = b.y ORDER BY 1, 2";
    CHECK(told(all, "SELECT x, y" + from + "RIGHT" + other) == "-,3;2,2");
    CHECK(told(all, "SELECT x, y" + from + "FULL OUTER" + other) == "-,3;1,-;2,2");
    CHECK(told(all, "SELECT x, y" + from + "LEFT" + other) == "1,-;2,2");
    CHECK(told(all,
               "SELECT x, n" + from +
                   "CROSS APPLY (SELECT SUM(y) AS n FROM (VALUES (1), (2)) AS b(y) WHERE y <= a.x) "
                   "AS c") == "1,1;2,3");
    CHECK(told(all,
               "SELECT x, y" + from +
                   "OUTER APPLY (SELECT y FROM (VALUES (2), (2)) AS b(y) WHERE y = a.x) AS c") ==
          "1,-;2,2;2,2");
    CHECK(told(all, "SELECT COUNT(*)" + from + "CROSS JOIN (VALUES (1), (2)) AS b(y)") == "4");
}

TEST_CASE("groups are filtered, windows cut, and different values counted once") {
    cluster_harness all;
    const std::string from = " FROM (VALUES (1, 10), (1, 10), (2, 30)) AS a(x, y) ";
    CHECK(told(all, "SELECT x, SUM(y)" + from + "GROUP BY x HAVING COUNT(*) > 1") == "1,20");
    CHECK(told(all, "SELECT COUNT(DISTINCT y), COUNT(y), SUM(DISTINCT y)" + from) == "2,3,40");
    CHECK(told(all, "SELECT SUM(y)" + from + "HAVING SUM(y) > 100").empty());
    CHECK(told(all, "SELECT x" + from + "ORDER BY y DESC OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY") ==
          "1");
    CHECK(told(all, "SELECT TOP 34 PERCENT y" + from + "ORDER BY y DESC") == "30;10");
    CHECK(told(all, "WITH g (k, n) AS (SELECT x, y" + from + ") SELECT MAX(n) FROM g") == "30");
    CHECK(told(all, "WITH g (k) AS (SELECT x, y" + from + ") SELECT 1 FROM g") == "error 8158");
    CHECK(told(all, "WITH g (k, l) AS (SELECT 1) SELECT 1 FROM g") == "error 8159");
}

TEST_CASE("patterns have ranges, exceptions and an escape") {
    cluster_harness all;
    const auto fits = [&](const std::string& text, const std::string& pattern) {
        return told(all, "SELECT IIF(N'" + text + "' LIKE " + pattern + ", 1, 0)") == "1";
    };
    CHECK(fits("k", "'[a-m]'"));
    CHECK_FALSE(fits("k", "'[^a-m]'"));
    CHECK(fits("K", "'[a-m]'"));
    CHECK(fits("a_b", "'a!_b' ESCAPE '!'"));
    CHECK_FALSE(fits("axb", "'a!_b' ESCAPE '!'"));
    CHECK(fits("-", "'[a-]'"));
    CHECK(told(all, "SELECT 1 WHERE 'a' LIKE 'a' ESCAPE 'xy'") == "error 506");
}

TEST_CASE("styles of CONVERT") {
    cluster_harness all;
    const std::string at = "DECLARE @t datetime = '2026-03-05T00:07:09.000'; ";
    const auto styled = [&](const std::string& style) {
        return told(all, at + "SELECT CONVERT(varchar(30), @t" + style + ")");
    };
    CHECK(styled("") == "Mar  5 2026 12:07AM");
    CHECK(styled(", 112") == "20260305");
    CHECK(styled(", 121") == "2026-03-05 00:07:09.000");
    CHECK(styled(", 126") == "2026-03-05T00:07:09");
    CHECK(styled(", 7777") == "error 281");
    CHECK(told(all, "SELECT CONVERT(varchar(9), 0xC0DE, 1), CONVERT(varchar(9), 0xC0DE, 2)") ==
          "0xC0DE,C0DE");
    CHECK(told(all, "SELECT CONVERT(varbinary(4), 'xyz', 1)") == "error 8114");
    CHECK(told(all, "SELECT CONVERT(varbinary(4), '0xC0D', 1)") == "error 8114");
    CHECK(told(all, "SELECT TRY_CONVERT(varbinary(4), 'C0DG', 2)") == "-");
}

TEST_CASE("NULL has the type of what stands beside it") {
    cluster_harness all;
    CHECK(told(all, "SELECT CASE 2 WHEN 1 THEN NULL WHEN 2 THEN N'x' END") == "x");
    CHECK(told(all, "SELECT COALESCE(NULL, N'x'), ISNULL(NULL, N'y')") == "x,y");
    CHECK(told(all, "SELECT NULL AS a UNION ALL SELECT N'x'") == "-;x");
    CHECK(told(all, "SELECT CAST(N'16.0.4135.4' AS nvarchar)") == "16.0.4135.4");
    CHECK(told(all, "DECLARE @one nvarchar = N'16'; SELECT @one") == "1");
}

TEST_CASE("numbers are rounded to digits on both sides of the point") {
    cluster_harness all;
    CHECK(told(all, "SELECT ROUND(1250, -2), ROUND(7, 1), FLOOR(7), CEILING(NULL)") ==
          "1300,7,7,-");
    CHECK(told(all, "SELECT CAST(ROUND(2.5, 0) AS int), CAST(FLOOR(-2.5) AS int)") == "3,-3");
}

TEST_CASE("months are as long as they are") {
    cluster_harness all;
    const auto later = [&](const std::string& what) {
        return told(all, "SELECT CONVERT(varchar(10), DATEADD(" + what + "), 120)");
    };
    CHECK(later("month, 1, CAST('2024-01-31' AS datetime)") == "2024-02-29");
    CHECK(later("mm, -1, CAST('2026-03-31' AS datetime)") == "2026-02-28");
    CHECK(later("yy, 1, CAST('2024-02-29' AS datetime)") == "2025-02-28");
    CHECK(told(all, "SELECT DATEADD(year, 9000, CAST('2026-01-01' AS datetime))") == "error 517");
    CHECK(told(all, "SELECT DATEDIFF(qq, '2025-12-31', '2026-01-01')") == "1");
    CHECK(told(all, "SELECT DATEPART(decade, '2025-12-31')") == "error 155");
}

TEST_CASE("an object is told of if and only if it can be read") {
    cluster_harness all;
    const auto views = all.run(0, "SELECT name FROM sys.system_views");
    REQUIRE(views.sets.front().rows.size() > 60);
    for (const auto& one : views.sets.front().rows) {
        const std::string name = text_of(one[0]);
        INFO(name);
        CHECK(all.run(0, "SELECT * FROM sys." + name).error() == 0);
        CHECK(told(all, "SELECT OBJECT_NAME(OBJECT_ID(N'sys." + name + "'))") == name);
    }
    CHECK(told(all, "SELECT OBJECT_ID(N'sys.nothing'), OBJECT_ID(N'availability_groups')") ==
          "-,-");
    CHECK(told(all,
               "SELECT COUNT(*) FROM sys.all_columns c LEFT JOIN sys.all_objects o ON o.object_id "
               "= c.object_id WHERE o.name IS NULL") == "0");
}

TEST_CASE("the health session is started, stopped, and remembered") {
    cluster_harness all;
    const std::string alter = "ALTER EVENT SESSION [AlwaysOn_health] ON SERVER ";
    const std::string state =
        "SELECT s.startup_state, r.name FROM sys.server_event_sessions AS s LEFT JOIN "
        "sys.dm_xe_sessions AS r ON r.name = s.name";
    CHECK(told(all, state) == "0,-");
    CHECK(told(all, alter + "STATE = STOP") == "error 25704");
    CHECK(all.run(0, alter + "WITH (STARTUP_STATE = ON) STATE = START").error() == 0);
    CHECK(told(all, state) == "1,AlwaysOn_health");
    CHECK(told(all, alter + "STATE = START") == "error 25705");
    all.restart(0);
    CHECK(told(all, state) == "1,AlwaysOn_health");
    CHECK(all.run(0, alter + "WITH (STARTUP_STATE = OFF)").error() == 0);
    all.restart(0);
    CHECK(told(all, state) == "0,-");
    CHECK(told(all, alter + "ADD EVENT sqlserver.error_reported") == "error 40510");
    CHECK(told(all, alter) == "error 102");
}

TEST_CASE("what is behind a function, a table or a query and is not modelled is refused by name") {
    cluster_harness all;
    for (const char* text :
         {"SELECT ROW_NUMBER() OVER w FROM sys.databases WINDOW w AS (ORDER BY name)",
          "SELECT LAG(name) IGNORE NULLS OVER (ORDER BY name) FROM sys.databases",
          "SELECT name FROM sys.databases FOR XML RAW",
          "SELECT name FROM sys.databases FOR XML AUTO",
          "SELECT name FROM sys.databases FOR XML PATH(''), ELEMENTS XSINIL",
          "SELECT name AS [a/b] FROM sys.databases FOR XML PATH('')",
          "SELECT (SELECT name FROM sys.databases FOR XML PATH(''), TYPE).query('/a')",
          "SELECT (SELECT 1 AS a FOR XML PATH(''), TYPE).value('/a[1]', 'int')",
          "SELECT name FROM sys.databases FOR JSON AUTO",
          "SELECT GETDATE() AT TIME ZONE 'Pacific Standard Time'",
          "SELECT name FROM sys.databases WHERE name COLLATE Latin1_General_BIN = N'a'",
          "SELECT * FROM sys.databases PIVOT (MAX(name) FOR state IN (a)) AS p"}) {
        INFO(text);
        CHECK(all.run(0, text).error() == 40510);
    }
    CHECK(all.run(0, "SELECT * FROM sys.dm_exec_sql_text(NULL)").error() == 208);
}
