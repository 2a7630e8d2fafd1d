// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>

// Functions that make a datetimeoffset: TODATETIMEOFFSET, SWITCHOFFSET, AT TIME ZONE.

namespace ha::mssqlsim {

namespace {

// Minutes, or "+hh:mm".
std::optional<std::int64_t> offset_of(const value& said) {
    if (const auto* minutes = std::get_if<std::int64_t>(&said)) {
        const bool fits =
            *minutes >= -greatest_offset_minutes && *minutes <= greatest_offset_minutes;
        return fits ? std::optional{*minutes} : std::nullopt;
    }
    return read_offset(text_of(said));
}

sql_result<value> at_offset(const value& date,
                            std::int64_t utc_ticks,
                            std::int64_t minutes,
                            const std::string& function) {
    date_time made;
    made.ticks = utc_ticks + minutes * ticks_per_minute;
    made.offset_minutes = minutes;
    const std::int64_t end = days_in_all * ticks_per_day;
    if (made.ticks < 0 || made.ticks >= end || utc_ticks < 0 || utc_ticks >= end)
        return sql_failure(9813,
                           "The timezone provided to builtin function " + function +
                               " would cause the datetimeoffset to overflow the range of valid "
                               "date range in either UTC or local time.");
    const column_type type{column_kind::datetimeoffset, 10, 25, digits_in(date)};
    return value{calendar_value{column_kind::datetimeoffset, date_time_text(made, type)}};
}

sql_result<value> with_offset(const row& a, const std::string& function, bool keeps_clock) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto when = date_time_of(a[0]);
    if (!when) return tl::unexpected(when.error());
    const auto minutes = offset_of(a[1]);
    if (!minutes)
        return sql_failure(
            9812, "The timezone provided to builtin function " + function + " is invalid.");
    const std::int64_t utc =
        keeps_clock ? when->ticks - *minutes * ticks_per_minute : when->utc_ticks();
    return at_offset(a[0], utc, *minutes, function);
}

sql_result<value> to_offset(const row& a) {
    return with_offset(a, "todatetimeoffset", true);
}
sql_result<value> switch_offset(const row& a) {
    return with_offset(a, "switchoffset", false);
}

// Zones without a summer time. The others' rules are the operating system's and are not modelled.
struct fixed_zone {
    const char* name;
    std::int64_t hours;
};
constexpr fixed_zone zones[] = {{"UTC", 0},
                                {"UTC-11", -11},
                                {"UTC-09", -9},
                                {"UTC-08", -8},
                                {"UTC-02", -2},
                                {"UTC+12", 12},
                                {"UTC+13", 13}};

sql_result<value> at_time_zone(const row& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const std::string name = text_of(a[1]);
    const auto* const found =
        std::find_if(std::begin(zones), std::end(zones), [&](const auto& one) {
            return same_name(one.name, name);
        });
    if (found == std::end(zones)) {
        if (lower(name).ends_with(" standard time"))
            return sql_failure(40510,
                               "Statement 'AT TIME ZONE " + name +
                                   "' is not supported in this version of SQL Server.");
        return sql_failure(
            9820,
            "The time zone parameter '" + name + "' provided to AT TIME ZONE clause is invalid.");
    }
    const auto when = date_time_of(a[0]);
    if (!when) return tl::unexpected(when.error());
    const std::int64_t minutes = found->hours * 60;
    const auto* typed = std::get_if<calendar_value>(&a[0]);
    const bool has_offset = typed != nullptr && typed->kind == column_kind::datetimeoffset;
    const std::int64_t utc =
        has_offset ? when->utc_ticks() : when->ticks - minutes * ticks_per_minute;
    return at_offset(a[0], utc, minutes, "at time zone");
}

}  // namespace

bool gives_offset(const std::string& function) {
    return function == "TODATETIMEOFFSET" || function == "SWITCHOFFSET" ||
           function == "AT TIME ZONE";
}

const function_table& offset_functions() {
    constexpr column_type with_zone{column_kind::datetimeoffset, 10, 25, 7};
    static const function_table known{
        {"AT TIME ZONE", {at_time_zone, 2, 2, with_zone}},
        {"SWITCHOFFSET", {switch_offset, 2, 2, with_zone}},
        {"TODATETIMEOFFSET", {to_offset, 2, 2, with_zone}},
    };
    return known;
}

}  // namespace ha::mssqlsim
