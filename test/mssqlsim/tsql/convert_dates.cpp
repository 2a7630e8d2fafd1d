// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/column_kinds.hpp"
#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <cmath>

// Conversions to and between dates and times, their order, and what of them there is not.

namespace ha::mssqlsim {

namespace {

using kind = column_kind;

sql_error clash(const std::string& one, const std::string& other) {
    return sql_error{206,
                     "Operand type clash: " + one + " is incompatible with " + other,
                     16,
                     2,
                     sql_error::reach::batch,
                     0,
                     {}};
}

sql_error out_of_range(const value& from, kind to) {
    return sql_error{242,
                     "The conversion of a " + type_name_of(from) + " data type to a " +
                         name_of_kind(to) + " data type resulted in an out-of-range value.",
                     16,
                     3,
                     sql_error::reach::batch,
                     0,
                     {}};
}

sql_error no_date() {
    return sql_error{241,
                     "Conversion failed when converting date and/or time from character string.",
                     16,
                     1,
                     sql_error::reach::batch,
                     0,
                     {}};
}

bool is_number(const value& what) {
    return std::holds_alternative<std::int64_t>(what) || std::holds_alternative<double>(what) ||
           std::holds_alternative<exact_number>(what);
}

// Those that are the younger ones: no number is ever one of them.
bool is_younger(kind what) {
    return what == kind::date || what == kind::time || what == kind::datetime2 ||
           what == kind::datetimeoffset;
}

const calendar_value* calendar_of(const value& what) {
    return std::get_if<calendar_value>(&what);
}

bool has_kind(const value& what, kind wanted) {
    const auto* one = calendar_of(what);
    return one != nullptr && one->kind == wanted;
}

// Days since 1900-01-01, and parts of one.
std::optional<date_time> of_number(const value& from) {
    const auto days = convert(from, {kind::floating, 8, 25, 0});
    if (!days) return {};
    const double real = std::get<double>(*days) + static_cast<double>(days_to_1900);
    if (!(real >= 0) || real >= static_cast<double>(days_in_all)) return {};
    const double whole = std::floor(real);
    date_time made;
    made.ticks = static_cast<std::int64_t>(whole) * ticks_per_day +
                 std::min(ticks_per_day - 1,
                          static_cast<std::int64_t>(
                              std::llround((real - whole) * static_cast<double>(ticks_per_day))));
    return made;
}

// Half a unit of the last digit is rounded up; past the end of a day a time begins anew.
void round_to_scale(date_time& when, const column_type& to) {
    std::int64_t unit = 1;
    for (unsigned scale = to.scale; scale < 7; ++scale) unit *= 10;
    const std::int64_t rounded = (when.ticks + unit / 2) / unit * unit;
    if (to.kind == kind::time) {
        when.ticks = rounded % ticks_per_day;
    } else if (rounded < days_in_all * ticks_per_day) {
        when.ticks = rounded;
    }
}

// documented: up to 29.998 seconds go down to the minute, all others up
bool round_to_minute(date_time& when) {
    constexpr std::int64_t first_day = days_to_1900;
    constexpr std::int64_t last_day = first_day + 65'535;  // 2079-06-06
    constexpr std::int64_t ticks_of_millisecond = 10'000;
    const std::int64_t milliseconds = when.ticks / ticks_of_millisecond;
    when.ticks = (milliseconds + 30'001) / 60'000 * ticks_per_minute;
    return when.day() >= first_day && when.day() <= last_day;
}

}  // namespace

bool is_calendar(column_kind what) {
    return what == kind::date || what == kind::time || what == kind::datetimeoffset ||
           what == kind::smalldatetime;
}

bool is_calendar(const value& what) {
    return calendar_of(what) != nullptr;
}

std::string name_of_kind(column_kind what) {
    switch (what) {
        case kind::tinyint: return "tinyint";
        case kind::smallint: return "smallint";
        case kind::integer: return "int";
        case kind::bigint: return "bigint";
        case kind::bit: return "bit";
        case kind::floating: return "float";
        case kind::numeric: return "numeric";
        case kind::guid: return "uniqueidentifier";
        case kind::nvarchar:
        case kind::nvarchar_max: return "nvarchar";
        case kind::varchar:
        case kind::varchar_max: return "varchar";
        case kind::varbinary:
        case kind::varbinary_max: return "varbinary";
        case kind::datetime: return "datetime";
        case kind::datetime2: return "datetime2";
        case kind::xml: return "xml";
        case kind::nchar: return "nchar";
        case kind::character: return "char";
        case kind::date: return "date";
        case kind::time: return "time";
        case kind::datetimeoffset: return "datetimeoffset";
        case kind::smalldatetime: return "smalldatetime";
        case kind::money: return "money";
        case kind::smallmoney: return "smallmoney";
        case kind::variant: return "sql_variant";
    }
    return {};
}

std::string type_name_of(const value& what) {
    if (std::holds_alternative<std::int64_t>(what)) return "int";
    if (std::holds_alternative<double>(what)) return "float";
    if (const auto* exact = std::get_if<exact_number>(&what))
        return exact->is_money ? "money" : "numeric";
    if (std::holds_alternative<variant_value>(what)) return "sql_variant";
    if (std::holds_alternative<binary>(what)) return "varbinary";
    if (const auto* one = calendar_of(what)) return name_of_kind(one->kind);
    return "varchar";
}

sql_result<date_time> date_time_of(const value& from) {
    if (is_number(from)) {
        const auto made = of_number(from);
        if (!made) return tl::unexpected(out_of_range(from, kind::datetime));
        return *made;
    }
    const auto made = read_date_time(text_of(from));
    if (made) return *made;
    return tl::unexpected(made.error() == misread::range && !is_calendar(from)
                              ? out_of_range(from, kind::datetime)
                              : no_date());
}

sql_result<value> to_date_time(const value& from, const column_type& to) {
    const bool of_time = has_kind(from, kind::time);
    const bool clashes = (is_number(from) && is_younger(to.kind)) ||
                         (of_time && to.kind == kind::date) ||
                         (has_kind(from, kind::date) && to.kind == kind::time);
    if (clashes) return tl::unexpected(clash(type_name_of(from), name_of_kind(to.kind)));
    auto when = date_time_of(from);
    if (!when) {
        const bool older = to.kind == kind::datetime || to.kind == kind::smalldatetime;
        if (when.error().number == 242)
            return tl::unexpected(older ? out_of_range(from, to.kind) : no_date());
        return tl::unexpected(when.error());
    }
    const bool rounds = to.kind == kind::time || to.kind == kind::datetimeoffset ||
                        (to.kind == kind::datetime2 && of_time);
    if (rounds) round_to_scale(*when, to);
    if (to.kind == kind::smalldatetime && !round_to_minute(*when))
        return tl::unexpected(out_of_range(from, to.kind));
    constexpr std::int64_t first_year_of_datetime = 1753;
    if (to.kind == kind::datetime && date_of_day(when->day()).year < first_year_of_datetime)
        return tl::unexpected(out_of_range(from, to.kind));
    std::string text = date_time_text(*when, to);
    if (!is_calendar(to.kind)) return value{std::move(text)};
    return value{calendar_value{to.kind, std::move(text)}};
}

sql_result<int> compare_dates(const value& left, const value& right) {
    for (const auto* one : {&left, &right}) {
        const auto& other = one == &left ? right : left;
        const auto* calendar = calendar_of(*one);
        if (calendar != nullptr && is_younger(calendar->kind) && is_number(other))
            return tl::unexpected(clash(type_name_of(*one), type_name_of(other)));
        if (has_kind(*one, kind::date) && has_kind(other, kind::time))
            return sql_failure(402,
                               "The data types " + type_name_of(left) + " and " +
                                   type_name_of(right) +
                                   " are incompatible in the equal to operator.");
    }
    const auto a = date_time_of(left);
    const auto b = date_time_of(right);
    if (!a) return tl::unexpected(a.error());
    if (!b) return tl::unexpected(b.error());
    const auto x = a->utc_ticks();
    const auto y = b->utc_ticks();
    return x < y ? -1 : (y < x ? 1 : 0);
}

sql_result<value> date_arithmetic(char op, const value& left, const value& right) {
    const bool begins_with_number = is_number(left);
    const value& date = begins_with_number ? right : left;
    const value& days = begins_with_number ? left : right;
    const auto* calendar = calendar_of(date);
    const bool younger = calendar != nullptr && is_younger(calendar->kind);
    if (younger && is_number(days))
        return tl::unexpected(clash(type_name_of(left), type_name_of(right)));
    const bool adds = op == '+';
    if (!is_number(days) || (!adds && (op != '-' || begins_with_number)))
        return sql_failure(402,
                           "The data types " + type_name_of(left) + " and " + type_name_of(right) +
                               " are incompatible in the " +
                               (adds        ? "add"
                                : op == '-' ? "subtract"
                                            : "multiply") +
                               " operator.");
    auto when = date_time_of(date);
    if (!when) return tl::unexpected(when.error());
    const auto count = convert(days, {kind::floating, 8, 25, 0});
    if (!count) return count;
    const double moved = static_cast<double>(when->ticks) +
                         (adds ? 1.0 : -1.0) * std::get<double>(*count) * ticks_per_day;
    if (!(moved >= 0) || moved >= static_cast<double>(days_in_all) * ticks_per_day)
        return sql_failure(517, "Adding a value to a 'datetime' column caused an overflow.");
    // Whole days are moved as such: a double has not all digits of so many ticks.
    const double whole = std::trunc(std::get<double>(*count));
    const double part = std::get<double>(*count) - whole;
    const auto change = static_cast<std::int64_t>(whole) * ticks_per_day +
                        static_cast<std::int64_t>(std::llround(part * ticks_per_day));
    when->ticks += adds ? change : -change;
    const column_type made{calendar != nullptr ? calendar->kind : kind::datetime, 8, 25, 3};
    std::string text = date_time_text(*when, made);
    return to_date_time(value{std::move(text)}, made);
}

std::optional<sql_result<value>> from_calendar(const value& from, const column_type& to) {
    if (to.kind == kind::varbinary || to.kind == kind::varbinary_max)
        return tl::unexpected(
            lacks_statement("CONVERT (varbinary, " + type_name_of(from) + ")", 0));
    const bool to_number = is_number_kind(to.kind);
    if (!to_number && to.kind != kind::guid) return {};
    if (!to_number || !has_kind(from, kind::smalldatetime))
        return tl::unexpected(clash(type_name_of(from), name_of_kind(to.kind)));
    const auto when = date_time_of(from);
    if (!when) return tl::unexpected(when.error());
    const double days = static_cast<double>(when->ticks) / static_cast<double>(ticks_per_day) -
                        static_cast<double>(days_to_1900);
    const bool whole = to.kind != kind::floating && to.kind != kind::numeric;
    return convert(whole ? value{std::round(days)} : value{days}, to);
}

std::optional<sql_error> refused_cast(const value& from, const column_type& to) {
    const auto* calendar = calendar_of(from);
    const bool of_younger = calendar != nullptr && is_younger(calendar->kind);
    const bool refused = (is_number(from) && is_younger(to.kind)) ||
                         (of_younger && (is_number_kind(to.kind) || to.kind == kind::guid)) ||
                         (has_kind(from, kind::date) && to.kind == kind::time) ||
                         (has_kind(from, kind::time) && to.kind == kind::date);
    if (!refused) return {};
    return sql_error{529,
                     "Explicit conversion from data type " + type_name_of(from) + " to " +
                         name_of_kind(to.kind) + " is not allowed.",
                     16,
                     2,
                     sql_error::reach::batch,
                     0,
                     {}};
}

}  // namespace ha::mssqlsim
