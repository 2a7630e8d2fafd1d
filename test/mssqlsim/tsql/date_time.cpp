// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/date_time.hpp"

#include <array>
#include <chrono>

namespace ha::mssqlsim {

namespace {

using std::chrono::sys_days;

constexpr sys_days first_day{std::chrono::year{1} / 1 / 1};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::array<std::string_view, 12> months{"january",
                                                  "february",
                                                  "march",
                                                  "april",
                                                  "may",
                                                  "june",
                                                  "july",
                                                  "august",
                                                  "september",
                                                  "october",
                                                  "november",
                                                  "december"};

// A month by its name or the first three letters of it; 0 if it is none.
std::int64_t month_named(std::string_view word) {
    for (std::size_t i = 0; i < months.size(); ++i)
        if (same_name(word, months[i]) || same_name(word, months[i].substr(0, 3)))
            return static_cast<std::int64_t>(i) + 1;
    return 0;
}

class reader {
public:
    explicit reader(std::string_view text) : text_(text) {}

    tl::expected<date_time, misread> run() {
        blanks();
        calendar_date date{1900, 1, 1};
        const bool has_date = !at_end() && !begins_time();
        if (has_date && !read_date(date)) return tl::unexpected(misread::form);
        if (!accept('T') && !accept('t')) blanks();
        date_time made;
        std::int64_t of_day = 0;
        const bool has_time = is_digit(now());
        if (has_time && !read_time(of_day)) return tl::unexpected(misread::form);
        blanks();
        if (!read_zone(made, has_time || !has_date)) return tl::unexpected(misread::form);
        const auto day = day_of_date(date);
        if (!day || of_day >= ticks_per_day) return tl::unexpected(misread::range);
        made.ticks = *day * ticks_per_day + of_day;
        const std::int64_t utc = made.utc_ticks();
        if (utc < 0 || utc >= days_in_all * ticks_per_day) return tl::unexpected(misread::range);
        return made;
    }

