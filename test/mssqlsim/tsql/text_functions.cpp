// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>

// Functions on text that scripts of administrators are made of: names in parts, lists, letters.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t longest = 4000;  // characters of an nvarchar that is not max

// The argument as a whole number; nothing when it is null.
sql_result<std::optional<std::int64_t>> number_of(const value& v) {
    if (is_null(v)) return std::optional<std::int64_t>{};
    const auto made = convert(v, {column_kind::bigint, 8, 25, 0});
    if (!made) return tl::unexpected(made.error());
    return std::optional<std::int64_t>{std::get<std::int64_t>(*made)};
}

// PARSENAME('a.b.c', 1) is c: parts are counted from the end. More than four are no name.
sql_result<value> part_of_name(const row& a) {
    constexpr std::size_t most_parts = 4;
    const auto wanted = number_of(a[1]);
    if (!wanted) return tl::unexpected(wanted.error());
    if (is_null(a[0]) || !*wanted) return value{};
    std::vector<std::string> parts(1);
    bool quoted = false;
    for (const char c : text_of(a[0])) {
        if (!quoted && c == '[' && parts.back().empty())
            quoted = true;
        else if (quoted && c == ']')
            quoted = false;
        else if (!quoted && c == '.')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    const auto count = static_cast<std::int64_t>(parts.size());
    if (parts.size() > most_parts || **wanted < 1 || **wanted > count) return value{};
    const auto& found = parts[static_cast<std::size_t>(count - **wanted)];
    return found.empty() ? value{} : value{found};
}

// STUFF(text, start, length, what): what stands there instead. Out of bounds it is null.
sql_result<value> stuffed(const row& a) {
    const auto start = number_of(a[1]);
    const auto length = number_of(a[2]);
    if (!start) return tl::unexpected(start.error());
    if (!length) return tl::unexpected(length.error());
    if (is_null(a[0]) || !*start || !*length) return value{};
    const std::string text = text_of(a[0]);
    const auto size = static_cast<std::int64_t>(text.size());
    if (**start < 1 || **start > size || **length < 0) return value{};
    const auto from = static_cast<std::size_t>(**start - 1);
    const auto count = static_cast<std::size_t>(std::min(**length, size - **start + 1));
    const std::string head = text.substr(0, from);
    const std::string tail = text.substr(from + count);
    return value{head + text_of(a[3]) + tail};
}

// CONCAT_WS leaves nulls out, and their separators.
sql_result<value> joined(const row& a) {
    const std::string separator = text_of(a[0]);
    std::string made;
    bool any = false;
    for (std::size_t i = 1; i < a.size(); ++i) {
        if (is_null(a[i])) continue;
        if (any) made += separator;
        made += text_of(a[i]);
        any = true;
    }
    return value{std::move(made)};
}

sql_result<value> pattern_position(const row& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    std::string pattern = text_of(a[0]);
    const std::string text = text_of(a[1]);
    const bool anywhere = pattern.starts_with('%');
    if (anywhere) pattern.erase(0, 1);
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (like(std::string_view{text}.substr(at), pattern))
            return value{static_cast<std::int64_t>(at) + 1};
        if (!anywhere) break;
    }
    return value{std::int64_t{0}};
}

sql_result<value> reversed(const row& a) {
    if (is_null(a[0])) return value{};
    std::string text = text_of(a[0]);
    std::reverse(text.begin(), text.end());
    return value{std::move(text)};
}

sql_result<value> blanks(const row& a) {
    const auto count = number_of(a[0]);
    if (!count) return tl::unexpected(count.error());
    if (!*count || **count < 0) return value{};
    return value{std::string(static_cast<std::size_t>(std::min(**count, longest)), ' ')};
}

// CHAR and NCHAR, of ASCII alone.
sql_result<value> letter(const row& a) {
    constexpr std::int64_t last = 127;
    const auto code = number_of(a[0]);
    if (!code) return tl::unexpected(code.error());
    if (!*code || **code < 0 || **code > last) return value{};
    return value{std::string(1, static_cast<char>(**code))};
}

}  // namespace

const function_table& text_functions() {
    constexpr column_type text{column_kind::nvarchar, 4000, 25, 0};
    constexpr column_type one_letter{column_kind::nchar, 1, 25, 0};
    static const function_table known{
        {"CHAR", {letter, 1, 1, {column_kind::character, 1, 25, 0}}},
        {"CONCAT_WS", {joined, 3, 254, text}},
        {"NCHAR", {letter, 1, 1, one_letter}},
        {"PARSENAME", {part_of_name, 2, 2, {column_kind::nvarchar, 128, 25, 0}}},
        {"PATINDEX", {pattern_position, 2, 2, {column_kind::integer, 4, 25, 0}}},
        {"REVERSE", {reversed, 1, 1, text}},
        {"SPACE", {blanks, 1, 1, {column_kind::varchar, 8000, 25, 0}}},
        {"STUFF", {stuffed, 4, 4, text}},
    };
    return known;
}

}  // namespace ha::mssqlsim
