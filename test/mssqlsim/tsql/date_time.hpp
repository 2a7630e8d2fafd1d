// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Dates and times of all years that the engine knows (0001 to 9999), read from text and written as
// values have them.

namespace ha::mssqlsim {

inline constexpr std::int64_t ticks_per_second = 10'000'000;
inline constexpr std::int64_t ticks_per_minute = 60 * ticks_per_second;
inline constexpr std::int64_t ticks_per_day = 24 * 60 * ticks_per_minute;
inline constexpr std::int64_t days_to_1900 = 693'595;
inline constexpr std::int64_t days_in_all = 3'652'059;
inline constexpr std::int64_t greatest_offset_minutes = 14 * 60;

struct date_time {
    std::int64_t ticks = 0;           // of 100 ns since 0001-01-01 00:00, by the clock on the wall
    std::int64_t offset_minutes = 0;  // by which that clock is ahead of UTC
    bool has_offset = false;

    std::int64_t utc_ticks() const { return ticks - offset_minutes * ticks_per_minute; }
    std::int64_t day() const { return ticks / ticks_per_day; }
    std::int64_t tick_of_day() const { return ticks % ticks_per_day; }
    bool operator==(const date_time&) const = default;
};

struct calendar_date {
    std::int64_t year = 1;
    std::int64_t month = 1;
    std::int64_t date = 1;
};

calendar_date date_of_day(std::int64_t day);  // since 0001-01-01
// Nothing when there is no such date.
std::optional<std::int64_t> day_of_date(const calendar_date& date);

enum class misread : std::uint8_t { form, range };  // no date at all, or one that there is not

// The forms that are documented for us_english: ISO 8601, month/day/year, a month's name; a time of
// day with or without AM or PM; "+hh:mm" or "Z". Without a date it is 1900-01-01.
tl::expected<date_time, misread> read_date_time(std::string_view text);
// "+hh:mm", in minutes.
std::optional<std::int64_t> read_offset(std::string_view text);

bool is_calendar(column_kind kind);  // those that calendar_value has
bool is_calendar(const value& what);
// As the type has it: cut off at its scale, which is what is written when nothing is rounded.
std::string date_time_text(const date_time& when, const column_type& type);
std::string offset_text(std::int64_t minutes);

// From text, a number of days since 1900 or another kind of date. 206: there is no such conversion;
// 241: text that is no date; 242: outside of the type's range.
sql_result<value> to_date_time(const value& from, const column_type& to);
sql_result<date_time> date_time_of(const value& from);  // likewise
// Neither is null, and one of them is a calendar_value. 402 for a date and a time.
sql_result<int> compare_dates(const value& left, const value& right);
// A number of days from a datetime or smalldatetime that `from` is; 206, 402 for all others.
sql_result<value> date_arithmetic(char op, const value& left, const value& right);

// What a date becomes that is to be no date; nothing for text, which needs no rule of its own.
std::optional<sql_result<value>> from_calendar(const value& from, const column_type& to);
// 529: what CAST does not convert, either way.
std::optional<sql_error> refused_cast(const value& from, const column_type& to);
// The name of a value's type as errors have it, as far as the value tells.
std::string type_name_of(const value& what);
std::string name_of_kind(column_kind kind);

}  // namespace ha::mssqlsim
