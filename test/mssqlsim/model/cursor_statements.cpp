// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/cursor_statements.hpp"

#include "test/mssqlsim/model/completion.hpp"
#include "test/mssqlsim/model/session_environment.hpp"

#include <array>
#include <utility>

namespace ha::mssqlsim {

namespace {

using direction = fetch_statement::kind;

sql_error no_cursor(const std::string& name) {
    return error_of(16916, "A cursor with the name '" + name + "' does not exist.");
}

sql_error no_cursor_in(const std::string& variable) {
    return error_of(
        16950,
        "The variable '" + variable + "' does not currently have a cursor allocated to it.",
        16,
        2);
}

sql_error not_open() {
    return error_of(16917, "Cursor is not open.");
}

std::string name_of(direction how) {
    constexpr std::array<const char*, 6> names{
        "next", "prior", "first", "last", "absolute", "relative"};
    return names.at(static_cast<std::size_t>(how));
}

std::optional<sql_error> refuses_direction(const server_cursor& cursor, direction how) {
    if (how != direction::next && !cursor.definition->scrolls)
        return error_of(
            16911,
            "fetch: The fetch type " + name_of(how) + " cannot be used with forward only cursors.");
    if (how == direction::absolute && cursor.what == cursor_definition::kind::dynamic)
        return error_of(16925,
                        "The fetch type FETCH_ABSOLUTE cannot be used with dynamic cursors.");
    return {};
}

// What a number of a table of conversions needs CAST for.
bool is_moment(column_kind kind) {
    return kind == column_kind::datetime || kind == column_kind::datetime2;
}
const char* name_of_number(column_kind kind) {
    switch (kind) {
        case column_kind::bit: return "bit";
        case column_kind::tinyint: return "tinyint";
        case column_kind::smallint: return "smallint";
        case column_kind::integer: return "int";
        case column_kind::bigint: return "bigint";
        case column_kind::numeric: return "numeric";
        case column_kind::floating: return "float";
        default: return nullptr;
    }
}

std::optional<sql_error> refuses_conversion(const column_type& from, const column_type& to) {
    const char* number = name_of_number(to.kind);
    const bool from_guid = from.kind == column_kind::guid;
    if (number == nullptr || !(is_moment(from.kind) || from_guid)) return {};
    const char* origin = from_guid                            ? "uniqueidentifier"
                         : from.kind == column_kind::datetime ? "datetime"
                                                              : "datetime2";
    return error_of(16922,
                    std::string{"Cursor Fetch: Implicit conversion from data type "} + origin +
                        " to " + number + " is not allowed.");
}

}  // namespace

progress cursor_statements::done(std::int64_t rows) {
    session_.last_error = 0;
    session_.last_row_count = rows;
    statement_end made;
    made.silent = true;
    return made;
}

sql_result<row_set> cursor_statements::rows_of(server_cursor& cursor,
                                               std::optional<row_set>* before) {
    session_environment world{owner_, session_};
    std::swap(session_.scopes.back(), cursor.variables);
    auto made = run_query(cursor.definition->query, nullptr, world, before);
    std::swap(session_.scopes.back(), cursor.variables);
    return made;
}

progress cursor_statements::run(const declare_cursor_statement& one) {
    auto made = std::make_shared<server_cursor>();
    made->definition = one.cursor;
    made->what = kind_after_conversion(*one.cursor);
    made->variables = session_.scopes.back();
    // What its query names has to be there; what its rows come to shows when it is opened.
    std::optional<row_set> described;
    const auto tried = rows_of(*made, &described);
    if (!tried && !described) return failed_with(tried.error());
    if (one.name.starts_with("@")) {
        auto variable = held(one.name, false);
        if (!variable) return failed_with(variable.error());
        (*variable)->cursor = std::move(made);
        return done(1);
    }
    const std::size_t scope = one.cursor->local ? session_.scopes.size() : 0;
    const auto* known = find_cursor(session_, one.name, !one.cursor->local);
    if (known != nullptr && known->scope == scope)
        return failed_with(
            error_of(16915, "A cursor with the name '" + one.name + "' already exists."));
    session_.cursors.holds.push_back({one.name, scope, std::move(made)});
    return done(1);
}

sql_result<cursor_hold*> cursor_statements::held(const std::string& name, bool global) {
    if (auto* known = find_cursor(session_, name, global)) return known;
    if (!name.starts_with("@")) return tl::unexpected(no_cursor(name));
    if (session_.scopes.back().contains(lower(name)))
        return tl::unexpected(error_of(16948,
                                       "The variable '" + name +
                                           "' is not a cursor variable, but it is used in a place "
                                           "where a cursor variable is expected."));
    return tl::unexpected(sql_error{137,
                                    "Must declare the scalar variable \"" + name + "\".",
                                    15,
                                    1,
                                    sql_error::reach::scope,
                                    0,
                                    {}});
}

progress cursor_statements::assign(cursor_hold& variable, const expression& from) {
    using kind = expression::kind;
    const bool named = from.what == kind::name && from.parts.size() == 1;
    if (!named && from.what != kind::variable)
        return failed_with(error_of(16949,
                                    "The variable '" + variable.name +
                                        "' is a cursor variable, but it is used in a place where a "
                                        "cursor variable is not valid."));
    const auto source = held(named ? from.parts.front() : from.text, false);
    if (!source) return failed_with(source.error());
    variable.cursor = (*source)->cursor;
    return done(1);
}

progress cursor_statements::open(server_cursor& cursor) {
    if (cursor.rows) return failed_with(error_of(16905, "The cursor is already open."));
    auto rows = rows_of(cursor);
    if (!rows) return failed_with(rows.error());
    cursor.rows = std::move(*rows);
    cursor.at = 0;
    return done(0);
}

progress cursor_statements::run(const cursor_statement& one) {
    using kind = cursor_statement::kind;
    const auto found = held(one.name, one.global);
    if (!found) return failed_with(found.error());
    cursor_hold& hold = **found;
    if (!hold.cursor && one.what != kind::deallocate) return failed_with(no_cursor_in(hold.name));
    if (one.what == kind::open) {
        const auto cursor = hold.cursor;
        progress made = open(*cursor);
        if (cursor->rows) session_.cursors.last_opened = cursor;
        return made;
    }
    if (one.what == kind::close) {
        if (!hold.cursor->rows) return failed_with(not_open());
        hold.cursor->rows.reset();
        return done(0);
    }
    if (hold.name.starts_with("@"))
        hold.cursor.reset();
    else
        session_.cursors.holds.erase(session_.cursors.holds.begin() +
                                     (&hold - session_.cursors.holds.data()));
    return done(0);
}

sql_result<std::int64_t> cursor_statements::count_of(const fetch_statement& one) {
    if (!one.count) return 0;
    session_environment world{owner_, session_};
    const auto said = evaluate(*one.count, {}, world);
    if (!said) return tl::unexpected(said.error());
    const auto number = convert(*said, {column_kind::bigint, 8, 25, 0});
    if (!number) return tl::unexpected(number.error());
    const auto* count = std::get_if<std::int64_t>(&*number);
    return count == nullptr ? 0 : *count;
}

// Before the cursor moves.
std::optional<sql_error> cursor_statements::refuses_variables(const fetch_statement& one,
                                                              const server_cursor& cursor) const {
    if (one.into.empty()) return {};
    const auto& columns = cursor.rows->columns;
    if (one.into.size() != columns.size())
        return error_of(16924,
                        "Cursorfetch: The number of variables declared in the INTO list must match "
                        "that of selected columns.");
    const auto& scope = session_.scopes.back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto at = scope.find(lower(one.into[i]));
        if (at == scope.end())
            return reaching(
                error_of(137, "Must declare the scalar variable \"" + one.into[i] + "\".", 15),
                sql_error::reach::scope);
        if (auto refused = refuses_conversion(columns[i].type, at->second.type)) return refused;
    }
    return {};
}

