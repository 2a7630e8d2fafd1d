// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/calendar.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

// DATEDIFF, DATEADD, DATEPART and the like.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t day = 86'400'000'000'000;

// Of what a date consists: units of a fixed length in nanoseconds, and those of months.
struct date_part {
    const char* name;
    std::array<const char*, 2> short_names;
    std::int64_t nanoseconds;
    std::int64_t months;
};

constexpr date_part parts[] = {{"year", {"yy", "yyyy"}, 0, 12},
                               {"quarter", {"qq", "q"}, 0, 3},
                               {"month", {"mm", "m"}, 0, 1},
                               {"day", {"dd", "d"}, day, 0},
                               {"dayofyear", {"dy", "y"}, day, 0},
                               {"hour", {"hh", "hh"}, 3'600'000'000'000, 0},
                               {"minute", {"mi", "n"}, 60'000'000'000, 0},
                               {"second", {"ss", "s"}, 1'000'000'000, 0},
                               {"millisecond", {"ms", "ms"}, 1'000'000, 0},
                               {"microsecond", {"mcs", "mcs"}, 1'000, 0},
                               {"nanosecond", {"ns", "ns"}, 1, 0}};

sql_result<const date_part*> part_named(const value& word, const char* function) {
    const std::string name = text_of(word);
    for (const auto& one : parts)
        if (name == one.name || name == one.short_names[0] || name == one.short_names[1])
            return &one;
    return tl::unexpected(sql_error{155,
                                    "'" + name + "' is not a recognized " + function + " option.",
                                    15,
                                    1,
                                    sql_error::reach::scope,
                                    0,
                                    {}});
}

sql_result<std::int64_t> moment_of(const value& v) {
    if (const auto made = parse_time(text_of(v))) return *made;
    return sql_failure(241,
                       "Conversion failed when converting date and/or time from character string.");
}

struct calendar_date {
    std::int64_t year;
    std::int64_t month;
    std::int64_t date;
};

calendar_date date_of(std::int64_t moment) {
    const std::string text = time_text(moment, 0);
    const auto number = [&](std::size_t at, std::size_t count) {
        return std::int64_t{std::strtol(text.substr(at, count).c_str(), nullptr, 10)};
    };
    return {number(0, 4), number(5, 2), number(8, 2)};
}

std::int64_t floored(std::int64_t moment, std::int64_t unit) {
    return moment / unit - (moment % unit < 0 ? 1 : 0);
}

// Boundaries crossed, as the real one counts.
sql_result<value> date_difference(const row& a) {
    const auto part = part_named(a[0], "datediff");
    if (!part) return tl::unexpected(part.error());
    if (is_null(a[1]) || is_null(a[2])) return value{};
    const auto from = moment_of(a[1]);
    const auto to = moment_of(a[2]);
    if (!from) return tl::unexpected(from.error());
    if (!to) return tl::unexpected(to.error());
    const std::int64_t unit = (*part)->nanoseconds;
    if (unit != 0) return value{floored(*to, unit) - floored(*from, unit)};
    const auto count = [&](std::int64_t moment) {
        const auto date = date_of(moment);
        return (date.year * 12 + date.month - 1) / (*part)->months;
    };
    return value{count(*to) - count(*from)};
}

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// The same day of another month, or its last one.
sql_result<std::int64_t> months_later(std::int64_t moment, std::int64_t months) {
    const auto date = date_of(moment);
    const std::int64_t all = date.year * 12 + date.month - 1 + months;
    constexpr std::int64_t last_month = 9999 * 12 + 11;
    if (all < 12 || all > last_month)
        return sql_failure(517, "Adding a value to a 'datetime' column caused an overflow.");
    const std::string year = std::to_string(all / 12);
    const std::string first = std::string(4 - std::min<std::size_t>(4, year.size()), '0') + year +
                              "-" + two_digits(all % 12 + 1) + "-01";
    const std::int64_t begin = parse_time(first).value_or(0);
    const std::int64_t next_month = date_of(begin + 31 * day).month;
    std::int64_t days = 31;
    while (date_of(begin + (days - 1) * day).month == next_month) --days;
    return begin + (std::min(date.date, days) - 1) * day + (moment - floored(moment, day) * day);
}

sql_result<value> date_sum(const row& a) {
    const auto part = part_named(a[0], "dateadd");
    if (!part) return tl::unexpected(part.error());
    if (is_null(a[1]) || is_null(a[2])) return value{};
    const auto count = convert(a[1], {column_kind::bigint, 8, 25, 0});
    if (!count) return count;
    const auto from = moment_of(a[2]);
    if (!from) return tl::unexpected(from.error());
    const std::int64_t number = std::get<std::int64_t>(*count);
    if ((*part)->nanoseconds != 0)
        return value{time_text(*from + number * (*part)->nanoseconds, 7)};
    const auto made = months_later(*from, number * (*part)->months);
    if (!made) return tl::unexpected(made.error());
    return value{time_text(*made, 7)};
}

sql_result<value> part_of_date(const row& a) {
    const auto part = part_named(a[0], "datepart");
    if (!part) return tl::unexpected(part.error());
    if (is_null(a[1])) return value{};
    const auto moment = moment_of(a[1]);
    if (!moment) return tl::unexpected(moment.error());
    const auto date = date_of(*moment);
    const std::string name = (*part)->name;
    if (name == "year") return value{date.year};
    if (name == "quarter") return value{(date.month + 2) / 3};
    if (name == "month") return value{date.month};
    if (name == "day") return value{date.date};
    if (name == "dayofyear") {
        const auto first = parse_time(time_text(*moment, 0).substr(0, 4) + "-01-01");
        return value{floored(*moment - first.value_or(0), day) + 1};
    }
    const std::int64_t unit = (*part)->nanoseconds;
    const std::int64_t second = 1'000'000'000;
    // Fractions of a second are of the second, all else is of the next larger unit.
    const std::int64_t whole = unit < second ? second : (unit == 3600 * second ? day : 60 * unit);
    return value{(*moment - floored(*moment, whole) * whole) / unit};
}

template <std::int64_t calendar_date::* Part>
sql_result<value> one_of_date(const row& a) {
    if (is_null(a[0])) return value{};
    const auto moment = moment_of(a[0]);
    if (!moment) return tl::unexpected(moment.error());
    return value{date_of(*moment).*Part};
}

}  // namespace

const function_table& date_functions() {
    constexpr column_type whole{column_kind::integer, 4, 25, 0};
    static const function_table known{
        {"DATEADD", {date_sum, 3, 3, {column_kind::datetime2, 8, 25, 7}}},
        {"DATEDIFF", {date_difference, 3, 3, whole}},
        {"DATEDIFF_BIG", {date_difference, 3, 3, {column_kind::bigint, 8, 25, 0}}},
        {"DATEPART", {part_of_date, 2, 2, whole}},
        {"DAY", {one_of_date<&calendar_date::date>, 1, 1, whole}},
        {"MONTH", {one_of_date<&calendar_date::month>, 1, 1, whole}},
        {"YEAR", {one_of_date<&calendar_date::year>, 1, 1, whole}},
    };
    return known;
}

}  // namespace ha::mssqlsim
