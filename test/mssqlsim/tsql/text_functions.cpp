// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>

// Functions on text that scripts of administrators are made of: names in parts, lists, letters.

namespace ha::mssqlsim {

namespace {

constexpr std::int64_t longest = 8000;  // of a varchar that is not max

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

sql_result<value> blanks(const row& a) {
    const auto count = number_of(a[0]);
    if (!count) return tl::unexpected(count.error());
    if (!*count || **count < 0) return value{};
    return value{std::string(static_cast<std::size_t>(std::min(**count, longest)), ' ')};
}

}  // namespace

const function_table& text_functions() {
    constexpr column_type text{column_kind::nvarchar, 4000, 25, 0};
    static const function_table known{
        {"CONCAT_WS", {joined, 3, 254, text}},
        {"PARSENAME", {part_of_name, 2, 2, {column_kind::nvarchar, 128, 25, 0}}},
        {"SPACE", {blanks, 1, 1, {column_kind::varchar, 8000, 25, 0}}},
    };
    return known;
}

}  // namespace ha::mssqlsim
