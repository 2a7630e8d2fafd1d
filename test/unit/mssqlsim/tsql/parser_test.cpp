// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/parser.hpp"

#include "test/mssqlsim/tsql/form.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <sstream>

using namespace ha::mssqlsim;

TEST_CASE("every text that the agent can send is understood") {
    std::istringstream corpus{ha::test::source_text("test/golden/statements.sql")};
    std::string line;
    std::string batch;
    int count = 0;
    while (std::getline(corpus, line)) {
        if (line != "GO") {
            batch += line + "\n";
            continue;
        }
        const auto parsed = parse_script(batch);
        INFO(batch);
        INFO((parsed ? std::string{} : parsed.error().text));
        REQUIRE(parsed.has_value());
        batch.clear();
        ++count;
    }
    REQUIRE(count > 20);
}

TEST_CASE("errors name the place") {
    auto bad = parse_script("SELECT 1;\nSELECT FROM x");
    REQUIRE_FALSE(bad.has_value());
    REQUIRE(bad.error().number == 156);
    REQUIRE(bad.error().line == 2);
    REQUIRE(parse_script("SELECT 'open").error().number == 105);
    REQUIRE(parse_script("SELECT 1 /* open").error().number == 113);
    REQUIRE(parse_script("DECLARE @x nothing").error().number == 2715);
    REQUIRE(parse_script("ALTER AVAILABILITY GROUP [ag1] DANCE").error().number == 102);
    REQUIRE(parse_script("IF 1 = 1").error().number == 102);
}

TEST_CASE("statements need no semicolons between them") {
    const auto parsed = parse_script("set quoted_identifier on USE  [db]");
    REQUIRE(parsed.has_value());
    REQUIRE((*parsed)->size() == 2);
}

TEST_CASE("a text is parsed once") {
    script_cache cache;
    REQUIRE(cache.parse("SELECT 1").value() == cache.parse("SELECT 1").value());
}

TEST_CASE("batches that differ in long numbers alone have one tree") {
    script_cache cache;
    const auto one = cache.parse_batch("SELECT 1 WHERE 3600123 < 5").value();
    const auto other = cache.parse_batch("SELECT 1 WHERE 9900000123 < 5").value();
    REQUIRE(one.tree == other.tree);
    REQUIRE(one.numbers == std::vector<std::int64_t>{3600123});
    REQUIRE(other.numbers == std::vector<std::int64_t>{9900000123});
    REQUIRE(cache.parse_batch("SELECT 1 WHERE 3600123 < 6").value().tree != one.tree);
    // No variable can stand there.
    REQUIRE(cache.parse_batch("DECLARE @x nvarchar(100000)").value().numbers.empty());
    REQUIRE(cache.parse_batch("SELECT 123456 FROM").error().number == 102);
}

TEST_CASE("only whole numbers of their own are taken out of a batch") {
    const auto form = form_of("f(123456,'a 123456 ''b 123456', [c 123456], 1234567)");
    REQUIRE(form.numbers == std::vector<std::int64_t>{123456, 1234567});
    REQUIRE(form.text == "f(" + number_variable(0) + ",'a 123456 ''b 123456', [c 123456], " +
                             number_variable(1) + ")");
    for (const char* text : {"12345",
                             "1234567890123456789",
                             "1.123456",
                             "123456.1",
                             "a123456",
                             "0x123456",
                             "@x123456",
                             "123456 -- 123456",
                             "'123456"}) {
        INFO(text);
        REQUIRE(form_of(text).numbers.empty());
        REQUIRE(form_of(text).text == text);
    }
}
