// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/columns.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/string_tables.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/mssqlsim/tsql/windows.hpp"

#include <algorithm>

// The types of expressions, before they have values.

namespace ha::mssqlsim {

namespace {

std::uint16_t length_of(const binary& bytes) {
    return static_cast<std::uint16_t>(std::max<std::size_t>(bytes.size(), 1));
}

bool is_limited_text(column_kind kind) {
    return kind == column_kind::nvarchar || kind == column_kind::varchar;
}

// DATEADD gives what it got; text is taken for a datetime.
column_type type_of_moved(const column_type& from) {
    if (from.kind == column_kind::datetime2 || is_calendar(from.kind)) return from;
    return {column_kind::datetime, 8, 25, 3};
}

// With as many digits of a second as what it is made of.
column_type type_with_offset(const column_type& from) {
    std::uint8_t digits = 7;
    if (from.kind == column_kind::datetime) digits = 3;
    if (from.kind == column_kind::smalldatetime || from.kind == column_kind::date) digits = 0;
    if (from.kind == column_kind::datetime2 || from.kind == column_kind::datetimeoffset ||
        from.kind == column_kind::time)
        digits = from.scale;
    return {column_kind::datetimeoffset, 10, 25, digits};
}

bool is_numeric(const column_type& type) {
    return type.kind == column_kind::numeric && type.length != decimal_length;
}

// Precision and scale of exact numbers that are added, multiplied or divided.
column_type type_of_sum(char op, column_type left, column_type right) {
    // Of decimals comes a decimal; where a numeric is, a numeric.
    const bool has_numeric = is_numeric(left) || is_numeric(right);
    for (auto* side : {&left, &right}) {
        if (side->kind == column_kind::floating) return {column_kind::floating, 8, 25, 0};
        if (side->kind == column_kind::numeric) continue;
        if (is_money(side->kind)) {
            const bool small = side->kind == column_kind::smallmoney;
            *side = {column_kind::numeric, 0, static_cast<std::uint8_t>(small ? 10 : 19), 4};
            continue;
        }
        const bool big = side->kind == column_kind::bigint;
        *side = {column_kind::numeric, 0, static_cast<std::uint8_t>(big ? 19 : 10), 0};
    }
    int scale = std::max(left.scale, right.scale);
    int precision =
        std::max(left.precision - left.scale, right.precision - right.scale) + scale + 1;
    if (op == '*') {
        scale = left.scale + right.scale;
        precision = left.precision + right.precision + 1;
    } else if (op == '/') {
        scale = std::max(6, left.scale + right.precision + 1);
        precision = left.precision - left.scale + right.scale + scale;
    }
    const int most = std::min(precision, 38);
    scale = std::clamp(scale - (precision - most), std::min(scale, 6), scale);
    const std::uint16_t length = has_numeric ? std::uint16_t{0} : decimal_length;
    return {column_kind::numeric,
            length,
            static_cast<std::uint8_t>(most),
            static_cast<std::uint8_t>(scale)};
}

// A whole number of the text has as many digits as are written.
column_type beside_exact(const expression& side,
                         const column_type& otherwise,
                         const column_type& exact) {
    const auto* number = std::get_if<std::int64_t>(&side.constant);
    if (side.what != expression::kind::literal || number == nullptr) return otherwise;
    std::uint8_t digits = 1;
    for (std::int64_t rest = *number / 10; rest != 0; rest /= 10) ++digits;
    return {column_kind::numeric, exact.length, digits, 0};
}

// Sums and means of exact numbers have all the digits that there are.
column_type type_of_aggregate(const std::string& function, column_type of) {
    if (is_money(of.kind) && (function == "SUM" || function == "AVG"))
        return {column_kind::money, 8, 19, 4};
    if (of.kind != column_kind::numeric || (function != "SUM" && function != "AVG")) return of;
    of.precision = 38;
    if (function == "AVG") of.scale = std::max<std::uint8_t>(of.scale, 6);
    return of;
}

bool is_date(column_kind kind) {
    return kind == column_kind::datetime || kind == column_kind::datetime2 || is_calendar(kind);
}

// The first of them that is no NULL: it has no type of its own.
const expression& first_typed(const std::vector<const expression*>& among) {
    for (const auto* one : among)
        if (!is_null_literal(*one)) return *one;
    return *among.front();
}

// That of the first branch, as long as the longest.
column_type describe_choice(const expression& what, const scope& here, environment& world) {
    std::vector<const expression*> branches;
    for (std::size_t i = 1; i <= what.arguments.size(); i += 2)
        branches.push_back(&what.arguments[std::min(i, what.arguments.size() - 1)]);
    auto made = describe(first_typed(branches), here, world);
    for (const auto* branch : branches) {
        if (is_null_literal(*branch)) continue;
        const auto other = describe(*branch, here, world);
        if (is_limited_text(made.kind) && is_limited_text(other.kind)) {
            if (other.kind == column_kind::nvarchar) made.kind = other.kind;
            made.length = std::max(made.length, other.length);
        } else if (other.kind == made.kind) {
            made.length = std::max(made.length, other.length);
        }
    }
    return made;
}

}  // namespace

bool is_null_literal(const expression& what) {
    return what.what == expression::kind::literal && is_null(what.constant);
}

column_type type_of_number(std::int64_t number) {
    const bool big = number > 2147483647 || number < -2147483648LL;
    if (!big) return {column_kind::integer, 4, 25, 0};
    std::uint8_t digits = 0;
    for (std::int64_t rest = number; rest != 0; rest /= 10) ++digits;
    return {column_kind::numeric, 0, digits, 0};
}

column_type describe(const expression& what, const scope& here, environment& world) {
    using kind = expression::kind;
    const column_type whole{column_kind::integer, 4, 25, 0};
    switch (what.what) {
        case kind::literal:
            if (const auto* number = std::get_if<std::int64_t>(&what.constant))
                return type_of_number(*number);
            if (std::holds_alternative<double>(what.constant) ||
                std::holds_alternative<exact_number>(what.constant))
                return what.type;
            if (const auto* text = std::get_if<std::string>(&what.constant))
                return {what.type.kind == column_kind::varchar ? column_kind::varchar
                                                               : column_kind::nvarchar,
                        static_cast<std::uint16_t>(std::clamp<std::size_t>(text->size(), 1, 4000)),
                        25,
                        0};
            if (const auto* bytes = std::get_if<binary>(&what.constant))
                return bytes->size() > 8000
                           ? column_type{column_kind::varbinary_max, 0, 25, 0}
                           : column_type{column_kind::varbinary, length_of(*bytes), 25, 0};
            return whole;
        case kind::variable: return world.type_of_variable(what.text);
        case kind::system_variable:
            if (what.text == "@@IDENTITY") return {column_kind::numeric, 0, 38, 0};
            if (what.text == "@@VERSION") return {column_kind::nvarchar, 300, 25, 0};
            return what.text.ends_with("NAME") || what.text == "@@LANGUAGE"
                       ? column_type{column_kind::nvarchar, 128, 25, 0}
                       : whole;
        case kind::name: {
            const auto found = find_column(what, here);
            return found ? found->source->set->columns[found->column].type : whole;
        }
        case kind::call:
            if (what.text == "DATEADD" && what.arguments.size() == 3)
                return type_of_moved(describe(what.arguments[2], here, world));
            if (gives_offset(what.text) && what.arguments.size() == 2)
                return type_with_offset(describe(what.arguments[0], here, world));
            if (what.text == "ISNULL" || what.text == "COALESCE") {
                std::vector<const expression*> all;
                for (const auto& one : what.arguments) all.push_back(&one);
                return all.empty() ? whole : describe(first_typed(all), here, world);
            }
            if ((what.text == "ROUND" || what.text == "CEILING" || what.text == "FLOOR" ||
                 what.text == "NULLIF") &&
                !what.arguments.empty())
                return describe(what.arguments.front(), here, world);
            if (!what.arguments.empty())
                if (auto text = type_of_text(what.text, describe(what.arguments[0], here, world)))
                    return *text;
            if (what.text == "DATALENGTH") return whole;
            return type_of_function(what.text);
        case kind::cast: return what.type;
        case kind::choice: return describe_choice(what, here, world);
        case kind::negate: return describe(what.arguments[0], here, world);
        case kind::operation: {
            auto left = describe(what.arguments[0], here, world);
            auto right = describe(what.arguments[1], here, world);
            if (left.kind == column_kind::numeric)
                right = beside_exact(what.arguments[1], right, left);
            if (right.kind == column_kind::numeric)
                left = beside_exact(what.arguments[0], left, right);
            if (is_limited_text(left.kind) && is_limited_text(right.kind))
                return left.kind == column_kind::varchar && right.kind == left.kind
                           ? column_type{column_kind::varchar, 8000, 25, 0}
                           : column_type{column_kind::nvarchar, 4000, 25, 0};
            if (left.kind == column_kind::numeric || right.kind == column_kind::numeric)
                return type_of_sum(what.text.front(), left, right);
            if (is_date(right.kind) && !is_date(left.kind)) return right;
            if (is_money(left.kind) || is_money(right.kind)) {
                const bool both_small =
                    left.kind == column_kind::smallmoney && right.kind == column_kind::smallmoney;
                if (left.kind == column_kind::floating) return left;
                if (right.kind == column_kind::floating || both_small) return right;
                return {column_kind::money, 8, 19, 4};
            }
            return left.kind == column_kind::integer ? right : left;
        }
        case kind::window:
            if (auto ranked = type_of_ranking(what.text)) return *ranked;
            [[fallthrough]];
        case kind::aggregate:
            if (what.text == "STRING_AGG" && !what.arguments.empty())
                return type_of_joined(describe(what.arguments[0], here, world));
            if (what.text == "COUNT" || what.arguments.empty()) return whole;
            if (what.text == "COUNT_BIG") return {column_kind::bigint, 8, 25, 0};
            return type_of_aggregate(what.text, describe(what.arguments[0], here, world));
        case kind::subquery: {
            auto rows = run_query(*what.query, &here, world);
            return rows && !rows->columns.empty() ? rows->columns.front().type : whole;
        }
        default: return whole;
    }
}

}  // namespace ha::mssqlsim
