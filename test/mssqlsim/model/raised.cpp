// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/raised.hpp"

#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

constexpr std::size_t width_max = 2047;  // of a message, in UTF-16: more is cut off

// %[flags][width][.precision][size]type
struct specification {
    bool left = false;
    bool plus = false;
    bool zeros = false;
    bool blank = false;
    bool prefix = false;
    std::size_t width = 0;
    std::optional<std::size_t> precision;
    bool is_long = false;  // I64
    char type = 0;
};

class message_maker {
public:
    message_maker(std::string pattern, const row& values)
        : pattern_(std::move(pattern)), values_(values) {}

    sql_result<std::string> make() {
        while (at_ < pattern_.size()) {
            const char c = pattern_[at_++];
            if (c != '%') {
                made_ += c;
                continue;
            }
            if (accept('%')) {
                made_ += '%';
                continue;
            }
            if (auto bad = substitute()) return tl::unexpected(*bad);
        }
        return cut(std::move(made_));
    }

private:
    bool accept(char c) {
        if (at_ >= pattern_.size() || pattern_[at_] != c) return false;
        ++at_;
        return true;
    }

    std::optional<sql_error> substitute() {
        const std::size_t begin = at_ - 1;
        specification wanted;
        if (!read(wanted))
            return error_of(
                2787,
                "Invalid format specification: '" + pattern_.substr(begin, at_ - begin + 1) + "'.");
        const std::size_t place = next_ - 2;  // counted from 1
        const value v = take();
        if (is_null(v)) {
            made_ += "(null)";
            return {};
        }
        const auto* number = std::get_if<std::int64_t>(&v);
        const auto* text = std::get_if<std::string>(&v);
        if (wanted.type == 's' ? text == nullptr : number == nullptr)
            return error_of(2786,
                            "The data type of substitution parameter " + std::to_string(place) +
                                " does not match the expected type of the format specification.");
        made_ += wanted.type == 's' ? padded(of_text(*text, wanted), wanted)
                                    : padded(of_number(*number, wanted), wanted);
        return {};
    }

    bool read(specification& into) {
        for (bool more = true; more;) {
            more = false;
            for (auto [c, flag] : {std::pair{'-', &into.left},
                                   std::pair{'+', &into.plus},
                                   std::pair{'0', &into.zeros},
                                   std::pair{' ', &into.blank},
                                   std::pair{'#', &into.prefix}})
                if (accept(c)) more = *flag = true;
        }
        into.width = count().value_or(0);
        if (accept('.')) into.precision = count();
        if (pattern_.compare(at_, 3, "I64") == 0) {
            into.is_long = true;
            at_ += 3;
        } else if (!accept('h')) {
            accept('l');
        }
        if (at_ >= pattern_.size()) return false;
        into.type = pattern_[at_];
        if (std::string_view{"diosuxX"}.find(into.type) == std::string_view::npos) return false;
        ++at_;
        return true;
    }

    // A number or, from the arguments, an asterisk; below nought it is none.
    std::optional<std::size_t> count() {
        if (accept('*')) {
            const value v = take();
            const auto* number = std::get_if<std::int64_t>(&v);
            if (number == nullptr || *number < 0) return {};
            return std::min(static_cast<std::size_t>(*number), width_max);
        }
        std::size_t made = 0;
        while (at_ < pattern_.size() && pattern_[at_] >= '0' && pattern_[at_] <= '9')
            made = std::min(made * 10 + static_cast<std::size_t>(pattern_[at_++] - '0'), width_max);
        return made;
    }

    value take() {
        const std::size_t at = next_++;
        return at < values_.size() ? values_[at] : value{};
    }

    static std::string of_text(const std::string& text, const specification& how) {
        if (!how.precision) return text;
        std::size_t end = 0;
        for (std::size_t letters = 0; end < text.size(); ++end) {
            const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;
            if (begins && letters++ == *how.precision) break;
        }
        return text.substr(0, end);
    }

