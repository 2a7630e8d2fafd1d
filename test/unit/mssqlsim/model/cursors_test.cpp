// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/cursors.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;

// Cursors: where they stand, how long they last, and who sees them.

namespace {

using direction = fetch_statement::kind;

// All cells of all rows of the answer, one behind the other.
std::string told(const reply& seen) {
    std::string made;
    for (const auto& set : seen.sets)
        for (const auto& one : set.rows)
            for (const auto& cell : one)
                made += (made.empty() ? "" : " ") + (is_null(cell) ? "null" : text_of(cell));
    return made;
}

std::string play(cluster_harness& all, const std::vector<std::string>& batches) {
    const auto session = all.login(0);
    reply last;
    for (const auto& text : batches) last = all.run_on(0, session, text);
    all.at(0).close(session, all.now());
    return last.error() == 0 ? told(last) : "error " + std::to_string(last.error());
}

const std::string three =
    "DECLARE @t TABLE (a int); INSERT INTO @t VALUES (1), (2), (3); DECLARE @x int = 0; ";

}  // namespace

TEST_CASE("a cursor stands before its first row, on one, or behind its last") {
    CHECK(moved(direction::next, 0, 0, 3) == 1);
    CHECK(moved(direction::next, 3, 0, 3) == 4);
    CHECK(moved(direction::next, 4, 0, 3) == 4);
    CHECK(moved(direction::prior, 4, 0, 3) == 3);
    CHECK(moved(direction::prior, 0, 0, 3) == 0);
    CHECK(moved(direction::first, 4, 0, 3) == 1);
    CHECK(moved(direction::last, 0, 0, 3) == 3);
    CHECK(moved(direction::last, 0, 0, 0) == 0);
    CHECK(moved(direction::absolute, 2, 0, 3) == 0);
    CHECK(moved(direction::absolute, 0, 2, 3) == 2);
    CHECK(moved(direction::absolute, 0, -1, 3) == 3);
    CHECK(moved(direction::absolute, 0, -4, 3) == 0);
    CHECK(moved(direction::absolute, 0, 9, 3) == 4);
    CHECK(moved(direction::relative, 0, -1, 3) == 0);
    CHECK(moved(direction::relative, 2, 0, 3) == 2);
    CHECK(moved(direction::relative, 2, 9, 3) == 4);
    CHECK(moved(direction::relative, 1, INT64_MAX, 3) == 4);
    CHECK(moved(direction::relative, 3, INT64_MIN, 3) == 0);
}

TEST_CASE("cursors within cursors, each with the variables of its declaration") {
    cluster_harness all;
    CHECK(play(all,
               {three +
                "DECLARE @y int, @all varchar(100) = ''; DECLARE o CURSOR FOR SELECT a FROM @t; "
                "OPEN o; FETCH NEXT FROM o INTO @x WHILE @@FETCH_STATUS = 0 BEGIN DECLARE i CURSOR "
                "FOR SELECT a FROM @t WHERE a < @x; OPEN i; FETCH NEXT FROM i INTO @y; WHILE "
                "@@FETCH_STATUS = 0 BEGIN SET @all += CONCAT(@x, @y, ' '); FETCH NEXT FROM i INTO "
                "@y END; CLOSE i; DEALLOCATE i; FETCH NEXT FROM o INTO @x END; DEALLOCATE o; "
                "SELECT @all"}) == "21 31 32 ");
}

TEST_CASE("a local cursor is its batch's, a global one the session's") {
    cluster_harness all;
    CHECK(play(all, {"DECLARE c CURSOR LOCAL FOR SELECT 1 AS a", "OPEN c"}) == "error 16916");
    CHECK(play(all, {"DECLARE c CURSOR FOR SELECT 1 AS a; OPEN c", "FETCH c"}) == "1");
    CHECK(play(all, {"DECLARE c CURSOR LOCAL FOR SELECT 1 AS a; EXEC (N'OPEN c')"}) ==
          "error 16916");
    CHECK(play(all, {"EXEC (N'DECLARE c CURSOR FOR SELECT 5 AS a; OPEN c'); FETCH c"}) == "5");
    CHECK(play(all, {"EXEC (N'DECLARE c CURSOR LOCAL FOR SELECT 5 AS a; OPEN c'); FETCH c"}) ==
          "error 16916");
    const std::string both =
        "DECLARE c CURSOR GLOBAL FOR SELECT 1 AS a; DECLARE c CURSOR LOCAL FOR SELECT 2 AS a; OPEN "
        "c; OPEN GLOBAL c; ";
    CHECK(play(all, {both + "FETCH c"}) == "2");
    CHECK(play(all, {both + "FETCH FROM GLOBAL c"}) == "1");
    CHECK(play(all, {both + "DEALLOCATE c; FETCH c"}) == "1");

    const auto session = all.login(0);
    all.run_on(0, session, "DECLARE c CURSOR FOR SELECT 1 AS a");
    all.at(0).reset(session, all.now());
    CHECK(all.run_on(0, session, "OPEN c").error() == 16916);
    CHECK(all.run(0, "OPEN c").error() == 16916);
}

