// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tds/moment.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace ha::mssqlsim::tds {

namespace {

using std::chrono::sys_days;

constexpr sys_days first_day{std::chrono::year{1} / 1 / 1};

// Digits off the front, exactly `count` of them.
bool take_digits(std::string_view& rest, std::size_t count, int& out) {
    if (rest.size() < count) return false;
    auto end = rest.data() + count;
    auto parsed = std::from_chars(rest.data(), end, out);
    if (parsed.ec != std::errc{} || parsed.ptr != end || out < 0) return false;
    rest.remove_prefix(count);
    return true;
}

bool take(std::string_view& rest, char expected) {
    if (rest.empty() || rest.front() != expected) return false;
    rest.remove_prefix(1);
    return true;
}

// ".fffffff": up to seven digits count, further ones are dropped.
bool take_fraction(std::string_view& rest, std::int64_t& tenth_micros) {
    std::int64_t unit = 1'000'000;
    bool any = false;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        tenth_micros += unit * (rest.front() - '0');
        unit /= 10;
        rest.remove_prefix(1);
        any = true;
    }
    return any;
}

bool take_time(std::string_view& rest, std::int64_t& tenth_micros) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits(rest, 2, hour) || !take(rest, ':') || !take_digits(rest, 2, minute))
        return false;
    if (take(rest, ':') && !take_digits(rest, 2, second)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    tenth_micros = ((hour * 60LL + minute) * 60 + second) * 10'000'000;
    return !take(rest, '.') || take_fraction(rest, tenth_micros);
}

}  // namespace

std::optional<moment> parse_moment(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    auto has_date = take_digits(text, 4, year) && take(text, '-') && take_digits(text, 2, month) &&
                    take(text, '-') && take_digits(text, 2, day);
    if (!has_date) return {};
    std::chrono::year_month_day date{std::chrono::year{year},
                                     std::chrono::month{static_cast<unsigned>(month)},
                                     std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || year < 1) return {};
    moment out;
    out.day = (sys_days{date} - first_day).count();
    auto has_time = take(text, ' ') || take(text, 'T');
    if (has_time && !take_time(text, out.tenth_micros)) return {};
    if (!text.empty() && text != "Z") return {};
    return out;
}

std::string format_moment(const moment& when, unsigned scale) {
    std::chrono::year_month_day date{first_day + std::chrono::days{when.day}};
    auto seconds = when.tenth_micros / 10'000'000;
    std::array<char, 64> text{};
    auto size = std::snprintf(text.data(),
                              text.size(),
                              "%04d-%02u-%02u %02d:%02d:%02d.%07d",
                              static_cast<int>(date.year()),
                              static_cast<unsigned>(date.month()),
                              static_cast<unsigned>(date.day()),
                              static_cast<int>(seconds / 3600),
                              static_cast<int>(seconds / 60 % 60),
                              static_cast<int>(seconds % 60),
                              static_cast<int>(when.tenth_micros % 10'000'000));
    std::string out(text.data(), static_cast<std::size_t>(size));
    auto dropped = scale >= 7 ? 0 : (scale == 0 ? 8 : 7 - scale);
    out.resize(out.size() - dropped);
    return out;
}

}  // namespace ha::mssqlsim::tds