    static std::string of_number(std::int64_t number, const specification& how) {
        const bool is_signed = how.type == 'd' || how.type == 'i';
        const unsigned base = how.type == 'o' ? 8 : how.type == 'x' || how.type == 'X' ? 16 : 10;
        auto rest = static_cast<std::uint64_t>(number);
        if (is_signed && number < 0) rest = 0 - rest;
        if (!is_signed && !how.is_long) rest &= 0xFFFFFFFFU;
        const std::string_view letters = how.type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
        std::string digits;
        for (; rest != 0 || digits.empty(); rest /= base) digits += letters[rest % base];
        std::string sign;
        if (is_signed && number < 0)
            sign = "-";
        else if (is_signed && how.plus)
            sign = "+";
        else if (is_signed && how.blank)
            sign = " ";
        if (how.prefix && base == 16 && number != 0) sign = how.type == 'X' ? "0X" : "0x";
        if (how.prefix && base == 8 && number != 0) sign = "0";
        std::size_t least = how.precision.value_or(0);
        if (how.zeros && !how.left && !how.precision && how.width > sign.size())
            least = how.width - sign.size();
        while (digits.size() < least) digits += '0';
        std::reverse(digits.begin(), digits.end());
        return sign + digits;
    }

    static std::string padded(const std::string& text, const specification& how) {
        const auto letters =
            static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
            }));
        if (letters >= how.width) return text;
        const std::string space(how.width - letters, ' ');
        return how.left ? text + space : space + text;
    }

    // 2047 units of UTF-16 at most; else 2044 and three points.
    static std::string cut(std::string text) {
        constexpr std::size_t kept = width_max - 3;
        std::size_t units = 0;
        std::size_t end_of_kept = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if ((byte & 0xC0U) == 0x80U) continue;
            if (units <= kept) end_of_kept = i;
            units += byte >= 0xF0U ? 2 : 1;
        }
        if (units <= width_max) return text;
        return text.substr(0, end_of_kept) + "...";
    }

    std::string pattern_;
    const row& values_;
    std::size_t next_ = 3;  // of the arguments: behind severity and state
    std::size_t at_ = 0;
    std::string made_;
};

std::int64_t number_or(const value& v, std::int64_t otherwise) {
    const auto* number = std::get_if<std::int64_t>(&v);
    return number == nullptr ? otherwise : *number;
}

}  // namespace

sql_error needs_log() {
    return error_of(2754,
                    "Error severity levels greater than 18 can only be specified by members of "
                    "the sysadmin role, using the WITH LOG option.");
}

// Rule: a severity below nought is nought; a state below nought is 1, and only its last byte
// counts.
sql_error raised_error(const raise_statement& what, const row& values) {
    constexpr std::int64_t severe = 19;
    constexpr std::int64_t ends_session = 20;
    const auto severity = std::clamp<std::int64_t>(number_or(values[1], 1), 0, 25);
    const auto state = number_or(values[2], 1);
    const auto state_byte = static_cast<std::uint8_t>(state < 0 ? 1 : state & 0xFF);
    if (severity >= severe && !what.logs) return needs_log();
    const auto small = static_cast<std::uint8_t>(severity);
    if (const auto* number = std::get_if<std::int64_t>(values.data()))
        return error_of(18054,
                        "Error " + std::to_string(*number) + ", severity " +
                            std::to_string(severity) + ", state " + std::to_string(state_byte) +
                            " was raised, but no message with that error number was found in "
                            "sys.messages. If error is larger than 50000, make sure the "
                            "user-defined message is added using sp_addmessage.");
    auto text = message_maker{text_of(values[0]), values}.make();
    if (!text) return text.error();
    sql_error made = error_of(50000, std::move(*text), small, state_byte);
    if (severity >= ends_session) made.how_far = sql_error::reach::session;
    return made;
}

}  // namespace ha::mssqlsim
