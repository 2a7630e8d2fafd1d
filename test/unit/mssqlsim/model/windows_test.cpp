// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// Functions over windows, text of rows, rows of text, and XML as text.

namespace {

// The first column of the rows, or the error.
std::string first_column(cluster_harness& all, const std::string& text) {
    const auto seen = all.run(0, text);
    if (seen.error() != 0) return "error " + std::to_string(seen.error());
    std::string made;
    for (const auto& one : seen.sets.at(0).rows)
        made += (made.empty() ? "" : " ") + (is_null(one[0]) ? "null" : text_of(one[0]));
    return made;
}

// Of ties, a null and two parts.
const std::string some =
    "DECLARE @t TABLE (p int, a int); INSERT INTO @t VALUES (1, 5), (1, NULL), (1, 5), (1, 9), (2, "
    "3); ";

std::string over(cluster_harness& all, const std::string& function) {
    return first_column(all, some + "SELECT " + function + " AS x FROM @t ORDER BY p, a");
}

}  // namespace

TEST_CASE("ranks of rows in their part: nulls first, ties together") {
    cluster_harness all;
    const std::string window = " OVER (PARTITION BY p ORDER BY a)";
    CHECK(over(all, "ROW_NUMBER()" + window) == "1 2 3 4 1");
    CHECK(over(all, "RANK()" + window) == "1 2 2 4 1");
    CHECK(over(all, "DENSE_RANK()" + window) == "1 2 2 3 1");
    CHECK(over(all, "NTILE(3)" + window) == "1 1 2 3 1");
    CHECK(over(all, "CUME_DIST()" + window) == "0.25 0.75 0.75 1 1");
    CHECK(over(all, "LAG(a)" + window) == "null null 5 5 null");
    CHECK(over(all, "LEAD(a, 1, -1)" + window) == "5 5 9 -1 -1");
    CHECK(over(all, "ROW_NUMBER() OVER (ORDER BY (SELECT NULL))") == "2 1 3 4 5");
}

TEST_CASE("aggregates over frames of each kind") {
    cluster_harness all;
    const std::string window = " OVER (PARTITION BY p ORDER BY a";
    CHECK(over(all, "SUM(a) OVER ()") == "22 22 22 22 22");
    CHECK(over(all, "SUM(a) OVER (PARTITION BY p)") == "19 19 19 19 3");
    CHECK(over(all, "SUM(a)" + window + ")") == "null 10 10 19 3");
    CHECK(over(all, "COUNT(a)" + window + " ROWS UNBOUNDED PRECEDING)") == "0 1 2 3 1");
    CHECK(over(all, "COUNT(*)" + window + " ROWS 1 PRECEDING)") == "1 2 2 2 1");
    CHECK(over(all, "COUNT(*)" + window + " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)") ==
          "4 3 2 1 1");
    CHECK(over(all, "SUM(a)" + window + " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)") ==
          "19 19 19 9 3");
    CHECK(over(all, "MAX(a)" + window + " ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING)") ==
          "5 9 9 null null");
    CHECK(over(all, "MIN(a)" + window + " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)") ==
          "null null 5 5 null");
    CHECK(over(all, "LAST_VALUE(a)" + window + ")") == "null 5 5 9 3");
    CHECK(over(all, "AVG(1.0 * a) OVER (PARTITION BY p)").starts_with("6.333333"));
}

TEST_CASE("windows see groups that HAVING keeps, and are seen by DISTINCT and TOP") {
    cluster_harness all;
    CHECK(first_column(
              all,
              some + "SELECT RANK() OVER (ORDER BY COUNT(*) DESC) AS r FROM @t GROUP BY p ORDER "
                     "BY r") == "1 2");
    CHECK(first_column(
              all, some + "SELECT COUNT(*) OVER () AS n FROM @t GROUP BY p HAVING COUNT(*) > 1") ==
          "1");
    CHECK(first_column(all, some + "SELECT DISTINCT COUNT(*) OVER (PARTITION BY p) AS n FROM @t") ==
          "4 1");
    CHECK(first_column(
              all, some + "SELECT TOP 2 a FROM @t ORDER BY ROW_NUMBER() OVER (ORDER BY a DESC)") ==
          "9 5");
    CHECK(first_column(
              all,
              some + "SELECT n FROM (SELECT ROW_NUMBER() OVER (ORDER BY a) AS n FROM @t) AS s "
                     "WHERE n > 3") == "4 5");
    CHECK(first_column(
              all, some + "SELECT ROW_NUMBER() OVER (ORDER BY p) AS n FROM @t WHERE p = 9") == "");
    CHECK(first_column(all, "DECLARE @n bigint = ROW_NUMBER() OVER (ORDER BY @@SPID); SELECT @n") ==
          "error 4108");
    CHECK(first_column(all, some + "SELECT SUM(1 / a) OVER () AS n FROM @t; SELECT 1 AS n") ==
          "0 0 0 0 0");
    CHECK(first_column(all, some + "SELECT RANK() OVER (ORDER BY nothing) AS n FROM @t") ==
          "error 207");
}

