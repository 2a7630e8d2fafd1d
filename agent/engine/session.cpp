// SPDX-License-Identifier: MIT
#include "agent/engine/session.hpp"

#include <algorithm>
#include <charconv>

namespace ha::agent {

const sql_value& result_set::at(std::size_t row, std::string_view column) const {
    static const sql_value nothing;
    auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end() || row >= rows.size()) return nothing;
    auto place = static_cast<std::size_t>(found - columns.begin());
    return place < rows[row].size() ? rows[row][place] : nothing;
}

std::optional<std::int64_t> result_set::integer(std::size_t row, std::string_view column) const {
    const auto& found = at(row, column);
    if (const auto* whole = std::get_if<std::int64_t>(&found)) return *whole;
    const auto* text = std::get_if<std::string>(&found);
    if (text == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const auto* end = text->data() + text->size();
    auto [stop, fault] = std::from_chars(text->data(), end, number);
    if (fault != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::optional<std::string> result_set::text(std::size_t row, std::string_view column) const {
    const auto& found = at(row, column);
    if (const auto* text = std::get_if<std::string>(&found)) return *text;
    if (const auto* whole = std::get_if<std::int64_t>(&found)) return std::to_string(*whole);
    return std::nullopt;
}

}  // namespace ha::agent
