// SPDX-License-Identifier: MIT
#include "agent/engine/row_gatherer.hpp"

#include "test/support/catch.hpp"

using namespace ha::agent;

namespace {

result_set row(std::int64_t number) {
    return {{"n"}, {{number}}};
}

const result_set end_of_set{{"n"}, {}};

}  // namespace

TEST_CASE("rows become sets at the announced end") {
    row_gatherer rows;
    rows.add(row(1));
    rows.add(row(2));
    CHECK_FALSE(rows.next());
    rows.add(end_of_set);
    rows.add(end_of_set);
    auto first = rows.next();
    REQUIRE(first);
    CHECK(first->rows.size() == 2);
    auto empty = rows.next();
    REQUIRE(empty);
    CHECK(empty->columns == std::vector<std::string>{"n"});
    CHECK(empty->rows.empty());
    CHECK_FALSE(rows.next());
}

TEST_CASE("a pause hands on what is there, and the late end adds nothing") {
    row_gatherer rows;
    rows.pause();
    CHECK_FALSE(rows.next());
    rows.add(row(1));
    CHECK(rows.started());
    rows.pause();
    CHECK_FALSE(rows.started());
    CHECK(rows.next()->integer(0, "n") == 1);
    rows.add(end_of_set);
    CHECK_FALSE(rows.next());
    rows.add(row(2));
    rows.add(end_of_set);
    CHECK(rows.next()->integer(0, "n") == 2);
}

TEST_CASE("rows after a pause are a set of their own") {
    row_gatherer rows;
    rows.add(row(1));
    rows.pause();
    rows.add(row(2));
    rows.add(end_of_set);
    CHECK(rows.next()->integer(0, "n") == 1);
    CHECK(rows.next()->integer(0, "n") == 2);
    CHECK_FALSE(rows.next());
}
