// SPDX-License-Identifier: MIT
#include "test/mssqlsim/sqlcmd/script.hpp"

#include "test/support/catch.hpp"

#include <vector>

using namespace ha::sqlcmd;
using kind = step::kind;

namespace {

// All steps that do something, the rest at the end among them.
std::vector<step> steps(const std::vector<std::string>& lines,
                        std::map<std::string, std::string> variables = {}) {
    script all{std::move(variables), true};
    std::vector<step> made;
    for (const auto& line : lines)
        if (auto next = all.take(line); next.what != kind::none) made.push_back(next);
    if (auto last = all.rest(); last.what != kind::none) made.push_back(last);
    return made;
}

}  // namespace

TEST_CASE("sqlcmd: GO ends a batch, and says how often it is sent") {
    auto made = steps({"select 1", "  from t", "GO", "go", "select 2", "Go 3", "select 3"});
    REQUIRE(made.size() == 3);
    CHECK(made[0].text == "select 1\n  from t\n");
    CHECK(made[0].times == 1);
    CHECK(made[1].text == "select 2\n");
    CHECK(made[1].times == 3);
    CHECK(made[2].text == "select 3\n");
    CHECK(steps({"select 1", "go twice"}).front().what == kind::refused);
    CHECK(steps({"gone"}).front().text == "gone\n");
    CHECK(steps({"", "  "}).empty());
}

TEST_CASE("sqlcmd: variables stand for their values, and one without a value ends it") {
    auto made = steps({":setvar Name \"a b\"", "select '$(name)', $(X)", "go"}, {{"x", "5"}});
    REQUIRE(made.size() == 1);
    CHECK(made[0].text == "select 'a b', 5\n");
    made = steps({"select $(nothing)"});
    REQUIRE(made.size() == 1);
    CHECK(made[0].text == "Sqlcmd: Error: 'nothing' scripting variable not defined.");
    script plain{{}, false};
    plain.take("select '$(x)'");
    CHECK(plain.rest().text == "select '$(x)'\n");
}

TEST_CASE("sqlcmd: commands of its own") {
    CHECK(steps({"quit"}).front().what == kind::quit);
    CHECK(steps({":EXIT"}).front().what == kind::quit);
    auto made = steps({"select 1", "exit(select 7)"});
    REQUIRE(made.size() == 1);
    CHECK(made[0].what == kind::quit_with);
    CHECK(made[0].text == "select 1\nselect 7");
    CHECK(steps({":r \"a file.sql\""}).front().text == "a file.sql");
    CHECK(steps({"select 1", "reset"}).empty());
    CHECK(steps({":connect elsewhere"}).front().what == kind::refused);
    script one{{}, true};
    one.take(":on error exit");
    CHECK(one.stops_at_error());
    one.take(":On Error ignore");
    CHECK_FALSE(one.stops_at_error());
}
