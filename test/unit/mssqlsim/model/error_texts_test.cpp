// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/error_texts.hpp"

#include "test/support/catch.hpp"

#include <stdexcept>

using namespace ha::mssqlsim;

TEST_CASE("an error's words have the parameters in their places") {
    auto made = numbered(35282, {"SQL2", "ag1"});
    REQUIRE(made.number == 35282);
    REQUIRE(made.severity == 16);
    REQUIRE(made.text.starts_with(
        "Availability replica 'SQL2' cannot be added to availability group 'ag1'.  The"));
    REQUIRE(numbered(41197, {"SQL2"}).severity == 15);
}

TEST_CASE("a word with braces is not a place for the next one") {
    auto made = numbered(35283, {"{}", "ag1"});
    REQUIRE(
        made.text.starts_with("Availability replica '{}' cannot be removed from availability "
                              "group 'ag1'."));
}

TEST_CASE("numbers that are not listed and words too many are faults of the program") {
    REQUIRE_THROWS_AS(numbered(1), std::logic_error);
    REQUIRE_THROWS_AS(numbered(41140, {"ag1", "more"}), std::logic_error);
}
