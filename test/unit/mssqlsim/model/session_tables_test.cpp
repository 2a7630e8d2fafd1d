// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// Temporary tables and table variables, and what is told before an error in the rows.

namespace {

// Several batches on one connection; what the last one answers.
reply play(cluster_harness& all, const std::vector<std::string>& batches) {
    const auto session = all.login(0);
    reply last;
    for (const auto& text : batches) last = all.run_on(0, session, text);
    all.at(0).close(session, all.now());
    return last;
}

std::int64_t number(const reply& seen) {
    const auto cell = seen.cell();
    const auto* found = std::get_if<std::int64_t>(&cell);
    return found == nullptr ? -1 : *found;
}

}  // namespace

TEST_CASE("temporary tables last as long as their session, table variables as their batch") {
    cluster_harness all;
    const std::string make =
        "CREATE TABLE #t (a int NOT NULL PRIMARY KEY); INSERT INTO #t (a) "
        "VALUES (1), (2)";
    CHECK(number(play(all, {make, "SELECT SUM(a) FROM #t"})) == 3);
    CHECK(all.run(0, "SELECT a FROM #t").error() == 208);
    CHECK(play(all, {make, make}).error() == 2714);
    CHECK(number(play(
              all, {make, "EXEC (N'UPDATE #t SET a = a + 10')", "SELECT MAX(a) FROM #t"})) == 12);
    CHECK(play(all, {"EXEC (N'CREATE TABLE #u (a int)')", "SELECT a FROM #u"}).error() == 208);
    CHECK(play(all, {"DECLARE @t TABLE (a int)", "SELECT a FROM @t"}).error() == 1087);
    CHECK(
        number(play(all,
                    {"DECLARE @i int = 0; WHILE @i < 3 BEGIN SET @i = @i + 1; DECLARE @t TABLE (a "
                     "int); INSERT INTO @t VALUES (@i) END; SELECT COUNT(*) FROM @t"})) == 3);
}

TEST_CASE("a rollback undoes temporary tables, and no table variable") {
    cluster_harness all;
    const std::string both =
        "DECLARE @t TABLE (a int); CREATE TABLE #t (a int); BEGIN TRAN; INSERT INTO #t VALUES (1); "
        "INSERT INTO @t VALUES (1); CREATE TABLE #u (a int); ";
    const std::string count = "; SELECT (SELECT COUNT(*) FROM #t) * 10 + (SELECT COUNT(*) FROM @t)";
    CHECK(number(play(all, {both + "ROLLBACK" + count})) == 1);
    CHECK(number(play(all, {both + "COMMIT" + count})) == 11);
    CHECK(play(all, {both + "ROLLBACK", "SELECT a FROM #u"}).error() == 208);
    CHECK(play(all, {both + "COMMIT", "SELECT a FROM #u"}).error() == 0);
}

TEST_CASE("a statement on a temporary table does all or nothing") {
    cluster_harness all;
    const std::string make = "CREATE TABLE #t (a int NOT NULL PRIMARY KEY)";
    const auto twice = play(all, {make, "INSERT INTO #t VALUES (1), (1)"});
    CHECK(twice.error() == 2627);
    CHECK(number(play(all, {make, "INSERT INTO #t VALUES (1), (1)", "SELECT COUNT(*) FROM #t"})) ==
          0);
    CHECK(play(all, {make, "INSERT INTO #t VALUES (NULL)"}).error() == 515);
}

TEST_CASE("columns, and the rows before it, are told before an error in the rows") {
    cluster_harness all;
    auto seen = all.run(0, "SELECT 1 / 0 AS never");
    CHECK(seen.error() == 8134);
    REQUIRE(seen.sets.size() == 1);
    CHECK(seen.sets.front().columns[0].name == "never");
    CHECK(seen.sets.front().rows.empty());

    const std::string some = "DECLARE @t TABLE (a int); INSERT INTO @t VALUES (2), (1), (0), (4); ";
    seen = all.run(0, some + "SELECT 8 / a AS part FROM @t");
    CHECK(seen.error() == 8134);
    REQUIRE(seen.sets.size() == 1);
    CHECK(seen.sets.front().rows.size() == 2);
    seen = all.run(0, some + "SELECT a FROM @t WHERE 8 / a > 1");
    CHECK(seen.sets.at(0).rows.size() == 2);
    seen = all.run(0, some + "SELECT 8 / a AS part FROM @t ORDER BY a");
    CHECK(seen.sets.at(0).rows.empty());
    seen = all.run(0, "SELECT nothing FROM sys.databases");
    CHECK(seen.sets.empty());
}
