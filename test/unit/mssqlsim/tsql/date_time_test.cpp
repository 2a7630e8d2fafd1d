// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/date_time.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/support/catch.hpp"

using namespace ha::mssqlsim;
using kind = column_kind;

namespace {

const column_type offset_type{kind::datetimeoffset, 10, 25, 7};

std::string read_and_written(const std::string& text) {
    const auto made = read_date_time(text);
    return made ? date_time_text(*made, offset_type) : std::string{"none"};
}

value calendar(kind what, const std::string& text) {
    return calendar_value{what, text};
}

std::int32_t error_of(const value& from, const column_type& to) {
    const auto made = convert(from, to);
    return made ? 0 : made.error().number;
}

}  // namespace

TEST_CASE("dates and times are read in the forms that are documented") {
    CHECK(read_and_written("") == "1900-01-01 00:00:00.0000000 +00:00");
    CHECK(read_and_written("0001-01-01") == "0001-01-01 00:00:00.0000000 +00:00");
    CHECK(read_and_written("9999-12-31 23:59:59.9999999") == "9999-12-31 23:59:59.9999999 +00:00");
    CHECK(read_and_written("20240229") == "2024-02-29 00:00:00.0000000 +00:00");
    CHECK(read_and_written("491231") == "2049-12-31 00:00:00.0000000 +00:00");
    CHECK(read_and_written("500101") == "1950-01-01 00:00:00.0000000 +00:00");
    CHECK(read_and_written("2026-01-31T10:20:30.5-05:30") == "2026-01-31 10:20:30.5000000 -05:30");
    CHECK(read_and_written("2026-01-31T10:20:30Z") == "2026-01-31 10:20:30.0000000 +00:00");
    CHECK(read_and_written("jan 31 2026 4:05PM") == "2026-01-31 16:05:00.0000000 +00:00");
    CHECK(read_and_written("12 AM") == "1900-01-01 00:00:00.0000000 +00:00");
    CHECK(read_and_written("12:01:02:3 PM") == "1900-01-01 12:01:02.0030000 +00:00");
}

TEST_CASE("what is no date is told from one that there is not") {
    for (const char* bad : {"noon",
                            "2026",
                            "2026-01",
                            "2026-01-31 noon",
                            "1:2:3:4:5",
                            "12:60",
                            "2026-01-31 +01:00",
                            "13:00 AM",
                            "31 Foo 2026",
                            "2026-01-31 10:00 x",
                            "2026-1-",
                            "//",
                            "-",
                            "+",
                            "+1",
                            "9 "}) {
        INFO(bad);
        const auto made = read_date_time(bad);
        const bool year_alone = std::string_view{bad} == "2026";  // its first day
        CHECK(made.has_value() == year_alone);
        if (!made) CHECK(made.error() == misread::form);
    }
    for (const char* bad : {"2026-02-29", "2026-13-01", "0000-01-01", "0001-01-01 00:00 +01:00"}) {
        INFO(bad);
        CHECK(read_date_time(bad).error() == misread::range);
    }
}

TEST_CASE("conversions that there are not are refused by their numbers") {
    CHECK(error_of(value{std::int64_t{1}}, {kind::date, 3, 25, 0}) == 206);
    CHECK(error_of(calendar(kind::date, "2026-01-31"), {kind::integer, 4, 25, 0}) == 206);
    CHECK(error_of(calendar(kind::time, "10:00:00"), {kind::date, 3, 25, 0}) == 206);
    CHECK(error_of(value{"1000-01-01"}, {kind::datetime, 8, 25, 3}) == 242);
    CHECK(error_of(value{"2079-06-07"}, {kind::smalldatetime, 4, 25, 0}) == 242);
    CHECK(error_of(value{"2079-06-06 23:59"}, {kind::smalldatetime, 4, 25, 0}) == 0);
    CHECK(error_of(value{"soon"}, {kind::time, 5, 25, 7}) == 241);
    CHECK(refused_cast(value{1.5}, {kind::time, 5, 25, 7})->number == 529);
}

TEST_CASE("dates are compared by the moment that they are") {
    const auto early = calendar(kind::datetimeoffset, "2026-01-01 12:00:00 +02:00");
    const auto late = calendar(kind::datetimeoffset, "2026-01-01 09:00:00 -02:00");
    CHECK(compare(early, late).value() < 0);
    CHECK(compare(early, value{"2026-01-01 10:00"}).value() == 0);
    CHECK(compare(calendar(kind::date, "2026-01-31"), value{"20260131"}).value() == 0);
    CHECK(compare(calendar(kind::date, "2026-01-31"), calendar(kind::time, "10:00:00"))
              .error()
              .number == 402);
}

TEST_CASE("money has four digits, and its text two") {
    const column_type large{kind::money, 8, 19, 4};
    const column_type small{kind::smallmoney, 4, 10, 4};
    CHECK(convert(value{"$1,234.56785"}, large).value() == value{exact_number{"1234.5679", true}});
    CHECK(convert(value{"-\xE2\x82\xAC"
                        "5"},
                  large)
              .value() == value{exact_number{"-5.0000", true}});
    CHECK(convert(value{""}, large).value() == value{exact_number{"0.0000", true}});
    CHECK(text_of(convert(value{exact_number{"3510.916"}}, large).value()) == "3510.92");
    CHECK(money_text(exact_number{"-1234567.0050", true}, 1) == "-1,234,567.01");
    CHECK(error_of(value{"five"}, large) == 235);
    CHECK(error_of(value{"five"}, small) == 293);
    CHECK(error_of(value{"922337203685477.5808"}, large) == 236);
    CHECK(error_of(value{std::int64_t{214749}}, small) == 8115);
    const auto part =
        money_arithmetic('/', value{exact_number{"2.0000", true}}, value{std::int64_t{3}});
    CHECK(part.value() == value{exact_number{"0.6666", true}});
}

TEST_CASE("a sql_variant keeps the type of what is in it, in its packed form, too") {
    const std::vector<std::pair<value, column_type>> all{
        {value{std::int64_t{-7}}, {kind::smallint, 2, 25, 0}},
        {value{0.1}, {kind::floating, 8, 25, 0}},
        {value{"a b"}, {kind::varchar, 10, 25, 0}},
        {value{binary{0, 255}}, {kind::varbinary, 2, 25, 0}},
        {value{exact_number{"46279.10"}}, {kind::numeric, 0, 8, 2}},
        {value{exact_number{"1.0000", true}}, {kind::money, 8, 19, 4}},
        {calendar(kind::date, "2026-01-31"), {kind::date, 3, 25, 0}}};
    for (const auto& [what, type] : all) {
        const auto made = as_variant(what, type);
        REQUIRE(is_variant(made));
        CHECK(out_of_variant(made) == what);
        CHECK(value{unpacked(packed(std::get<variant_value>(made))).value()} == made);
    }
    CHECK(is_null(as_variant(value{}, {kind::integer, 4, 25, 0})));
    CHECK_FALSE(unpacked("no variant").has_value());
    const auto number = as_variant(all[4].first, all[4].second);
    CHECK(text_of(variant_property(number, "BaseType")) == "numeric");
    CHECK(text_of(variant_property(number, "Precision")) == "8");
    CHECK(is_null(variant_property(number, "Colour")));
    // Another family is not compared by value.
    CHECK(compare(as_variant(value{"1"}, {kind::varchar, 1, 25, 0}),
                  as_variant(value{std::int64_t{1}}, {kind::integer, 4, 25, 0}))
              .value() < 0);
}
