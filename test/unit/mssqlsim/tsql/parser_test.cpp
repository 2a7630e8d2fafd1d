// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/parser.hpp"

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
