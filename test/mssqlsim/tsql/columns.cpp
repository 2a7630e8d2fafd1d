// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/columns.hpp"

#include "test/mssqlsim/tsql/function_table.hpp"

#include <optional>

namespace ha::mssqlsim {

namespace {

std::string written(const std::vector<std::string>& parts) {
    std::string made;
    for (const auto& part : parts) made += (made.empty() ? "" : ".") + part;
    return made;
}

bool is_named(const bound_source& source, const std::vector<std::string>& parts) {
    return parts.size() == 1 || same_name(parts[parts.size() - 2], source.alias);
}

std::optional<place> find_here(const std::vector<std::string>& parts, const scope& here) {
    for (const auto& source : here.sources) {
        if (!is_named(source, parts)) continue;
        const auto& columns = source.set->columns;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (same_name(columns[i].name, parts.back())) return place{&source, i};
    }
    return {};
}

// A query's sources have the same columns each time it runs.
std::optional<place> find_again(const expression& what, const scope& here) {
    if (what.seen_source >= here.sources.size()) return {};
    const auto& source = here.sources[what.seen_source];
    const auto& columns = source.set->columns;
    if (what.seen_column >= columns.size() || !is_named(source, what.parts) ||
        !same_name(columns[what.seen_column].name, what.parts.back()))
        return {};
    return place{&source, what.seen_column};
}

}  // namespace

sql_result<place> find_column(const expression& what, const scope& here) {
    if (const auto again = find_again(what, here)) return *again;
    const auto& parts = what.parts;
    if (const auto found = find_here(parts, here)) {
        what.seen_source = static_cast<std::size_t>(found->source - here.sources.data());
        what.seen_column = found->column;
        return *found;
    }
    for (const scope* at = here.outer; at != nullptr; at = at->outer)
        if (const auto found = find_here(parts, *at)) return *found;
    sql_error bad{
        207, "Invalid column name '" + parts.back() + "'.", 16, 1, sql_error::reach::scope, 0, {}};
    if (parts.size() > 1) {
        bad.number = 4104;
        bad.text = "The multi-part identifier \"" + written(parts) + "\" could not be bound.";
        for (const auto& source : here.sources)
            if (same_name(source.alias, parts[parts.size() - 2])) {
                bad.number = 207;
                bad.text = "Invalid column name '" + parts.back() + "'.";
            }
    }
    return tl::unexpected(bad);
}

std::optional<sql_error> refuses_names(const expression& what, const scope& here) {
    if (what.what == expression::kind::name) {
        const auto found = find_column(what, here);
        return found ? std::optional<sql_error>{} : found.error();
    }
    for (const auto& one : what.arguments) {
        const bool is_word = one.what == expression::kind::name && &one == what.arguments.data() &&
                             what.what == expression::kind::call &&
                             begins_with_date_part(what.text);
        if (is_word) continue;
        if (auto bad = refuses_names(one, here)) return bad;
    }
    if (!what.window) return {};
    for (const auto& one : what.window->partition_by)
        if (auto bad = refuses_names(one, here)) return bad;
    for (const auto& one : what.window->order_by)
        if (auto bad = refuses_names(one.what, here)) return bad;
    return {};
}

}  // namespace ha::mssqlsim
