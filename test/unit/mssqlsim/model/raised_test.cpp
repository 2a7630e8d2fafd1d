// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/raised.hpp"

#include "test/support/catch.hpp"

using namespace ha::mssqlsim;

namespace {

sql_error raised(row values) {
    return raised_error({}, values);
}

row with(const std::string& text, value argument) {
    return {text, std::int64_t{10}, std::int64_t{1}, std::move(argument)};
}

}  // namespace

TEST_CASE("severity and state of RAISERROR out of their bounds") {
    const auto low = raised({std::string{"x"}, std::int64_t{-5}, std::int64_t{-1}});
    CHECK(low.severity == 0);
    CHECK(low.state == 1);
    const auto high = raised({std::string{"x"}, std::int64_t{16}, std::int64_t{256}});
    CHECK(high.severity == 16);
    CHECK(high.state == 0);
    CHECK(raised({std::string{"x"}, std::int64_t{20}, std::int64_t{1}}).number == 2754);
    raise_statement logged;
    logged.logs = true;
    const auto fatal = raised_error(logged, {std::string{"x"}, std::int64_t{99}, std::int64_t{1}});
    CHECK(fatal.severity == 25);
    CHECK(fatal.how_far == sql_error::reach::session);
}

TEST_CASE("a message of 2047 letters is whole, a longer one is cut") {
    const std::string whole(2047, 'x');
    CHECK(raised(with(whole, {})).text == whole);
    CHECK(raised(with("%s", whole)).text == whole);
    CHECK(raised(with("%s", whole + "y")).text == std::string(2044, 'x') + "...");
    // A letter beyond the first plane is two.
    std::string ducks;
    for (int i = 0; i < 1024; ++i) ducks += "\xF0\x9F\xA6\x86";
    CHECK(raised(with("%s", ducks)).text == ducks.substr(0, std::size_t{1022} * 4) + "...");
}

TEST_CASE("what stands behind a percent sign") {
    const value number{std::int64_t{-7}};
    CHECK(raised(with("<%5d>", number)).text == "<   -7>");
    CHECK(raised(with("<%-5i>", number)).text == "<-7   >");
    CHECK(raised(with("<%05d>", number)).text == "<-0007>");
    CHECK(raised(with("<%.3d>", number)).text == "<-007>");
    CHECK(raised(with("<%u>", number)).text == "<4294967289>");
    CHECK(raised(with("<%I64x>", number)).text == "<fffffffffffffff9>");
    CHECK(raised(with("<%2000000000000d>", number)).text.size() == 2047);
    CHECK(raised(with("<%.1s>", value{std::string{"\xC3\xA4x"}})).text == "<\xC3\xA4>");
    CHECK(raised(with("<%9s>", value{})).text == "<(null)>");
    CHECK(raised(with("100%%", number)).text == "100%");
    CHECK(raised(with("100%", number)).number == 2787);
    CHECK(raised(with("%I32d", number)).number == 2787);
    CHECK(raised(with("%s", number)).number == 2786);
}
