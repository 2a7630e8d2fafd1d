// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/parser.hpp"
#include "test/support/catch.hpp"

#include <string>

using namespace ha::mssqlsim;

// Cursors, windows and XML as text: what is refused while they are parsed, and how deep they may
// be.

namespace {

std::int32_t error_in(const std::string& text) {
    const auto parsed = parse_script(text);
    return parsed ? 0 : parsed.error().number;
}

std::string repeated(std::size_t count, const std::string& text) {
    std::string made;
    for (std::size_t i = 0; i < count; ++i) made += text;
    return made;
}

}  // namespace

TEST_CASE("a cursor is declared in both ways, and never in a mixture") {
    for (const char* text :
         {"DECLARE c CURSOR FOR SELECT 1 AS a OPEN c FETCH NEXT FROM c CLOSE c DEALLOCATE c",
          "DECLARE c INSENSITIVE SCROLL CURSOR FOR SELECT a FROM t FOR READ ONLY",
          "DECLARE c CURSOR LOCAL SCROLL KEYSET OPTIMISTIC TYPE_WARNING FOR SELECT a FROM t",
          "DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE OF a, b",
          "DECLARE c CURSOR FAST_FORWARD FOR WITH x AS (SELECT 1 AS a) SELECT a FROM x",
          "DECLARE @c CURSOR, @d int; SET @c = CURSOR STATIC FOR SELECT 1 AS a; OPEN @c",
          "FETCH c",
          "FETCH FROM GLOBAL c INTO @a",
          "FETCH ABSOLUTE -3 FROM @c INTO @a, @b",
          "FETCH RELATIVE @n FROM c",
          "OPEN global",
          "SELECT is_open FROM sys.dm_exec_cursors AS c"}) {
        INFO(text);
        CHECK(error_in(text) == 0);
    }
    CHECK(error_in("DECLARE c SCROLL CURSOR STATIC FOR SELECT 1 AS a") == 1049);
    CHECK(error_in("DECLARE c CURSOR LOCAL GLOBAL FOR SELECT 1 AS a") == 1048);
    CHECK(error_in("DECLARE c CURSOR OPTIMISTIC FAST_FORWARD FOR SELECT 1 AS a") == 1048);
    CHECK(error_in("DECLARE c CURSOR SCROLL_LOCKS STATIC FOR SELECT 1 AS a") == 1048);
    CHECK(error_in("DECLARE c CURSOR FAST_FORWARD FOR SELECT a FROM t FOR UPDATE") == 1048);
    CHECK(error_in("DECLARE c INSENSITIVE CURSOR FOR SELECT a FROM t FOR UPDATE") == 16957);
    CHECK(error_in("DECLARE c CURSOR FOR SELECT @x = 1") == 154);
    CHECK(error_in("DECLARE c CURSOR FOR SELECT 1 AS a INTO t") == 156);
    CHECK(error_in("FETCH ABSOLUTE 'a' FROM c") == 102);
    CHECK(error_in("FETCH NEXT FROM c INTO a") == 102);
}