TEST_CASE("a cursor lives as long as a name or a variable has it") {
    cluster_harness all;
    const std::string both =
        three +
        "DECLARE c CURSOR STATIC FOR SELECT a FROM @t; DECLARE @c CURSOR; SET @c = c; OPEN "
        "c; DEALLOCATE c; ";
    CHECK(play(all, {both + "FETCH LAST FROM @c"}) == "3");
    CHECK(play(all, {both + "DEALLOCATE @c; FETCH @c"}) == "error 16950");
    CHECK(play(all, {both + "DECLARE @d CURSOR; SET @d = @c; DEALLOCATE @c; FETCH @d"}) == "1");
    CHECK(play(all, {"DECLARE @c CURSOR; SELECT @c AS c"}) == "error 16949");
    CHECK(play(all, {"DECLARE @c CURSOR; SET @c = 1"}) == "error 16949");
    CHECK(play(all, {"DECLARE @c CURSOR", "OPEN @c"}) == "error 137");
    CHECK(play(all, {"DECLARE @c CURSOR; OPEN @c"}) == "error 16950");
}

TEST_CASE("what its query names has to be there when a cursor is declared") {
    cluster_harness all;
    CHECK(play(all, {"DECLARE c CURSOR FOR SELECT a FROM nothing"}) == "error 208");
    CHECK(play(all, {"DECLARE c CURSOR FOR SELECT a FROM sys.databases"}) == "error 207");
    CHECK(play(all, {"DECLARE c CURSOR FOR SELECT 1 / 0 AS a"}).empty());
    CHECK(play(all, {"DECLARE c CURSOR FOR SELECT 1 / 0 AS a; OPEN c"}) == "error 8134");
}

TEST_CASE("a fetch counts its rows, and what goes wrong leaves the cursor where it was") {
    cluster_harness all;
    const std::string opened = three + "DECLARE c CURSOR STATIC FOR SELECT a FROM @t; OPEN c; ";
    CHECK(play(all, {opened + "FETCH NEXT FROM c INTO @x; SELECT @@ROWCOUNT, @@ERROR"}) == "1 0");
    CHECK(play(all,
               {opened + "BEGIN TRY FETCH NEXT FROM c INTO @x, @x END TRY BEGIN CATCH SELECT "
                         "ERROR_NUMBER() END CATCH; FETCH NEXT FROM c"}) == "16924 1");
    CHECK(play(all, {opened + "FETCH NEXT FROM c INTO @nothing"}) == "error 137");
    CHECK(play(all, {opened + "SET @x = 2; FETCH ABSOLUTE @x FROM c"}) == "2");
    CHECK(play(all, {opened + "CLOSE c; OPEN c; FETCH LAST FROM c; SELECT @@CURSOR_ROWS"}) ==
          "3 3");
    CHECK(play(all,
               {"DECLARE @g int; DECLARE c CURSOR FOR SELECT NEWID() AS a; OPEN c; FETCH c INTO "
                "@g"}) == "error 16922");
}

TEST_CASE("what a query does makes another cursor of the one that was declared") {
    cluster_harness all;
    const auto rows = [&](const std::string& how, const std::string& query) {
        return play(all,
                    {three + "DECLARE c CURSOR " + how + " FOR " + query +
                     "; OPEN c; SELECT @@CURSOR_ROWS"});
    };
    CHECK(rows("DYNAMIC", "SELECT a FROM @t") == "-1");
    CHECK(rows("KEYSET", "SELECT a FROM @t") == "3");
    CHECK(rows("FAST_FORWARD", "SELECT DISTINCT a FROM @t") == "-1");
    CHECK(rows("DYNAMIC", "SELECT DISTINCT a FROM @t") == "3");
    CHECK(rows("", "SELECT a FROM @t UNION ALL SELECT 4") == "4");
    CHECK(rows("", "SELECT a, COUNT(*) AS n FROM @t GROUP BY a") == "3");
    CHECK(rows("", "SELECT a FROM @t ORDER BY a") == "3");
    CHECK(rows("", "SELECT 1 AS a") == "1");
}