// Variables keep what they have when there is no row.
std::optional<sql_error> cursor_statements::hand_over(const fetch_statement& one,
                                                      const row* found) {
    auto& scope = session_.scopes.back();
    for (std::size_t i = 0; found != nullptr && i < one.into.size(); ++i) {
        auto& slot = scope.at(lower(one.into[i]));
        auto made = convert((*found)[i], slot.type);
        if (!made) return made.error();
        slot.contents = std::move(*made);
    }
    return {};
}

progress cursor_statements::run(const fetch_statement& one) {
    const auto found = held(one.name, one.global);
    if (!found) return failed_with(found.error());
    const auto cursor = (*found)->cursor;
    if (!cursor) return failed_with(no_cursor_in((*found)->name));
    if (!cursor->rows) return failed_with(not_open());
    if (auto refused = refuses_direction(*cursor, one.what)) return failed_with(*refused);
    if (auto refused = refuses_variables(one, *cursor)) return failed_with(*refused);
    const auto count = count_of(one);
    if (!count) return failed_with(count.error());
    const auto& all = *cursor->rows;
    const auto rows = static_cast<std::int64_t>(all.rows.size());
    cursor->at = moved(one.what, cursor->at, *count, rows);
    const bool there = cursor->at >= 1 && cursor->at <= rows;
    const row* current = there ? &all.rows[static_cast<std::size_t>(cursor->at) - 1] : nullptr;
    session_.cursors.fetch_status = there ? 0 : -1;
    if (!one.into.empty()) {
        if (auto bad = hand_over(one, current)) return failed_with(*bad);
        return done(there ? 1 : 0);
    }
    std::vector<row> told;
    if (there) told.push_back(*current);
    statement_end made;
    made.rows = static_cast<std::int64_t>(told.size());
    made.command = completion::select;
    owner_.emit(result_rows{session_.number, all.columns, std::move(told)});
    return made;
}

}  // namespace ha::mssqlsim