    std::optional<std::int64_t> offset() {
        const bool behind = now() == '-';
        if (!accept('+') && !accept('-')) return {};
        const auto hours = number(2);
        if (!hours || !accept(':')) return {};
        const auto minutes = number(2);
        if (!minutes || *minutes > 59) return {};
        const std::int64_t made = *hours * 60 + *minutes;
        if (made > greatest_offset_minutes) return {};
        return behind ? -made : made;
    }
    bool at_end() const { return at_ >= text_.size(); }

private:
    char now(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool accept(char c) {
        if (now() != c) return false;
        ++at_;
        return true;
    }
    void blanks() {
        while (accept(' ')) {}
    }
    std::size_t digits_ahead() const {
        std::size_t count = 0;
        while (is_digit(now(count))) ++count;
        return count;
    }
    std::optional<std::int64_t> number(std::size_t most) {
        std::int64_t made = 0;
        std::size_t count = 0;
        for (; count < most && is_digit(now()); ++count, ++at_) made = made * 10 + (now() - '0');
        if (count == 0) return {};
        return made;
    }
    std::string_view word() {
        const auto begin = at_;
        while (is_letter(now())) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    // 12:30, 12AM, 12 PM
    bool begins_time() const {
        if (now() == '+' || now() == '-') return true;
        std::size_t at = digits_ahead();
        if (at == 0 || at > 2) return false;
        if (now(at) == ':') return true;
        while (now(at) == ' ') ++at;
        const char half = now(at);
        return (half == 'A' || half == 'a' || half == 'P' || half == 'p') &&
               (now(at + 1) == 'M' || now(at + 1) == 'm') && !is_letter(now(at + 2));
    }

    // documented: two digits are of the century up to 2049
    static std::int64_t whole_year(std::int64_t year, std::size_t digits) {
        if (digits > 2) return year;
        return 1900 + year + (year <= 49 ? 100 : 0);
    }
    bool read_year(calendar_date& into) {
        const auto digits = digits_ahead();
        if (digits != 2 && digits != 4) return false;
        into.year = whole_year(*number(4), digits);
        return true;
    }

    bool read_date(calendar_date& into) {
        if (is_letter(now())) return month_first(into);
        switch (digits_ahead()) {
            case 8: return unseparated(into, 4);
            case 6: return unseparated(into, 2);
            case 4: return year_first(into);
            case 1:
            case 2: return separated(into);
            default: return false;
        }
    }
    bool unseparated(calendar_date& into, std::size_t digits) {
        into.year = whole_year(*number(digits), digits);
        into.month = *number(2);
        into.date = *number(2);
        return true;
    }
    bool year_first(calendar_date& into) {
        into.year = *number(4);
        const char between = now();
        if (between != '-' && between != '/' && between != '.') return at_end();
        ++at_;
        const auto month = number(2);
        if (!month || !accept(between)) return false;
        const auto date = number(2);
        if (!date) return false;
        into.month = *month;
        into.date = *date;
        return true;
    }
    // month/day/year, or a day before the month's name
    bool separated(calendar_date& into) {
        const std::int64_t first = *number(2);
        const char between = now();
        if (between != '-' && between != '/' && between != '.') {
            blanks();
            into.date = first;
            into.month = month_named(word());
            accept(',');
            blanks();
            return into.month != 0 && read_year(into);
        }
        ++at_;
        const auto date = number(2);
        if (!date || !accept(between)) return false;
        into.month = first;
        into.date = *date;
        return read_year(into);
    }
    bool month_first(calendar_date& into) {
        into.month = month_named(word());
        blanks();
        if (into.month == 0 || !is_digit(now())) return false;
        into.date = 1;
        if (digits_ahead() < 3) {
            into.date = *number(2);
            accept(',');
            blanks();
        }
        return read_year(into);
    }

    bool read_time(std::int64_t& ticks) {
        auto hours = number(2);
        std::int64_t rest = 0;
        bool has_minutes = false;
        if (accept(':')) {
            has_minutes = true;
            const auto minutes = number(2);
            if (!minutes || *minutes > 59) return false;
            rest = *minutes * ticks_per_minute;
            if (accept(':')) {
                const auto seconds = number(2);
                if (!seconds || *seconds > 59) return false;
                rest += *seconds * ticks_per_second + fraction();
            }
        }
        const auto before = at_;
        blanks();
        const bool morning = now() == 'A' || now() == 'a';
        const bool evening = now() == 'P' || now() == 'p';
        if (morning || evening) {
            ++at_;
            if (!accept('M') && !accept('m')) return false;
            if (*hours > 12 && morning) return false;
            if (*hours == 12 && morning) hours = 0;
            if (*hours < 12 && evening) hours = *hours + 12;
        } else {
            at_ = before;
            if (!has_minutes) return false;
        }
        ticks = *hours * 60 * ticks_per_minute + rest;
        return *hours < 24;
    }
    // Behind a point the digits are tenths, hundredths, ...; behind a colon they are thousandths.
    std::int64_t fraction() {
        if (now() == ':' && is_digit(now(1))) {
            ++at_;
            return number(3).value_or(0) * (ticks_per_second / 1000);
        }
        if (!accept('.')) return 0;
        std::int64_t made = 0;
        for (std::int64_t unit = ticks_per_second / 10; is_digit(now()); ++at_, unit /= 10)
            made += (now() - '0') * unit;
        return made;
    }
    bool read_zone(date_time& into, bool may_have_one) {
        if (at_end()) return true;
        into.has_offset = true;
        if (!may_have_one && now() != 'Z' && now() != 'z') return false;
        if (accept('Z') || accept('z')) {
            blanks();
            return at_end();
        }
        const auto minutes = offset();
        blanks();
        if (!minutes || !at_end()) return false;
        into.offset_minutes = *minutes;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// The number's last digits, as many as asked for.
std::string padded(std::int64_t number, std::size_t digits) {
    std::string made(digits, '0');
    for (auto at = digits; at > 0; number /= 10) made[--at] = static_cast<char>('0' + number % 10);
    return made;
}

std::string clock_text(std::int64_t ticks, unsigned scale) {
    const std::int64_t seconds = ticks / ticks_per_second;
    std::string made = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" +
                       padded(seconds % 60, 2);
    if (scale == 0) return made;
    std::string rest = padded(ticks % ticks_per_second, 7);
    rest.resize(scale);
    return made + "." + rest;
}

std::string day_text(std::int64_t day) {
    const auto date = date_of_day(day);
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.date, 2);
}

}  // namespace

calendar_date date_of_day(std::int64_t day) {
    const std::chrono::year_month_day date{first_day + std::chrono::days{day}};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day())};
}

std::optional<std::int64_t> day_of_date(const calendar_date& date) {
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.date < 1 ||
        date.date > 31)
        return {};
    const std::chrono::year_month_day made{std::chrono::year{static_cast<int>(date.year)},
                                           std::chrono::month{static_cast<unsigned>(date.month)},
                                           std::chrono::day{static_cast<unsigned>(date.date)}};
    if (!made.ok()) return {};
    return (sys_days{made} - first_day).count();
}

tl::expected<date_time, misread> read_date_time(std::string_view text) {
    return reader{text}.run();
}

std::optional<std::int64_t> read_offset(std::string_view text) {
    reader in{text};
    auto made = in.offset();
    if (!in.at_end()) made.reset();
    return made;
}

std::string offset_text(std::int64_t minutes) {
    const std::int64_t size = minutes < 0 ? -minutes : minutes;
    return (minutes < 0 ? "-" : "+") + padded(size / 60, 2) + ":" + padded(size % 60, 2);
}

std::string date_time_text(const date_time& when, const column_type& type) {
    switch (type.kind) {
        case column_kind::date: return day_text(when.day());
        case column_kind::time: return clock_text(when.tick_of_day(), type.scale);
        case column_kind::datetimeoffset:
            return day_text(when.day()) + " " + clock_text(when.tick_of_day(), type.scale) + " " +
                   offset_text(when.offset_minutes);
        case column_kind::smalldatetime:
            return day_text(when.day()) + " " + clock_text(when.tick_of_day(), 0);
        case column_kind::datetime:
            return day_text(when.day()) + " " + clock_text(when.tick_of_day(), 3);
        default: return day_text(when.day()) + " " + clock_text(when.tick_of_day(), type.scale);
    }
}

}  // namespace ha::mssqlsim