TEST_CASE("many rows are numbered in no more than their order takes") {
    cluster_harness all;
    CHECK(first_column(
              all,
              "WITH d AS (SELECT v FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), "
              "(9)) AS t(v)) SELECT MAX(s.n) AS most FROM (SELECT SUM(a.v) OVER (ORDER BY a.v, "
              "b.v, c.v, e.v ROWS UNBOUNDED PRECEDING) AS n FROM d AS a CROSS JOIN d AS b CROSS "
              "JOIN d AS c CROSS JOIN d AS e) AS s") == "45000");
}

TEST_CASE("text of rows and rows of text") {
    cluster_harness all;
    CHECK(first_column(all, some + "SELECT STRING_AGG(a, '+') AS x FROM @t") == "5+5+9+3");
    CHECK(first_column(
              all,
              some + "SELECT STRING_AGG(a, '+') WITHIN GROUP (ORDER BY a DESC, p) AS x FROM @t "
                     "GROUP BY p") == "9+5+5 3");
    CHECK(first_column(all, "SELECT STRING_AGG('a') AS x") == "error 174");
    CHECK(first_column(all, "SELECT value FROM STRING_SPLIT('a b c', ' ')") == "a b c");
    CHECK(first_column(all, "SELECT COUNT(*) FROM STRING_SPLIT('', ',')") == "1");
    CHECK(first_column(all, "SELECT value FROM STRING_SPLIT('a', '')") == "error 214");
    CHECK(first_column(all, "SELECT value FROM STRING_SPLIT('a')") == "error 313");
    CHECK(first_column(all, "SELECT ordinal FROM STRING_SPLIT('a', ',', 1 + 0)") == "1");
    CHECK(first_column(all, "SELECT value FROM STRING_SPLIT('a', ',', @@SPID + 0)") ==
          "error 8748");
    CHECK(first_column(
              all,
              some + "SELECT (SELECT COUNT(*) FROM STRING_SPLIT(REPLICATE('x,', t.p), ',')) AS n "
                     "FROM @t AS t WHERE a > 4 OR p = 2") == "2 2 2 3");
    CHECK(first_column(all,
                       some + "SELECT s.value FROM @t AS t OUTER APPLY STRING_SPLIT(CAST(t.a AS "
                              "varchar(5)), ',') AS s WHERE p = 1") == "5 null 5 9");
}

TEST_CASE("XML is text, and text again") {
    cluster_harness all;
    CHECK(first_column(all, "SELECT 1 AS a, 2 AS b FOR XML PATH") == "<row><a>1</a><b>2</b></row>");
    CHECK(first_column(all, "SELECT 1 AS a, 2 AS b FOR XML PATH('')") == "<a>1</a><b>2</b>");
    CHECK(first_column(all, "SELECT 1 AS '@a' FOR XML PATH('')") == "error 6864");
    CHECK(first_column(
              all, "SELECT (SELECT 1 AS a FOR XML PATH(''), TYPE), '<' AS b FOR XML PATH('x')") ==
          "<x><a>1</a><b>&lt;</b></x>");
    CHECK(
        first_column(
            all, "SELECT (SELECT '&amp;<' FOR XML PATH(''), TYPE).value('.', 'varchar(3)') AS x") ==
        "&am");
    CHECK(first_column(
              all, "SELECT (SELECT '7' FOR XML PATH(''), TYPE).value('.', 'int') + 1 AS x") == "8");
    CHECK(all.run(0, "SELECT name FROM sys.databases WHERE 1 = 0 FOR XML PATH").sets.at(0).rows ==
          std::vector<row>{});
}
