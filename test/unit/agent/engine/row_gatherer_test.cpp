// SPDX-License-Identifier: MIT
#include "agent/engine/row_gatherer.hpp"

#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::agent;

namespace {

struct stage {
    row_gatherer rows;

    void first(std::int64_t number) { rows.add({{"n", "data"}, {number}, false, false}); }
    void last() { rows.add({{"n", "data"}, {std::string{"x"}}, true, false}); }
    void row(std::int64_t number) {
        first(number);
        last();
    }
    void end() { rows.add({{"n", "data"}, {}, false, true}); }

    // "1x 2x" for a set of two rows, "none" when no set is whole.
    std::string next() {
        auto set = rows.next();
        if (!set) return "none";
        CHECK(set->columns == std::vector<std::string>{"n", "data"});
        std::string text;
        for (std::size_t i = 0; i < set->rows.size(); ++i)
            text += (i > 0 ? " " : "") + set->text(i, "n").value_or("-") +
                    set->text(i, "data").value_or("-");
        return text;
    }
};

}  // namespace

TEST_CASE("rows become sets at the announced end") {
    stage s;
    s.row(1);
    s.row(2);
    CHECK(s.next() == "none");
    s.end();
    s.end();
    CHECK(s.next() == "1x 2x");
    CHECK(s.next() == "");
    CHECK(s.next() == "none");
}

TEST_CASE("a pause hands on what is there, and the late end adds nothing") {
    stage s;
    s.rows.pause();
    CHECK(s.next() == "none");
    s.row(1);
    CHECK(s.rows.started());
    s.rows.pause();
    CHECK_FALSE(s.rows.started());
    CHECK(s.next() == "1x");
    s.end();
    CHECK(s.next() == "none");
    s.row(2);
    s.end();
    CHECK(s.next() == "2x");
}

TEST_CASE("a pause within a row hands it on with null, and its late cell goes nowhere") {
    stage s;
    s.row(1);
    s.first(2);
    s.rows.pause();
    CHECK(s.next() == "1x 2-");
    s.last();
    s.end();
    CHECK(s.next() == "none");
    s.row(3);
    s.end();
    CHECK(s.next() == "3x");
}

TEST_CASE("rows after a pause are a set of their own") {
    stage s;
    s.row(1);
    s.rows.pause();
    s.row(2);
    s.end();
    CHECK(s.next() == "1x");
    CHECK(s.next() == "2x");
    CHECK(s.next() == "none");
}
