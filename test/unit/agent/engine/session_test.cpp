// SPDX-License-Identifier: MIT
#include "agent/engine/session.hpp"

#include "test/support/catch.hpp"

using namespace ha::agent;

TEST_CASE("values are found by row and column name, and what is not there is null") {
    result_set set{{"role", "lsn", "name", "none", "raw"},
                   {{std::int64_t{1},
                     std::string{"-43000000011800001"},
                     std::string{"sql-0"},
                     sql_value{},
                     std::vector<std::uint8_t>{1, 2}}}};
    CHECK(set.integer(0, "role") == 1);
    CHECK(set.integer(0, "lsn") == -43000000011800001);
    CHECK(set.text(0, "name") == "sql-0");
    CHECK(set.text(0, "role") == "1");
    CHECK(set.integer(0, "name") == std::nullopt);
    CHECK(set.integer(0, "none") == std::nullopt);
    CHECK(set.text(0, "none") == std::nullopt);
    CHECK(set.text(0, "raw") == std::nullopt);
    CHECK(std::holds_alternative<std::monostate>(set.at(1, "role")));
    CHECK(std::holds_alternative<std::monostate>(set.at(0, "absent")));
}

TEST_CASE("a number that 64 bits cannot hold is no number") {
    result_set set{{"lsn"}, {{std::string{"43000000011800001000000000"}}}};
    CHECK(set.integer(0, "lsn") == std::nullopt);
    CHECK(set.text(0, "lsn") == "43000000011800001000000000");
}
