// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/variant.hpp"

#include "test/mssqlsim/tsql/column_kinds.hpp"
#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/hexadecimal.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace ha::mssqlsim {

namespace {

using kind = column_kind;

bool is_wide(kind what) {
    return what == kind::nvarchar || what == kind::nchar;
}
bool is_text(kind what) {
    return is_wide(what) || what == kind::varchar || what == kind::character;
}

// Those of max are none of its base types.
column_type base_of(column_type type) {
    if (type.kind == kind::nvarchar_max) type.kind = kind::nvarchar, type.length = 4000;
    if (type.kind == kind::varchar_max) type.kind = kind::varchar, type.length = 8000;
    if (type.kind == kind::varbinary_max) type.kind = kind::varbinary, type.length = 8000;
    return type;
}

// The higher one is the greater whatever the values are.
int family_of(kind what) {
    if (what == kind::datetime || what == kind::datetime2 || is_calendar(what)) return 6;
    if (what == kind::floating) return 5;
    if (what == kind::numeric || is_money(what)) return 4;
    if (is_text(what)) return 3;
    if (what == kind::varbinary) return 2;
    if (what == kind::guid) return 1;
    return 4;  // whole numbers
}

std::int64_t precision_of(const column_type& base) {
    switch (base.kind) {
        case kind::datetime: return 23;
        case kind::smalldatetime: return 16;
        case kind::floating: return base.length == 4 ? 24 : 53;
        case kind::numeric: return base.precision;
        case kind::money: return 19;
        case kind::smallmoney: return 10;
        case kind::bigint: return 19;
        case kind::integer: return 10;
        case kind::smallint: return 5;
        case kind::tinyint: return 3;
        case kind::bit: return 1;
        default: return 0;
    }
}

std::int64_t scale_of(const column_type& base) {
    if (base.kind == kind::numeric) return base.scale;
    if (is_money(base.kind)) return 4;
    return base.kind == kind::datetime ? 3 : 0;
}

std::int64_t size_of(const column_type& base) {
    const auto of_time = [&] { return base.scale <= 2 ? 3 : base.scale <= 4 ? 4 : 5; };
    switch (base.kind) {
        case kind::bit:
        case kind::tinyint: return 1;
        case kind::smallint: return 2;
        case kind::integer:
        case kind::smalldatetime:
        case kind::smallmoney: return 4;
        case kind::floating: return base.length == 4 ? 4 : 8;
        case kind::numeric:
            return base.precision <= 9    ? 5
                   : base.precision <= 19 ? 9
                   : base.precision <= 28 ? 13
                                          : 17;
        case kind::guid: return 16;
        case kind::date: return 3;
        case kind::time: return of_time();
        case kind::datetime2: return of_time() + 3;
        case kind::datetimeoffset: return of_time() + 5;
        case kind::nvarchar:
        case kind::nchar: return std::int64_t{base.length} * 2;
        case kind::varchar:
        case kind::character:
        case kind::varbinary: return base.length;
        default: return 8;
    }
}

// The number before the next blank.
std::optional<std::int64_t> taken_number(std::string_view& text) {
    std::int64_t made = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, made);
    if (read.ec != std::errc{} || read.ptr == end || *read.ptr != ' ') return {};
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()) + 1);
    return made;
}

}  // namespace

bool is_variant(const value& what) {
    return std::holds_alternative<variant_value>(what);
}

column_type usual_type_of(const value& what) {
    if (const auto* one = std::get_if<variant_value>(&what)) return one->base;
    if (const auto* number = std::get_if<std::int64_t>(&what)) return type_of_number(*number);
    if (std::holds_alternative<double>(what)) return {kind::floating, 8, 25, 0};
    if (const auto* text = std::get_if<std::string>(&what))
        return {kind::nvarchar,
                static_cast<std::uint16_t>(std::clamp<std::size_t>(text->size(), 1, 4000)),
                25,
                0};
    if (const auto* bytes = std::get_if<binary>(&what))
        return {kind::varbinary,
                static_cast<std::uint16_t>(std::clamp<std::size_t>(bytes->size(), 1, 8000)),
                25,
                0};
    if (is_money(what)) return {kind::money, 8, 19, 4};
    if (const auto* date = std::get_if<calendar_value>(&what)) return {date->kind, 8, 25, 7};
    return {kind::numeric, 0, 38, 6};
}

value as_variant(const value& what, const column_type& type) {
    if (is_null(what) || is_variant(what)) return what;
    variant_value made;
    made.base = base_of(type.kind == kind::variant ? usual_type_of(what) : type);
    if (const auto* number = std::get_if<std::int64_t>(&what)) {
        made.held = *number;
    } else if (const auto* real = std::get_if<double>(&what)) {
        made.held = *real;
    } else if (const auto* bytes = std::get_if<binary>(&what)) {
        made.held = *bytes;
    } else if (const auto* exact = std::get_if<exact_number>(&what)) {
        made.held = exact->text;
    } else {
        made.held = text_of(what);
    }
    return made;
}

