// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// What is told of the columns of an answer beyond their types, as it was measured of SQL Server
// 2025 (mirek/msduck, reference/*.json), and what describes them before a text runs.

namespace {

// Per column: t of a table, c computed, d derived; i an identity; ? it may be NULL.
std::string told(const column_list& columns) {
    std::string made;
    for (const auto& one : columns) {
        made += made.empty() ? "" : " ";
        made += one.origin == column_origin::table      ? "t"
                : one.origin == column_origin::computed ? "c"
                                                        : "d";
        made += one.identity ? "i" : "";
        made += one.nullable ? "?" : "";
    }
    return made;
}

std::string told_of(const std::vector<std::string>& batches) {
    cluster_harness all;
    const auto session = all.login(0);
    reply last;
    for (const auto& text : batches) last = all.run_on(0, session, text);
    REQUIRE(last.error() == 0);
    return told(last.sets.back().columns);
}

const std::string table = "CREATE TABLE #t (id int IDENTITY PRIMARY KEY, k int NOT NULL, v int)";

}  // namespace

TEST_CASE("a column of a table is told as the table has it") {
    CHECK(told_of({table, "SELECT * FROM #t"}) == "ti t t?");
    CHECK(told_of({table, "SELECT v, k FROM #t AS other"}) == "t? t");
    CHECK(told_of({table, "SELECT k FROM (SELECT k FROM #t) AS inside"}) == "t");
}

TEST_CASE("what an expression makes may be NULL, but for constants and a few more") {
    CHECK(told_of({"SELECT 1, N'a', NULL, CAST(1 AS int), ERROR_NUMBER()"}) == "c c c? c? c?");
    CHECK(told_of({"SELECT @@ERROR, @@ROWCOUNT, @@TRANCOUNT, XACT_STATE(), @@VERSION"}) ==
          "c c c c? c?");
    CHECK(told_of({"DECLARE @a int = 1; SELECT @a"}) == "c?");
    CHECK(told_of({"SELECT ISNULL(ERROR_NUMBER(), 0), COALESCE(ERROR_NUMBER(), 0)"}) == "c c?");
    CHECK(told_of({table,
                   "SELECT CASE WHEN k = 1 THEN N'a' ELSE N'b' END, "
                   "CASE WHEN k = 1 THEN 1 ELSE NULL END, CASE WHEN k = 1 THEN 1 END FROM #t"}) ==
          "c c? c?");
}

TEST_CASE("aggregates, ranks and sets of several queries belong to no table") {
    CHECK(told_of({table, "SELECT COUNT(*), MAX(k) FROM #t"}) == "d? d?");
    CHECK(told_of({table, "SELECT ROW_NUMBER() OVER (ORDER BY k) FROM #t"}) == "d?");
    CHECK(told_of({"SELECT 1 AS n UNION ALL SELECT NULL"}) == "d?");
    CHECK(told_of({"WITH c AS (SELECT ERROR_NUMBER() AS n, 1 AS one) SELECT * FROM c"}) == "d? d");
}

TEST_CASE("what an outer join may leave out may be NULL") {
    CHECK(told_of({table, "SELECT a.k, b.k FROM #t a LEFT JOIN #t b ON a.id = b.id"}) == "t t?");
    CHECK(told_of({table, "SELECT a.k, b.k FROM #t a RIGHT JOIN #t b ON a.id = b.id"}) == "t? t");
    CHECK(told_of({table, "SELECT a.k, b.k FROM #t a FULL JOIN #t b ON a.id = b.id"}) == "t? t?");
    CHECK(told_of({table, "SELECT b.*, a.k FROM #t a LEFT JOIN #t b ON a.id = b.id"}) ==
          "ti? t? t? t");
}

TEST_CASE("SELECT INTO keeps what may be NULL, and no identity") {
    CHECK(told_of({table, "SELECT k, v, 1 AS one INTO #copy FROM #t", "SELECT * FROM #copy"}) ==
          "t t? t");
}

TEST_CASE("of decimals comes a decimal, beside a numeric a numeric") {
    cluster_harness all;
    const auto seen = all.run(0,
                              "SELECT CAST(1 AS decimal(5,2)) / CAST(3 AS decimal(5,2)), "
                              "CAST(1 AS numeric(5,2)) * 2, CAST(1 AS decimal(5,2)) * 2, 1.5");
    REQUIRE(seen.error() == 0);
    const auto& columns = seen.sets.front().columns;
    CHECK(columns[0].type == column_type{column_kind::numeric, decimal_length, 13, 8});
    CHECK(columns[1].type.length == 0);
    CHECK(columns[2].type.length == decimal_length);
    CHECK(columns[3].type.length == 0);
}
