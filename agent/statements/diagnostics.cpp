// SPDX-License-Identifier: MIT
#include "agent/statements/canary.hpp"

#include <algorithm>

namespace ha::agent::sql {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

component_state* component_of(diagnostics_view& view, const std::string& name) {
    if (name == "system") return &view.system;
    if (name == "resource") return &view.resource;
    if (name == "query_processing") return &view.query_processing;
    return nullptr;
}

// Names differ between the pages and the code that reads them: places do not (sqlserver.md 1.2).
constexpr std::size_t name_place = 2;
constexpr std::size_t state_place = 3;
constexpr std::size_t columns_least = 5;

}  // namespace

// The engine takes 0 or at least 5; other numbers are an error there.
statement diagnostics(int interval_seconds) {
    return statement{
        "diagnostics",
        "EXEC sp_server_diagnostics " + std::to_string(std::max(interval_seconds, 5)) + ";\n"};
}

result<diagnostics_view> parse_diagnostics(const result_set& set, instant received_at) {
    diagnostics_view view;
    view.received_at = received_at;
    for (const auto& row : set.rows) {
        if (row.size() < columns_least)
            return failure(errc::malformed, "sp_server_diagnostics answered too few columns");
        const auto* name = std::get_if<std::string>(&row[name_place]);
        const auto* state = std::get_if<std::int64_t>(&row[state_place]);
        if (!name || !state || *state < 0 || *state > 3)
            return failure(errc::malformed,
                           "sp_server_diagnostics answered a component without name or state");
        if (auto* component = component_of(view, lower(*name)))
            *component = static_cast<component_state>(*state);
    }
    return view;
}

}  // namespace ha::agent::sql