value out_of_variant(const value& what) {
    const auto* one = std::get_if<variant_value>(&what);
    if (one == nullptr) return what;
    if (const auto* number = std::get_if<std::int64_t>(&one->held)) return *number;
    if (const auto* real = std::get_if<double>(&one->held)) return *real;
    if (const auto* bytes = std::get_if<binary>(&one->held)) return *bytes;
    const auto& text = std::get<std::string>(one->held);
    if (one->base.kind == kind::numeric) return exact_number{text};
    if (is_money(one->base.kind)) return exact_number{text, true};
    if (is_calendar(one->base.kind)) return calendar_value{one->base.kind, text};
    return text;
}

std::string packed(const variant_value& what) {
    std::string made = std::to_string(static_cast<int>(what.base.kind)) + " " +
                       std::to_string(what.base.length) + " " +
                       std::to_string(what.base.precision) + " " + std::to_string(what.base.scale) +
                       " " + std::to_string(what.held.index()) + " ";
    if (const auto* number = std::get_if<std::int64_t>(&what.held))
        return made + std::to_string(*number);
    if (const auto* bytes = std::get_if<binary>(&what.held)) return made + hexadecimal(*bytes);
    if (const auto* text = std::get_if<std::string>(&what.held)) return made + *text;
    char digits[64];
    const auto written = std::to_chars(digits, digits + sizeof digits, std::get<double>(what.held));
    return made.append(digits, written.ptr);
}

std::optional<variant_value> unpacked(std::string_view text) {
    std::int64_t parts[5] = {0, 0, 0, 0, 0};
    for (auto& part : parts) {
        const auto number = taken_number(text);
        if (!number) return {};
        part = *number;
    }
    variant_value made;
    made.base = {static_cast<kind>(parts[0]),
                 static_cast<std::uint16_t>(parts[1]),
                 static_cast<std::uint8_t>(parts[2]),
                 static_cast<std::uint8_t>(parts[3])};
    const auto* const end = text.data() + text.size();
    if (parts[4] == 0) {
        std::int64_t number = 0;
        std::from_chars(text.data(), end, number);
        made.held = number;
    } else if (parts[4] == 1) {
        double number = 0;
        std::from_chars(text.data(), end, number);
        made.held = number;
    } else if (parts[4] == 2) {
        made.held = std::string{text};
    } else {
        made.held = bytes_of(text);
    }
    return made;
}

sql_result<int> compare_variants(const value& left, const value& right) {
    const int a = family_of(usual_type_of(left).kind);
    const int b = family_of(usual_type_of(right).kind);
    if (a != b) return a < b ? -1 : 1;
    return compare(out_of_variant(left), out_of_variant(right));
}

sql_error no_implicit_conversion(const column_type& to) {
    return sql_error{257,
                     "Implicit conversion from data type sql_variant to " + name_of_kind(to.kind) +
                         " is not allowed. Use the CONVERT function to run this query.",
                     16,
                     3,
                     sql_error::reach::scope,
                     0,
                     {}};
}

sql_error no_arithmetic(const std::string& op, const value& left, const value& right) {
    const value& other = is_variant(left) ? right : left;
    if (std::holds_alternative<std::string>(other))
        return no_implicit_conversion({kind::varchar, 1, 25, 0});
    const char* name = op == "+"   ? "add"
                       : op == "-" ? "subtract"
                       : op == "*" ? "multiply"
                                   : "divide";
    return sql_error{
        8117,
        std::string{"Operand data type sql_variant is invalid for "} + name + " operator.",
        16,
        1,
        sql_error::reach::scope,
        0,
        {}};
}

sql_result<value> evaluated_for(const expression& what,
                                const scope& here,
                                environment& world,
                                const column_type& wanted) {
    auto made = evaluate(what, here, world);
    if (made && std::holds_alternative<std::string>(*made) && is_number_kind(wanted.kind)) {
        auto number = convert(*made, wanted);
        if (number) return number;
        return tl::unexpected(with_source(number.error(), describe(what, here, world)));
    }
    if (!made || wanted.kind != kind::variant) return made;
    return as_variant(*made, describe(what, here, world));
}

value variant_property(const value& what, const std::string& property) {
    if (is_null(what)) return {};
    const std::string name = lower(property);
    const auto base = usual_type_of(what);
    const column_type whole{kind::integer, 4, 25, 0};
    const column_type sysname{kind::nvarchar, 128, 25, 0};
    if (name == "basetype") {
        const bool is_real = base.kind == kind::floating && base.length == 4;
        const bool is_decimal = base.kind == kind::numeric && base.length == decimal_length;
        std::string name_of_base = name_of_kind(base.kind);
        if (is_real) name_of_base = "real";
        if (is_decimal) name_of_base = "decimal";
        return as_variant(value{std::move(name_of_base)}, sysname);
    }
    if (name == "precision") return as_variant(value{precision_of(base)}, whole);
    if (name == "scale") return as_variant(value{scale_of(base)}, whole);
    if (name == "maxlength") return as_variant(value{size_of(base)}, whole);
    if (name == "collation" && is_text(base.kind))
        return as_variant(value{std::string{"SQL_Latin1_General_CP1_CI_AS"}}, sysname);
    return {};
}

}  // namespace ha::mssqlsim
