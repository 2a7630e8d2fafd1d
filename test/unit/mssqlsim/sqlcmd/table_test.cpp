// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/table.hpp"

#include "test/support/catch.hpp"

using namespace ha::sqlcmd;

namespace {

std::string shown(options how) {
    table made{{{"id", 11, true}, {"a long name", 4, false}, {"text", 0, false}}, how};
    std::string all = made.header();
    all += made.row({"1", "abcd", "x"});
    all += made.row({"-20", std::nullopt, "y\xC3\xA4"});
    return all;
}

}  // namespace

TEST_CASE("sqlcmd: columns as wide as their values can be, numbers at the right") {
    options how;
    how.long_width = 6;
    CHECK(shown(how) ==
          "id          a long name text  \n"
          "----------- ----------- ------\n"
          "          1 abcd        x     \n"
          "        -20 NULL        y\xC3\xA4    \n");
    how.headers = -1;
    CHECK(shown(how) ==
          "          1 abcd x     \n"
          "        -20 NULL y\xC3\xA4    \n");
}

TEST_CASE("sqlcmd: trimmed, separated, headed again") {
    options how;
    how.trim = true;
    how.separator = '|';
    how.headers = 1;
    CHECK(shown(how) ==
          "id|a long name|text\n"
          "--|-----------|----\n"
          "1|abcd|x\n"
          "\n"
          "id|a long name|text\n"
          "--|-----------|----\n"
          "-20|NULL|y\xC3\xA4\n");
}

TEST_CASE("sqlcmd: a long line goes on in the next one, a long value is cut") {
    options how;
    how.line_width = 12;
    how.headers = -1;
    table made{{{"a", 10, false}, {"b", 3, false}}, how};
    CHECK(made.row({"0123456789", "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"}) ==
          "0123456789 \xC3\xA4\n\xC3\xA4\xC3\xA4\n");
}
