// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/query_run.hpp"

#include <algorithm>

// Rows as sets: UNION, EXCEPT, INTERSECT, DISTINCT.

namespace ha::mssqlsim {

namespace {

bool is_wide(column_kind kind) {
    return kind == column_kind::nvarchar || kind == column_kind::nchar;
}
bool is_limited_text(column_kind kind) {
    return is_wide(kind) || kind == column_kind::varchar || kind == column_kind::character;
}

// As long as the longer, of letters of Unicode if either is, and of one length only if both are.
column_type wider_text(const column_type& a, const column_type& b) {
    if (a == b) return a;
    const bool wide = is_wide(a.kind) || is_wide(b.kind);
    column_type made = a;
    made.kind = a.kind == b.kind ? a.kind : wide ? column_kind::nvarchar : column_kind::varchar;
    made.length = std::max(a.length, b.length);
    return made;
}

bool is_whole(column_kind kind) {
    switch (kind) {
        case column_kind::bit:
        case column_kind::tinyint:
        case column_kind::smallint:
        case column_kind::integer:
        case column_kind::bigint: return true;
        default: return false;
    }
}

// Of whole numbers the larger, and what has a point before what has none.
column_type wider_number(const column_type& a, const column_type& b) {
    if (is_whole(a.kind) && is_whole(b.kind)) {
        if (a.kind == column_kind::bit || b.length > a.length) return b;
        return a;
    }
    const bool takes_other =
        is_whole(a.kind) && (b.kind == column_kind::floating || b.kind == column_kind::numeric);
    return takes_other ? b : a;
}

// Text compares by the collation, which tells no case apart; nulls are alike here.
bool is_same_row(const row& a, const row& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const value& x, const value& y) {
        if (is_null(x) || is_null(y)) return is_null(x) && is_null(y);
        return compare(x, y).value_or(1) == 0;
    });
}

bool is_among(const row& one, const std::vector<row>& rows) {
    return std::any_of(
        rows.begin(), rows.end(), [&](const row& other) { return is_same_row(one, other); });
}

}  // namespace

sql_result<column_list> united(const column_list& first,
                               const column_list& more,
                               const std::vector<bool>& untyped) {
    if (first.size() != more.size())
        return tl::unexpected(
            sql_error{205,
                      "All queries combined using a UNION, INTERSECT or EXCEPT operator must have "
                      "an equal number of expressions in their target lists.",
                      16,
                      1,
                      sql_error::reach::scope,
                      0,
                      {}});
    std::vector<column> made = first.all();
    bool changed = false;
    for (std::size_t i = 0; i < made.size(); ++i) {
        const column as_it_was = made[i];
        made[i].nullable = made[i].nullable || more[i].nullable;
        made[i].origin = column_origin::derived;
        made[i].identity = false;
        column_type& here = made[i].type;
        const column_type& there = more[i].type;
        const bool takes_other = i < untyped.size() && untyped[i];
        if (takes_other)
            here = there;
        else if (is_limited_text(here.kind) && is_limited_text(there.kind))
            here = wider_text(here, there);
        else
            here = wider_number(here, there);
        changed = changed || !(made[i] == as_it_was);
    }
    if (!changed) return first;
    return column_list{std::move(made)};
}

void drop_duplicates(std::vector<row>& rows) {
    std::vector<row> kept;
    for (auto& one : rows)
        if (!is_among(one, kept)) kept.push_back(std::move(one));
    rows = std::move(kept);
}

void combine(set_part::kind how, std::vector<row>& rows, std::vector<row> others) {
    using kind = set_part::kind;
    if (how == kind::union_all || how == kind::union_distinct) {
        for (auto& one : others) rows.push_back(std::move(one));
    } else {
        const bool kept_if_there = how == kind::intersect;
        rows.erase(
            std::remove_if(rows.begin(),
                           rows.end(),
                           [&](const row& one) { return is_among(one, others) != kept_if_there; }),
            rows.end());
    }
    if (how != kind::union_all) drop_duplicates(rows);
}

sql_error not_selected() {
    return {104,
            "ORDER BY items must appear in the select list if the statement contains a UNION, "
            "INTERSECT or EXCEPT operator.",
            15,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

}  // namespace ha::mssqlsim
