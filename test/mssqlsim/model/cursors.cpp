// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/cursors.hpp"

#include "test/mssqlsim/model/session_state.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

bool is_variable(const std::string& name) {
    return name.starts_with("@");
}

bool has_aggregate(const expression& what) {
    return what.what == expression::kind::aggregate ||
           std::any_of(what.arguments.begin(), what.arguments.end(), has_aggregate);
}

bool has_aggregates(const select_query& query) {
    return std::any_of(query.items.begin(), query.items.end(), [](const auto& item) {
        return !item.star && has_aggregate(item.what);
    });
}

std::int64_t status_of(const cursor_hold* hold) {
    constexpr std::int64_t none = -3;
    constexpr std::int64_t nothing_assigned = -2;
    constexpr std::int64_t closed = -1;
    if (hold == nullptr) return none;
    if (!hold->cursor) return nothing_assigned;
    const server_cursor& cursor = *hold->cursor;
    if (!cursor.rows) return closed;
    const bool shows_changes = cursor.what == cursor_definition::kind::dynamic ||
                               cursor.what == cursor_definition::kind::fast_forward;
    return shows_changes || !cursor.rows->rows.empty() ? 1 : 0;
}

const cursor_hold* find(const session_cursors& all, const std::string& name, std::size_t scope) {
    const auto at = std::find_if(all.holds.begin(), all.holds.end(), [&](const auto& one) {
        return one.scope == scope && same_name(one.name, name);
    });
    return at == all.holds.end() ? nullptr : &*at;
}

}  // namespace

cursor_definition::kind kind_after_conversion(const cursor_definition& declared) {
    using kind = cursor_definition::kind;
    const select_query& query = declared.query;
    if (declared.what == kind::fast_forward) return kind::fast_forward;
    const bool collects = query.distinct || !query.group_by.empty() || query.having ||
                          !query.parts.empty() || has_aggregates(query);
    if (query.sources.empty() || collects) return kind::insensitive;
    // assumption: no index has the order of the rows.
    if (declared.what == kind::dynamic && !query.order_by.empty()) return kind::keyset;
    return declared.what;
}

std::int64_t moved(fetch_statement::kind how,
                   std::int64_t from,
                   std::int64_t count,
                   std::int64_t rows) {
    using kind = fetch_statement::kind;
    const std::int64_t behind = rows + 1;
    const std::int64_t steps = std::clamp(count, -behind, behind);
    switch (how) {
        case kind::next: return std::min(from + 1, behind);
        case kind::prior: return std::max<std::int64_t>(from - 1, 0);
        case kind::first: return 1;
        case kind::last: return rows;
        case kind::absolute: return steps < 0 ? std::max<std::int64_t>(behind + steps, 0) : steps;
        case kind::relative: break;
    }
    return std::clamp<std::int64_t>(from + steps, 0, behind);
}

std::int64_t rows_of_last_cursor(const session_cursors& all) {
    const auto last = all.last_opened.lock();
    if (!last || !last->rows) return 0;
    const bool counted = last->what == cursor_definition::kind::insensitive ||
                         last->what == cursor_definition::kind::keyset;
    return counted ? static_cast<std::int64_t>(last->rows->rows.size()) : -1;
}

std::optional<value> cursor_function(const session_state& session,
                                     const std::string& function,
                                     const row& arguments) {
    if (function != "CURSOR_STATUS" || arguments.size() != 2) return {};
    const std::string source = lower(text_of(arguments[0]));
    const std::string name = text_of(arguments[1]);
    const bool right =
        source == "variable" ? is_variable(name) : source == "local" || source == "global";
    if (!right) return value{std::int64_t{-3}};
    const std::size_t scope = source == "global" ? 0 : session.scopes.size();
    return value{status_of(find(session.cursors, name, scope))};
}

cursor_hold* find_cursor(session_state& session, const std::string& name, bool global) {
    const auto* own = global ? nullptr : find(session.cursors, name, session.scopes.size());
    if (own == nullptr && !is_variable(name)) own = find(session.cursors, name, 0);
    return own == nullptr ? nullptr
                          : session.cursors.holds.data() + (own - session.cursors.holds.data());
}

// In a loop it is declared once.
void declare_cursor_variable(session_state& session, const std::string& name) {
    if (find_cursor(session, name, false) != nullptr) return;
    session.cursors.holds.push_back({name, session.scopes.size(), nullptr});
}

void leave_cursor_scopes(session_state& session, std::size_t depth) {
    std::erase_if(session.cursors.holds, [&](const auto& one) { return one.scope > depth; });
}

void close_rolled_back_cursors(session_state& session) {
    for (auto& one : session.cursors.holds)
        if (one.cursor && one.cursor->what != cursor_definition::kind::insensitive)
            one.cursor->rows.reset();
}

}  // namespace ha::mssqlsim
