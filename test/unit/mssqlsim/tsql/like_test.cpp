// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"

using namespace ha::mssqlsim;
using std::string;
using std::string_view;

namespace {

bool fits(string_view text, string_view pattern) {
    return like(text, pattern);
}

}  // namespace

TEST_CASE("LIKE knows its signs") {
    CHECK(fits("abc", "abc"));
    CHECK(fits("abc", "A%"));
    CHECK(fits("abc", "%c"));
    CHECK(fits("abc", "%b%"));
    CHECK(fits("abc", "a_c"));
    CHECK(fits("", "%"));
    CHECK(fits("abab", "%ab"));
    CHECK(fits("a]", "a[]]"));
    CHECK(fits("b", "[a-c]"));
    CHECK(fits("d", "[^a-c]"));
    CHECK(fits("%", "[%]"));
    CHECK_FALSE(fits("abc", "ab"));
    CHECK_FALSE(fits("abc", "abcd"));
    CHECK_FALSE(fits("abc", "%d%"));
    CHECK_FALSE(fits("b", "[^a-c]"));
    CHECK_FALSE(fits("b", "[a-c"));
    CHECK_FALSE(fits("", "_"));
}

TEST_CASE("a pattern with many signs takes no time that grows with each of them") {
    const string text(4000, 'a');
    string pattern;
    for (int i = 0; i < 500; ++i) pattern += "%a";
    CHECK(fits(text, pattern));
    CHECK_FALSE(fits(text, pattern + "b"));
}

TEST_CASE("texts are compared as the collation does") {
    CHECK(compare_characters("a", "A  ") == 0);
    CHECK(compare_characters("a", " a") != 0);
    CHECK(compare_characters("\xC5\xBC", "\xC5\xBB") == 0);
    CHECK(compare_characters("a", "b") < 0);
    CHECK(compare_characters("b", "a") > 0);
}

TEST_CASE("units go there and back, and what is no UTF-8 is replaced") {
    const string face = "\xF0\x9F\x98\x80";
    CHECK(count_units(face) == 2);
    CHECK(text_of_units(units_of(face)) == face);
    CHECK(text_of_units(units_of(face).substr(0, 1)) == "\xEF\xBF\xBD");
    CHECK(text_of_units(units_of("a\xFFz")) == "a\xEF\xBF\xBDz");
    CHECK(count_units("na\xC3\xAFve") == 5);
    CHECK(upper_letters("na\xC3\xAFve") == "NA\xC3\x8FVE");
}
