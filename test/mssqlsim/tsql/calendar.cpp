// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/calendar.hpp"

#include <array>
#include <cctype>

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400 * second;

// Days since 1970-01-01 of a date in the Gregorian calendar, which counts years from March on here.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t date) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = year / 400;
    const std::int64_t of_era = year - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::array<std::int64_t, 3> date_of(std::int64_t days) {
    days += 719468;
    const std::int64_t era = days / 146097;
    const std::int64_t of_era = days - era * 146097;
    const std::int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const std::int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    const std::int64_t shifted = (5 * of_year + 2) / 153;
    const std::int64_t month = shifted + (shifted < 10 ? 3 : -9);
    return {years + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

// The number's last `digits` digits, from `begin` on.
void write(std::string& text, std::size_t begin, std::size_t digits, std::int64_t number) {
    for (; digits > 0; number /= 10) text[begin + --digits] = static_cast<char>('0' + number % 10);
}

class digits_reader {
public:
    explicit digits_reader(std::string_view text) : text_(text) {}

    std::optional<std::int64_t> number(std::size_t least, std::size_t most) {
        std::int64_t made = 0;
        std::size_t count = 0;
        for (; count < most && digit(); ++count) made = made * 10 + (text_[at_++] - '0');
        if (count < least) return {};
        return made;
    }
    bool accept(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool at_end() const { return at_ == text_.size(); }

    // Digits of a second as nanoseconds.
    std::int64_t fraction() {
        std::int64_t made = 0;
        std::int64_t unit = second / 10;
        for (; digit(); ++at_, unit /= 10) made += (text_[at_] - '0') * unit;
        return made;
    }

private:
    bool digit() const {
        return at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0;
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

std::optional<std::int64_t> time_of_day(digits_reader& in) {
    const auto hours = in.number(1, 2);
    if (!hours || !in.accept(':')) return {};
    const auto minutes = in.number(1, 2);
    if (!minutes || *minutes > 59) return {};
    std::int64_t made = (*hours * 60 + *minutes) * 60 * second;
    if (in.accept(':')) {
        const auto seconds = in.number(1, 2);
        if (!seconds || *seconds > 59) return {};
        made += *seconds * second;
        if (in.accept('.')) made += in.fraction();
    }
    return made;
}

}  // namespace

std::string time_text(std::int64_t nanoseconds, unsigned digits) {
    std::int64_t days = nanoseconds / day;
    std::int64_t rest = nanoseconds % day;
    if (rest < 0) rest += day, --days;
    const auto date = date_of(days);
    const std::int64_t seconds = rest / second;
    std::string text = "0000-00-00 00:00:00.000000000";
    write(text, 0, 4, date[0]);
    write(text, 5, 2, date[1]);
    write(text, 8, 2, date[2]);
    write(text, 11, 2, seconds / 3600);
    write(text, 14, 2, seconds / 60 % 60);
    write(text, 17, 2, seconds % 60);
    write(text, 20, 9, rest % second);
    text.resize(digits == 0 ? 19 : 20 + digits);
    return text;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    digits_reader in{text};
    const auto year = in.number(4, 4);
    if (!year) return {};
    const bool dashes = in.accept('-');
    const auto month = in.number(1, 2);
    if (dashes && !in.accept('-')) return {};
    const auto date = in.number(1, 2);
    if (!month || !date || *month < 1 || *month > 12 || *date < 1 || *date > 31) return {};
    std::int64_t made = days_of(*year, *month, *date) * day;
    if (in.accept(' ') || in.accept('T')) {
        const auto clock = time_of_day(in);
        if (!clock || *clock >= day) return {};
        made += *clock;
    }
    in.accept('Z');
    if (!in.at_end()) return {};
    return made;
}

std::optional<std::int64_t> parse_delay(std::string_view text) {
    digits_reader in{text};
    const auto made = time_of_day(in);
    if (!made || !in.at_end()) return {};
    return made;
}

}  // namespace ha::mssqlsim
