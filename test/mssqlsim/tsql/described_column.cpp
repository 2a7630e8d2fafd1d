// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/columns.hpp"
#include "test/mssqlsim/tsql/form.hpp"

#include <algorithm>
#include <array>

// What a client is told of a column beyond its type: whether it may be NULL, and whether a table
// has it or an expression made it. As it was measured of SQL Server 2025.

namespace ha::mssqlsim {

namespace {

using kind = expression::kind;

bool may_be_null(const expression& what, const scope& here) {
    switch (what.what) {
        case kind::literal: return is_null(what.constant);
        case kind::variable: return !is_number_variable(what.text);
        case kind::system_variable: {
            static constexpr std::array<const char*, 3> always{
                "@@ERROR", "@@ROWCOUNT", "@@TRANCOUNT"};
            return std::find(always.begin(), always.end(), what.text) == always.end();
        }
        case kind::name: {
            const auto found = find_column(what, here);
            return !found || found->source->may_be_missing ||
                   found->source->set->columns[found->column].nullable;
        }
        case kind::negate: return may_be_null(what.arguments.at(0), here);
        case kind::call:
            if (what.text == "ISNULL" && what.arguments.size() == 2)
                return may_be_null(what.arguments[0], here) && may_be_null(what.arguments[1], here);
            if (what.text == "COALESCE" && !what.arguments.empty())
                return may_be_null(what.arguments[0], here);
            return true;
        case kind::choice: {
            if (!what.has_else) return true;
            for (std::size_t i = 1; i <= what.arguments.size(); i += 2)
                if (may_be_null(what.arguments[std::min(i, what.arguments.size() - 1)], here))
                    return true;
            return false;
        }
        default: return true;
    }
}

}  // namespace

column described_column(const bound_source& source, std::size_t place) {
    column made = source.set->columns[place];
    made.nullable = made.nullable || source.may_be_missing;
    // An expression of an inner query is none of this one.
    if (made.origin == column_origin::computed) made.origin = column_origin::derived;
    return made;
}

column described_column(const expression& what, const scope& here, environment& world) {
    if (what.what == kind::name)
        if (const auto found = find_column(what, here))
            return described_column(*found->source, found->column);
    const bool by_group = what.what == kind::aggregate || what.what == kind::window;
    column made;
    made.type = describe(what, here, world);
    made.nullable = may_be_null(what, here);
    made.origin = by_group ? column_origin::derived : column_origin::computed;
    return made;
}

}  // namespace ha::mssqlsim
