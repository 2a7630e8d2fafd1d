// SPDX-License-Identifier: MIT
#include "agent/core/settings.hpp"

#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

#include <set>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

TEST_CASE("the three profiles satisfy the arithmetic") {
    for (const auto& times : {balanced_profile(), fast_profile(), wide_profile()}) {
        settings chosen;
        chosen.times = times;
        CHECK(complaints(chosen).empty());
    }
}

TEST_CASE("a combination that cannot work is refused with its arithmetic") {
    settings chosen;
    chosen.times = profile{15s, 5s, 9s, 1s};
    auto found = complaints(chosen);
    REQUIRE(found.size() == 2);
    CHECK(found[0].find("2 x 5 s = 10 s") != std::string::npos);
    CHECK(found[1].find("5 s + 9 s + 2 x 1 s = 16 s") != std::string::npos);
    chosen.times = profile{15s, 3s, 8500ms, 1s};
    REQUIRE(complaints(chosen).size() == 1);
    CHECK(complaints(chosen)[0].find("8.500 s") != std::string::npos);
    chosen.times = balanced_profile();
    chosen.monitor_policy = 6;
    REQUIRE(complaints(chosen).size() == 1);
}

TEST_CASE("every reason has a sentence, and every row of the table a code of its own") {
    for (auto code : reason::codes()) CHECK(reason::sentence(code) != code);
    ha::test::story told;
    std::set<std::string_view> codes;
    for (const auto& row : explain(told.seen)) {
        CHECK(codes.insert(row.code).second);
        CHECK(row.sentence.back() == '.');
    }
    CHECK(codes.size() > 30);
}
