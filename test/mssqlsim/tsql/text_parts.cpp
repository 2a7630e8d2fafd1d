// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>
#include <array>

// Functions that count characters: they count UTF-16 code units, as the engine does.

namespace ha::mssqlsim {

namespace {

using units = std::u16string;

units units_at(const row& a, std::size_t i) {
    return units_of(text_of(a[i]));
}

value made_of(std::u16string_view what) {
    return text_of_units(what);
}

sql_error bad_length(std::int32_t number, const std::string& function) {
    return {number,
            "Invalid length parameter passed to the " + function + " function.",
            16,
            2,
            sql_error::reach::batch,
            0,
            {}};
}

sql_result<value> length(const row& a) {
    if (is_null(a[0])) return value{};
    if (const auto* bytes = std::get_if<binary>(a.data()))
        return value{static_cast<std::int64_t>(bytes->size())};
    const units text = units_at(a, 0);
    const auto last = text.find_last_not_of(u' ');
    return value{last == units::npos ? std::int64_t{0} : static_cast<std::int64_t>(last) + 1};
}

sql_result<value> upper_case(const row& a) {
    return is_null(a[0]) ? value{} : value{upper_letters(text_of(a[0]))};
}

sql_result<value> lower_case(const row& a) {
    return is_null(a[0]) ? value{} : value{lower_letters(text_of(a[0]))};
}

value trimmed(const value& what, bool left, bool right) {
    if (is_null(what)) return {};
    std::string text = text_of(what);
    const auto last = text.find_last_not_of(' ');
    if (right) text.resize(last == std::string::npos ? 0 : last + 1);
    const auto first = text.find_first_not_of(' ');
    return left ? text.substr(std::min(first, text.size())) : text;
}

sql_result<value> trim(const row& a) {
    return trimmed(a[0], true, true);
}

sql_result<value> trim_left(const row& a) {
    return trimmed(a[0], true, false);
}

sql_result<value> trim_right(const row& a) {
    return trimmed(a[0], false, true);
}

sql_result<value> left_part(const row& a) {
    const auto count = number_of(a[1]);
    if (!count) return tl::unexpected(count.error());
    if (is_null(a[0]) || !*count) return value{};
    if (**count < 0) return tl::unexpected(bad_length(537, "LEFT or SUBSTRING"));
    return made_of(units_at(a, 0).substr(0, static_cast<std::size_t>(**count)));
}

sql_result<value> right_part(const row& a) {
    const auto count = number_of(a[1]);
    if (!count) return tl::unexpected(count.error());
    if (is_null(a[0]) || !*count) return value{};
    if (**count < 0) return tl::unexpected(bad_length(536, "RIGHT"));
    const units text = units_at(a, 0);
    const auto size = std::min(text.size(), static_cast<std::size_t>(**count));
    return made_of(text.substr(text.size() - size));
}

template <class Text>
Text between(const Text& text, std::int64_t start, std::int64_t length) {
    constexpr std::int64_t far = std::int64_t{1} << 40;  // beyond every text, and not near overflow
    const auto size = static_cast<std::int64_t>(text.size());
    const auto first = std::clamp(start, -far, far) - 1;
    const auto last = std::min(size, first + std::min(length, far));
    const auto from = std::clamp<std::int64_t>(first, 0, size);
    if (last <= from) return {};
    return Text(text.begin() + from, text.begin() + last);
}

// Positions begin with 1, and what lies before the first character counts as part of the length.
sql_result<value> part(const row& a) {
    const auto start = number_of(a[1]);
    const auto length = number_of(a[2]);
    if (!start || !length) return tl::unexpected(start ? length.error() : start.error());
    if (is_null(a[0]) || !*start || !*length) return value{};
    if (**length < 0) return tl::unexpected(bad_length(537, "LEFT or SUBSTRING"));
    if (const auto* bytes = std::get_if<binary>(a.data()))
        return value{between(*bytes, **start, **length)};
    return made_of(between(units_at(a, 0), **start, **length));
}

sql_result<value> position(const row& a) {
    const auto start = a.size() > 2 ? number_of(a[2]) : std::optional<std::int64_t>{1};
    if (!start) return tl::unexpected(start.error());
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto from = static_cast<std::size_t>(std::max<std::int64_t>(start->value_or(1), 1) - 1);
    const units wanted = folded_units(text_of(a[0]));
    const auto at = wanted.empty() ? units::npos : folded_units(text_of(a[1])).find(wanted, from);
    return value{at == units::npos ? std::int64_t{0} : static_cast<std::int64_t>(at) + 1};
}

sql_result<value> pattern_position(const row& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    units pattern = folded_units(text_of(a[0]));
    const units text = folded_units(text_of(a[1]));
    const bool anywhere = pattern.starts_with(u'%');
    if (anywhere) pattern.erase(0, 1);
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (like(std::u16string_view{text}.substr(at), pattern))
            return value{static_cast<std::int64_t>(at) + 1};
        if (!anywhere) break;
    }
    return value{std::int64_t{0}};
}

// Whatever the case: the collation of the double tells none apart.
sql_result<value> replace(const row& a) {
    if (is_null(a[0]) || is_null(a[1]) || is_null(a[2])) return value{};
    const units text = units_at(a, 0);
    const units folded = folded_units(text_of(a[0]));
    const units old = folded_units(text_of(a[1]));
    const units fresh = units_at(a, 2);
    if (old.empty()) return a[0];
    units made;
    std::size_t done = 0;
    for (auto at = folded.find(old); at != units::npos; at = folded.find(old, done)) {
        made.append(text, done, at - done).append(fresh);
        done = at + old.size();
    }
    return made_of(made.append(text, done, units::npos));
}

// STUFF(text, start, length, what): what stands there instead. Out of bounds it is null.
sql_result<value> stuffed(const row& a) {
    const auto start = number_of(a[1]);
    const auto length = number_of(a[2]);
    if (!start || !length) return tl::unexpected(start ? length.error() : start.error());
    if (is_null(a[0]) || !*start || !*length) return value{};
    const units text = units_at(a, 0);
    const auto size = static_cast<std::int64_t>(text.size());
    if (**start < 1 || **start > size || **length < 0) return value{};
    const auto from = static_cast<std::size_t>(**start - 1);
    const auto count = static_cast<std::size_t>(std::min(**length, size - **start + 1));
    units made = text.substr(0, from);
    made += units_at(a, 3);
    made.append(text, from + count, units::npos);
    return made_of(made);
}

sql_result<value> reversed(const row& a) {
    if (is_null(a[0])) return value{};
    units text = units_at(a, 0);
    std::reverse(text.begin(), text.end());
    return made_of(text);
}

// What code page 1252 has where Latin-1 has control characters.
constexpr std::array<char16_t, 32> code_page{
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
constexpr std::int64_t first_of_page = 0x80;

sql_result<value> letter(const row& a) {
    const auto code = number_of(a[0]);
    if (!code) return tl::unexpected(code.error());
    if (!*code || **code < 0 || **code > 255) return value{};
    const auto in_page = static_cast<std::size_t>(**code - first_of_page);
    const bool is_special = **code >= first_of_page && in_page < code_page.size();
    return made_of(units(1, is_special ? code_page.at(in_page) : static_cast<char16_t>(**code)));
}

sql_result<value> wide_letter(const row& a) {
    const auto code = number_of(a[0]);
    if (!code) return tl::unexpected(code.error());
    if (!*code || **code < 0 || **code > 65535) return value{};
    return made_of(units(1, static_cast<char16_t>(**code)));
}

sql_result<value> code_of(const row& a) {
    if (is_null(a[0]) || text_of(a[0]).empty()) return value{};
    return value{static_cast<std::int64_t>(units_at(a, 0).front())};
}

// What the code page has not is a question mark in it.
sql_result<value> code_in_page(const row& a) {
    if (is_null(a[0]) || text_of(a[0]).empty()) return value{};
    const char16_t unit = units_at(a, 0).front();
    const auto* at = std::find(code_page.begin(), code_page.end(), unit);
    if (at != code_page.end()) return value{first_of_page + (at - code_page.begin())};
    return value{unit < 256 ? std::int64_t{unit} : std::int64_t{'?'}};
}

}  // namespace

sql_result<std::optional<std::int64_t>> number_of(const value& v) {
    if (is_null(v)) return std::optional<std::int64_t>{};
    const auto made = convert(v, {column_kind::bigint, 8, 25, 0});
    if (!made) return tl::unexpected(made.error());
    return std::optional<std::int64_t>{std::get<std::int64_t>(*made)};
}

const function_table& text_parts() {
    constexpr column_type whole{column_kind::integer, 4, 25, 0};
    constexpr column_type text{column_kind::nvarchar, 4000, 25, 0};
    static const function_table known{
        {"ASCII", {code_in_page, 1, 1, whole}},
        {"CHAR", {letter, 1, 1, {column_kind::character, 1, 25, 0}}},
        {"CHARINDEX", {position, 2, 3, whole}},
        {"LEFT", {left_part, 2, 2, text}},
        {"LEN", {length, 1, 1, whole}},
        {"LOWER", {lower_case, 1, 1, text}},
        {"LTRIM", {trim_left, 1, 1, text}},
        {"NCHAR", {wide_letter, 1, 1, {column_kind::nchar, 1, 25, 0}}},
        {"PATINDEX", {pattern_position, 2, 2, whole}},
        {"REPLACE", {replace, 3, 3, text}},
        {"REVERSE", {reversed, 1, 1, text}},
        {"RIGHT", {right_part, 2, 2, text}},
        {"RTRIM", {trim_right, 1, 1, text}},
        {"STUFF", {stuffed, 4, 4, text}},
        {"SUBSTRING", {part, 3, 3, text}},
        {"TRIM", {trim, 1, 1, text}},
        {"UNICODE", {code_of, 1, 1, whole}},
        {"UPPER", {upper_case, 1, 1, text}},
    };
    return known;
}

}  // namespace ha::mssqlsim
