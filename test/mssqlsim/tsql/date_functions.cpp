// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>
#include <array>
#include <limits>

// DATEDIFF, DATEADD, DATEPART and the like.

namespace ha::mssqlsim {

namespace {

enum class part : std::uint8_t {
    year,
    quarter,
    month,
    dayofyear,
    day,
    week,
    weekday,
    iso_week,
    hour,
    minute,
    second,
    millisecond,
    microsecond,
    nanosecond,
    tzoffset,
};

// Of what a date consists: units of a fixed length in ticks, and those of months.
struct date_part {
    part what;
    const char* name;
    std::array<const char*, 2> short_names;
    std::int64_t ticks;
    std::int64_t months;
};

constexpr date_part parts[] = {
    {part::year, "year", {"yy", "yyyy"}, 0, 12},
    {part::quarter, "quarter", {"qq", "q"}, 0, 3},
    {part::month, "month", {"mm", "m"}, 0, 1},
    {part::day, "day", {"dd", "d"}, ticks_per_day, 0},
    {part::dayofyear, "dayofyear", {"dy", "y"}, ticks_per_day, 0},
    {part::week, "week", {"wk", "ww"}, 7 * ticks_per_day, 0},
    {part::weekday, "weekday", {"dw", "w"}, ticks_per_day, 0},
    {part::iso_week, "iso_week", {"isowk", "isoww"}, 7 * ticks_per_day, 0},
    {part::hour, "hour", {"hh", "hh"}, 60 * ticks_per_minute, 0},
    {part::minute, "minute", {"mi", "n"}, ticks_per_minute, 0},
    {part::second, "second", {"ss", "s"}, ticks_per_second, 0},
    {part::millisecond, "millisecond", {"ms", "ms"}, ticks_per_second / 1'000, 0},
    {part::microsecond, "microsecond", {"mcs", "mcs"}, ticks_per_second / 1'000'000, 0},
    {part::nanosecond, "nanosecond", {"ns", "ns"}, 0, 0},
    {part::tzoffset, "tzoffset", {"tz", "tz"}, 0, 0}};

constexpr std::int64_t nanoseconds_per_tick = 100;

sql_result<const date_part*> part_named(const value& word, const char* function) {
    const std::string name = lower(text_of(word));
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

bool is_of_day(part what) {
    return what >= part::hour && what <= part::nanosecond;
}

// 9810: a part that dates of this type do not have; text is taken for one that has all.
std::optional<sql_error> refused_part(const date_part& wanted,
                                      const value& date,
                                      const std::string& function) {
    const auto* typed = std::get_if<calendar_value>(&date);
    if (typed == nullptr) return {};
    const bool moves = function == "dateadd";
    const bool has_zone = typed->kind == column_kind::datetimeoffset;
    bool lacks = wanted.what == part::tzoffset ? (moves || !has_zone) : false;
    if (typed->kind == column_kind::date) lacks = lacks || is_of_day(wanted.what);
    if (typed->kind == column_kind::time)
        lacks = lacks || (!is_of_day(wanted.what) && wanted.what != part::tzoffset);
    if (typed->kind == column_kind::smalldatetime)
        lacks = lacks || (moves && wanted.what >= part::microsecond);
    if (!lacks) return {};
    return sql_error{9810,
                     std::string{"The datepart "} + wanted.name +
                         " is not supported by date function " + function + " for data type " +
                         name_of_kind(typed->kind) + ".",
                     16,
                     1,
                     sql_error::reach::batch,
                     0,
                     {}};
}

std::int64_t floored(std::int64_t ticks, std::int64_t unit) {
    return ticks / unit - (ticks % unit < 0 ? 1 : 0);
}

sql_result<value> too_far_apart() {
    return sql_failure(535,
                       "The datediff function resulted in an overflow. The number of dateparts "
                       "separating two date/time instances is too large. Try to use datediff with "
                       "a less precise datepart.");
}

// Boundaries crossed, as the real one counts; dates with an offset are told apart in UTC.
sql_result<std::int64_t> boundaries(const row& a) {
    const auto part_of = part_named(a[0], "datediff");
    if (!part_of) return tl::unexpected(part_of.error());
    const auto from = date_time_of(a[1]);
    const auto to = date_time_of(a[2]);
    if (!from) return tl::unexpected(from.error());
    if (!to) return tl::unexpected(to.error());
    const auto what = (*part_of)->what;
    if (what == part::nanosecond) {
        std::int64_t made = 0;
        if (__builtin_mul_overflow(
                to->utc_ticks() - from->utc_ticks(), nanoseconds_per_tick, &made))
            return tl::unexpected(too_far_apart().error());
        return made;
    }
    const std::int64_t unit = (*part_of)->ticks;
    // Weeks begin with a Sunday here whatever DATEFIRST says, and 0001-01-01 was a Monday.
    const std::int64_t before = what == part::week ? ticks_per_day : 0;
    if (unit != 0)
        return floored(to->utc_ticks() + before, unit) - floored(from->utc_ticks() + before, unit);
    const auto count = [&](const date_time& when) {
        const auto date = date_of_day(floored(when.utc_ticks(), ticks_per_day));
        return (date.year * 12 + date.month - 1) / (*part_of)->months;
    };
    if ((*part_of)->months == 0)
        return sql_failure(9806,
                           std::string{"The datepart "} + (*part_of)->name +
                               " is not supported by date function datediff.");
    return count(*to) - count(*from);
}

sql_result<value> large_difference(const row& a) {
    if (is_null(a[1]) || is_null(a[2])) return value{};
    const auto made = boundaries(a);
    if (!made) return tl::unexpected(made.error());
    return value{*made};
}

sql_result<value> date_difference(const row& a) {
    auto made = large_difference(a);
    if (!made || is_null(*made)) return made;
    const auto count = std::get<std::int64_t>(*made);
    const bool fits = count >= std::numeric_limits<std::int32_t>::min() &&
                      count <= std::numeric_limits<std::int32_t>::max();
    return fits ? made : too_far_apart();
}

// The same day of another month, or its last one; nothing past the years that there are.
std::optional<std::int64_t> months_later(std::int64_t ticks, std::int64_t months) {
    auto date = date_of_day(floored(ticks, ticks_per_day));
    const std::int64_t all = date.year * 12 + date.month - 1 + months;
    date.year = all / 12;
    date.month = all % 12 + 1;
    auto day = day_of_date(date);
    for (int shorter = 0; !day && shorter < 3; ++shorter) {
        --date.date;
        day = day_of_date(date);
    }
    if (!day) return {};
    return *day * ticks_per_day + ticks % ticks_per_day;
}

std::optional<std::int64_t> moved(std::int64_t ticks, const date_part& by, std::int64_t number) {
    if (by.months != 0) return months_later(ticks, number * by.months);
    std::int64_t change = 0;
    if (by.what == part::nanosecond) {  // documented: 49 are none, 50 are a tick
        const std::int64_t half = number < 0 ? -nanoseconds_per_tick / 2 : nanoseconds_per_tick / 2;
        change = (number + half) / nanoseconds_per_tick;
    } else if (__builtin_mul_overflow(number, by.ticks, &change)) {
        return {};
    }
    std::int64_t made = 0;
    if (__builtin_add_overflow(ticks, change, &made)) return {};
    return made;
}

sql_result<value> date_sum(const row& a) {
    const auto part_of = part_named(a[0], "dateadd");
    if (!part_of) return tl::unexpected(part_of.error());
    if (is_null(a[1]) || is_null(a[2])) return value{};
    if (auto bad = refused_part(**part_of, a[2], "dateadd")) return tl::unexpected(*bad);
    if ((*part_of)->what == part::tzoffset || (*part_of)->what == part::iso_week)
        return sql_failure(9806,
                           std::string{"The datepart "} + (*part_of)->name +
                               " is not supported by date function dateadd.");
    const auto count = convert(a[1], {column_kind::integer, 4, 25, 0});
    if (!count) return count;
    auto from = date_time_of(a[2]);
    if (!from) return tl::unexpected(from.error());
    const auto* typed = std::get_if<calendar_value>(&a[2]);
    const auto made = moved(from->ticks, **part_of, std::get<std::int64_t>(*count));
    const std::int64_t end = days_in_all * ticks_per_day;
    const bool turns = typed != nullptr && typed->kind == column_kind::time;
    if (!made || (!turns && (*made < 0 || *made >= end)))
        return sql_failure(517,
                           "Adding a value to a '" +
                               (typed == nullptr ? "datetime" : name_of_kind(typed->kind)) +
                               "' column caused an overflow.");
    from->ticks = turns ? *made - floored(*made, ticks_per_day) * ticks_per_day : *made;
    if (typed == nullptr) return value{date_time_text(*from, {column_kind::datetime2, 8, 25, 7})};
    const column_type type{typed->kind, 8, 25, digits_in(a[2])};
    return to_date_time(value{date_time_text(*from, type)}, type);
}

std::int64_t day_of_year(std::int64_t day) {
    return day - day_of_date({date_of_day(day).year, 1, 1}).value_or(0) + 1;
}

// Sunday is the first, as with DATEFIRST 7.
std::int64_t weekday_of(std::int64_t day) {
    return (day + 1) % 7 + 1;
}

// The week of ISO 8601: that of its Thursday.
std::int64_t iso_week_of(std::int64_t day) {
    const std::int64_t thursday = day - day % 7 + 3;
    return (day_of_year(thursday) - 1) / 7 + 1;
}

std::int64_t part_of_moment(part what, const date_time& when) {
    const auto day = when.day();
    const auto date = date_of_day(day);
    const std::int64_t ticks = when.tick_of_day();
    const std::int64_t of_second = ticks % ticks_per_second;
    switch (what) {
        case part::year: return date.year;
        case part::quarter: return (date.month + 2) / 3;
        case part::month: return date.month;
        case part::dayofyear: return day_of_year(day);
        case part::day: return date.date;
        case part::week: {
            const auto first = weekday_of(day - day_of_year(day) + 1);
            return (day_of_year(day) + first - 2) / 7 + 1;
        }
        case part::weekday: return weekday_of(day);
        case part::iso_week: return iso_week_of(day);
        case part::hour: return ticks / (60 * ticks_per_minute);
        case part::minute: return ticks / ticks_per_minute % 60;
        case part::second: return ticks / ticks_per_second % 60;
        case part::millisecond: return of_second / (ticks_per_second / 1'000);
        case part::microsecond: return of_second / (ticks_per_second / 1'000'000);
        case part::nanosecond: return of_second * nanoseconds_per_tick;
        case part::tzoffset: return when.offset_minutes;
    }
    return 0;
}

sql_result<value> part_of_date(const row& a) {
    const auto part_of = part_named(a[0], "datepart");
    if (!part_of) return tl::unexpected(part_of.error());
    if (is_null(a[1])) return value{};
    if (auto bad = refused_part(**part_of, a[1], "datepart")) return tl::unexpected(*bad);
    const auto when = date_time_of(a[1]);
    if (!when) return tl::unexpected(when.error());
    return value{part_of_moment((*part_of)->what, *when)};
}

sql_result<value> name_of_part(const row& a) {
    static constexpr std::array<const char*, 12> months{"January",
                                                        "February",
                                                        "March",
                                                        "April",
                                                        "May",
                                                        "June",
                                                        "July",
                                                        "August",
                                                        "September",
                                                        "October",
                                                        "November",
                                                        "December"};
    static constexpr std::array<const char*, 7> days{
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    const auto part_of = part_named(a[0], "datename");
    if (!part_of) return tl::unexpected(part_of.error());
    if (is_null(a[1])) return value{};
    if (auto bad = refused_part(**part_of, a[1], "datename")) return tl::unexpected(*bad);
    const auto when = date_time_of(a[1]);
    if (!when) return tl::unexpected(when.error());
    const std::int64_t number = part_of_moment((*part_of)->what, *when);
    if ((*part_of)->what == part::month)
        return value{std::string{months[static_cast<std::size_t>(number - 1)]}};
    if ((*part_of)->what == part::weekday)
        return value{std::string{days[static_cast<std::size_t>(number - 1)]}};
    if ((*part_of)->what == part::tzoffset) return value{offset_text(number)};
    return value{std::to_string(number)};
}

template <part What>
sql_result<value> one_of_date(const row& a) {
    if (is_null(a[0])) return value{};
    const auto when = date_time_of(a[0]);
    if (!when) return tl::unexpected(when.error());
    return value{part_of_moment(What, *when)};
}

// EOMONTH (date [, months]): the last day of the month.
sql_result<value> last_of_month(const row& a) {
    if (is_null(a[0])) return value{};
    const auto when = date_time_of(a[0]);
    if (!when) return tl::unexpected(when.error());
    std::int64_t months = 0;
    if (a.size() > 1) {
        const auto more = convert(a[1], {column_kind::integer, 4, 25, 0});
        if (!more) return more;
        if (!is_null(*more)) months = std::get<std::int64_t>(*more);
    }
    const auto date = date_of_day(when->day());
    const auto first = day_of_date({date.year, date.month, 1}).value_or(0) * ticks_per_day;
    const auto next = months_later(first, months);
    if (!next) return sql_failure(517, "Adding a value to a 'date' column caused an overflow.");
    auto day = std::min(*next / ticks_per_day + 30, days_in_all - 1);
    while (date_of_day(day).month != date_of_day(*next / ticks_per_day).month) --day;
    const column_type type{column_kind::date, 3, 25, 0};
    date_time made;
    made.ticks = day * ticks_per_day;
    return value{calendar_value{column_kind::date, date_time_text(made, type)}};
}

// DATEFROMPARTS (year, month, day)
sql_result<value> date_of_parts(const row& a) {
    std::array<std::int64_t, 3> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto one = convert(a[i], {column_kind::integer, 4, 25, 0});
        if (!one) return one;
        if (is_null(*one)) return value{};
        numbers[i] = std::get<std::int64_t>(*one);
    }
    const auto day = day_of_date({numbers[0], numbers[1], numbers[2]});
    if (!day)
        return sql_failure(289,
                           "Cannot construct data type date, some of the arguments have values "
                           "which are not valid.");
    date_time made;
    made.ticks = *day * ticks_per_day;
    return value{
        calendar_value{column_kind::date, date_time_text(made, {column_kind::date, 3, 25, 0})}};
}

// Is it text that is a datetime, or one already?
sql_result<value> is_date(const row& a) {
    if (std::holds_alternative<calendar_value>(a[0]) &&
        std::get<calendar_value>(a[0]).kind == column_kind::datetimeoffset)
        return value{std::int64_t{0}};
    const bool fits =
        !is_null(a[0]) && to_date_time(a[0], {column_kind::datetime, 8, 25, 3}).has_value();
    return value{std::int64_t{fits ? 1 : 0}};
}

}  // namespace

bool begins_with_date_part(const std::string& function) {
    return function == "DATEADD" || function == "DATEDIFF" || function == "DATEDIFF_BIG" ||
           function == "DATEPART" || function == "DATENAME";
}

std::uint8_t digits_in(const value& date) {
    const std::string text = text_of(date);
    const auto point = text.find('.');
    if (point == std::string::npos) return 0;
    std::size_t end = point + 1;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return static_cast<std::uint8_t>(std::min<std::size_t>(end - point - 1, 7));
}

const function_table& date_functions() {
    constexpr column_type whole{column_kind::integer, 4, 25, 0};
    constexpr column_type date{column_kind::date, 3, 25, 0};
    static const function_table known{
        {"DATEADD", {date_sum, 3, 3, {column_kind::datetime2, 8, 25, 7}}},
        {"DATEDIFF", {date_difference, 3, 3, whole}},
        {"DATEDIFF_BIG", {large_difference, 3, 3, {column_kind::bigint, 8, 25, 0}}},
        {"DATEFROMPARTS", {date_of_parts, 3, 3, date}},
        {"DATENAME", {name_of_part, 2, 2, {column_kind::nvarchar, 30, 25, 0}}},
        {"DATEPART", {part_of_date, 2, 2, whole}},
        {"DAY", {one_of_date<part::day>, 1, 1, whole}},
        {"EOMONTH", {last_of_month, 1, 2, date}},
        {"ISDATE", {is_date, 1, 1, whole}},
        {"MONTH", {one_of_date<part::month>, 1, 1, whole}},
        {"YEAR", {one_of_date<part::year>, 1, 1, whole}},
    };
    return known;
}

}  // namespace ha::mssqlsim