TEST_CASE("a window is where it may be, and says what its function needs") {
    const std::string from = " FROM t";
    for (const char* text : {"SUM(a) OVER ()",
                             "SUM(a) OVER (PARTITION BY b, c ORDER BY d DESC, e ASC)",
                             "SUM(a) OVER (ORDER BY b ROWS 3 PRECEDING)",
                             "LAG(a, 1, 0) RESPECT NULLS OVER (ORDER BY b)",
                             "ROW_NUMBER() OVER (ORDER BY (SELECT NULL))",
                             "CASE WHEN RANK() OVER (ORDER BY a) = 1 THEN 1 ELSE 0 END"}) {
        INFO(text);
        CHECK(error_in("SELECT " + std::string{text} + from) == 0);
        CHECK(error_in("SELECT a FROM t ORDER BY " + std::string{text}) == 0);
        CHECK(error_in("SELECT a FROM t WHERE 1 = " + std::string{text}) == 4108);
        CHECK(error_in("SELECT a FROM t GROUP BY " + std::string{text}) == 4108);
        CHECK(error_in("SELECT 1 AS a FROM t HAVING 1 = " + std::string{text}) == 4108);
        CHECK(error_in("SELECT a FROM t JOIN u ON 1 = " + std::string{text}) == 4108);
        CHECK(error_in("SELECT MAX(" + std::string{text} + ") FROM t") == 4109);
    }
    CHECK(error_in("SELECT a FROM t WHERE a IN (SELECT RANK() OVER (ORDER BY b) FROM u)") == 0);
    CHECK(error_in("SELECT SUM(a) OVER (ORDER BY RANK() OVER (ORDER BY b)) FROM t") == 4109);
    CHECK(error_in("SELECT SUM(a) OVER (ROWS UNBOUNDED PRECEDING) FROM t") == 10756);
    CHECK(error_in("SELECT RANK() OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t") == 10752);
    CHECK(error_in("SELECT SUM(a) OVER (ORDER BY 'x') FROM t") == 5309);
    CHECK(error_in("SELECT SUM(a) OVER (ORDER BY 123456789) FROM t") == 5308);
    CHECK(error_in("SELECT RANK(1) OVER (ORDER BY a) FROM t") == 4114);
    CHECK(error_in("SELECT LAG() OVER (ORDER BY a) FROM t") == 10755);
    CHECK(error_in("SELECT STRING_AGG(a, ',') OVER (ORDER BY a) FROM t") == 4113);
    CHECK(error_in("SELECT SUM(a) OVER (ORDER BY a ROWS BETWEEN CURRENT ROW AND UNBOUNDED "
                   "PRECEDING) FROM t") != 0);
}

TEST_CASE("a long number in a form is the number that it stands for, or none") {
    script_cache cache;
    for (const char* text : {"SELECT SUM(a) OVER (ORDER BY 123456789) FROM t",
                             "SELECT SUM(a) OVER (ORDER BY a ROWS 123456789 PRECEDING) FROM t",
                             "FETCH ABSOLUTE 123456789 FROM c",
                             "FETCH RELATIVE -123456789 FROM c",
                             "SELECT value FROM STRING_SPLIT('a', ',', 123456789)"}) {
        INFO(text);
        CHECK(cache.parse_batch(text).has_value() == parse_script(text).has_value());
    }
}

TEST_CASE("windows within windows and XML within XML are refused before they are too deep") {
    const std::size_t deep = 20'000;
    CHECK(error_in("SELECT " + repeated(deep, "SUM(1) OVER (ORDER BY ")) == 191);
    CHECK(error_in("SELECT " + repeated(deep, "(SELECT ") + "1") == 191);
    CHECK(error_in("SELECT " + repeated(deep, "STRING_AGG(a, ',') WITHIN GROUP (ORDER BY ")) ==
          191);
    CHECK(error_in("SELECT value FROM STRING_SPLIT(" + repeated(deep, "(")) == 191);
    CHECK(error_in("SELECT (SELECT 1 AS a FOR XML PATH, TYPE).value('.', 'nosuch')") == 2715);
    CHECK(error_in("SELECT (SELECT 1 AS a FOR XML PATH, TYPE).value('.', 'int) AS b, (1')") != 0);
    CHECK(error_in("SELECT (1).a") == 102);
}

TEST_CASE("one text of all rows is nothing to assign, to insert or to walk by a cursor") {
    const std::string xml = " FROM t FOR XML PATH('')";
    CHECK(error_in("SELECT a, b" + xml) == 0);
    CHECK(error_in("SELECT @a = a, @b = b" + xml) == 6819);
    CHECK(error_in("SELECT a, b INTO u" + xml) == 6819);
    CHECK(error_in("INSERT INTO u SELECT a, b" + xml) == 6819);
    CHECK(error_in("INSERT INTO u SELECT (SELECT a, b" + xml + ") AS x") == 0);
    CHECK(error_in("DECLARE c CURSOR FOR SELECT a" + xml) == 6819);
    CHECK(error_in("SELECT @a = (SELECT a" + xml + ")") == 0);
}
