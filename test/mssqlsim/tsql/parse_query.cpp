// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

#include <algorithm>
#include <cstdlib>

// SELECT, its parts, and the names of types.

namespace ha::mssqlsim {

namespace {

bool is_compound(const token& symbol) {
    return symbol.what == token::kind::symbol && symbol.text.size() == 2 &&
           symbol.text.back() == '=' &&
           std::string_view{"+-*/%&|"}.find(symbol.text.front()) != std::string_view::npos;
}

select_item item(token_reader& in) {
    select_item made;
    if (in.accept("*")) {
        made.star = true;
        return made;
    }
    if (in.is_name() && in.is(1, ".") && in.is(2, "*")) {
        made.star = true;
        made.star_of = in.take().text;
        in.take();
        in.take();
        return made;
    }
    if (in.is_variable() && (in.is(1, "=") || is_compound(in.ahead(1)))) {
        made.variable = in.take().text;
        made.adds = compound_operator(in);
        if (made.adds.empty()) in.expect("=");
        made.what = parse_expression(in);
        return made;
    }
    if (in.now().what != token::kind::string && in.is_name() &&
        in.is(1, "=")) {  // alias = expression
        made.alias = in.take().text;
        in.take();
        made.what = parse_expression(in);
        return made;
    }
    made.what = parse_expression(in);
    made.alias = optional_alias(in);
    return made;
}

void top(token_reader& in, select_query& made) {
    if (in.accept("(")) {
        made.top = parse_expression(in);
        in.expect(")");
    } else if (in.now().what == token::kind::integer) {
        expression count;
        count.constant = std::int64_t{std::strtoll(in.take().text.c_str(), nullptr, 10)};
        made.top = std::move(count);
    } else {
        in.complain();
    }
    made.top_percent = in.accept("PERCENT");
}

std::uint16_t length(token_reader& in, std::uint16_t otherwise, bool& whole) {
    if (!in.accept("(")) return otherwise;
    std::uint16_t made = 0;
    whole = in.accept("MAX");
    if (!whole) {
        if (in.now().what != token::kind::integer) in.complain();
        made = static_cast<std::uint16_t>(std::strtol(in.take().text.c_str(), nullptr, 10));
    }
    in.expect(")");
    return made;
}

column_type text_type(token_reader& in,
                      column_kind limited,
                      column_kind unlimited,
                      std::uint16_t otherwise) {
    bool whole = false;
    const std::uint16_t size = length(in, otherwise, whole);
    return whole ? column_type{unlimited, 0, 25, 0} : column_type{limited, size, 25, 0};
}

column_type numeric_type(token_reader& in, bool is_decimal) {
    column_type made{column_kind::numeric, is_decimal ? decimal_length : no_length, 18, 0};
    if (!in.accept("(")) return made;
    made.precision = static_cast<std::uint8_t>(std::strtol(in.take().text.c_str(), nullptr, 10));
    if (in.accept(","))
        made.scale = static_cast<std::uint8_t>(std::strtol(in.take().text.c_str(), nullptr, 10));
    in.expect(")");
    return made;
}

struct plain_type {
    std::string_view name;
    column_type type;
};

constexpr plain_type plain_types[] = {
    {"INT", {column_kind::integer, 4, 25, 0}},
    {"INTEGER", {column_kind::integer, 4, 25, 0}},
    {"BIGINT", {column_kind::bigint, 8, 25, 0}},
    {"SMALLINT", {column_kind::smallint, 2, 25, 0}},
    {"TINYINT", {column_kind::tinyint, 1, 25, 0}},
    {"BIT", {column_kind::bit, 1, 25, 0}},
    {"SYSNAME", {column_kind::nvarchar, 128, 25, 0}},
    {"DATETIME", {column_kind::datetime, 8, 25, 3}},
    {"DATE", {column_kind::date, 3, 25, 0}},
    {"SMALLDATETIME", {column_kind::smalldatetime, 4, 25, 0}},
    {"UNIQUEIDENTIFIER", {column_kind::guid, 16, 25, 0}},
    {"MONEY", {column_kind::money, 8, 19, 4}},
    {"SMALLMONEY", {column_kind::smallmoney, 4, 10, 4}},
    {"SQL_VARIANT", {column_kind::variant, 8016, 25, 0}},
    {"REAL", {column_kind::floating, 4, 25, 0}},
    {"XML", {column_kind::xml, 0, 25, 0}},
    {"NTEXT", {column_kind::nvarchar_max, 0, 25, 0}},
    {"TEXT", {column_kind::varchar_max, 0, 25, 0}},
};

sql_error no_such_type(const std::string& name, std::size_t place) {
    sql_error made = sql_failure(243, "Type " + name + " is not a defined system type.").value();
    if (place > 0)
        made = sql_failure(2715,
                           "Column, parameter, or variable #" + std::to_string(place) +
                               ": Cannot find data type " + name + ".",
                           16,
                           6)
                   .value();
    return reaching(made, sql_error::reach::scope);
}

// Without a number they have seven digits of a second.
constexpr plain_type timed_types[] = {
    {"DATETIME2", {column_kind::datetime2, 8, 25, 7}},
    {"DATETIMEOFFSET", {column_kind::datetimeoffset, 10, 25, 7}},
    {"TIME", {column_kind::time, 5, 25, 7}},
};

column_type with_digits(token_reader& in, column_type made) {
    constexpr std::uint16_t most = 7;
    const auto line = in.now().line;
    bool whole = false;
    const std::uint16_t digits = length(in, most, whole);
    if ((digits > most || whole) && !in.failed())
        in.complain(sql_error{1002,
                              "Line " + std::to_string(line) + ": Specified scale " +
                                  std::to_string(digits) + " is invalid.",
                              16,
                              1,
                              sql_error::reach::scope,
                              line,
                              {}});
    made.scale = static_cast<std::uint8_t>(std::min(digits, most));
    return made;
}

}  // namespace

column_type parse_type(token_reader& in, std::uint16_t unsaid, std::size_t place) {
    std::string name = upper(in.expect_name());
    if (name == "SYS" && in.accept(".")) name = upper(in.expect_name());
    for (const auto& plain : plain_types)
        if (plain.name == name) return plain.type;
    if (name == "FLOAT") {  // documented: of up to 24 bits it is a real
        constexpr std::uint16_t most_bits = 53;
        constexpr std::uint16_t most_bits_of_real = 24;
        bool whole = false;
        const bool is_short = length(in, most_bits, whole) <= most_bits_of_real;
        return {column_kind::floating, static_cast<std::uint16_t>(is_short ? 4 : 8), 25, 0};
    }
    if (name == "NCHAR")
        return text_type(in, column_kind::nchar, column_kind::nvarchar_max, unsaid);
    if (name == "CHAR")
        return text_type(in, column_kind::character, column_kind::varchar_max, unsaid);
    if (name == "NVARCHAR")
        return text_type(in, column_kind::nvarchar, column_kind::nvarchar_max, unsaid);
    if (name == "VARCHAR")
        return text_type(in, column_kind::varchar, column_kind::varchar_max, unsaid);
    if (name == "VARBINARY" || name == "BINARY")
        return text_type(in, column_kind::varbinary, column_kind::varbinary_max, unsaid);
    if (name == "NUMERIC" || name == "DECIMAL" || name == "DEC")
        return numeric_type(in, name != "NUMERIC");
    for (const auto& timed : timed_types)
        if (timed.name == name) return with_digits(in, timed.type);
    if (!in.failed()) in.complain(no_such_type(lower(name), place));
    return {};
}

void parse_order(token_reader& in, std::vector<order_item>& into) {
    do {
        order_item next{parse_expression(in), false};
        next.descending = in.accept("DESC");
        if (!next.descending) in.accept("ASC");
        into.push_back(std::move(next));
    } while (in.accept(","));
}

std::string compound_operator(token_reader& in) {
    if (!is_compound(in.now())) return {};
    return in.take().text.substr(0, 1);
}

namespace {

// One SELECT, without what belongs to a whole of several.
select_query parse_one(token_reader& in, bool may_have_into) {
    select_query made;
    in.expect("SELECT");
    made.distinct = in.accept("DISTINCT");
    if (!made.distinct) in.accept("ALL");
    if (in.accept("TOP")) top(in, made);
    do made.items.push_back(item(in));
    while (in.accept(","));
    if (may_have_into && in.accept("INTO")) made.into = in.expect_path();
    if (in.accept("FROM")) parse_sources(in, made);
    if (in.accept("WHERE")) made.where = parse_expression(in);
    if (in.accept_all({"GROUP", "BY"})) {
        do made.group_by.push_back(parse_expression(in));
        while (in.accept(","));
    }
    if (in.accept("HAVING")) made.having = parse_expression(in);
    check_windows(in, made);
    return made;
}

std::optional<set_part::kind> set_word(token_reader& in) {
    using kind = set_part::kind;
    if (in.accept_all({"UNION", "ALL"})) return kind::union_all;
    if (in.accept("UNION")) return kind::union_distinct;
    if (in.accept("EXCEPT")) return kind::except;
    if (in.accept("INTERSECT")) return kind::intersect;
    return {};
}

// INTERSECT binds what stands beside it, before UNION and EXCEPT, which go from left to right.
void parts(token_reader& in, select_query& made) {
    while (const auto how = set_word(in)) {
        in.count_operators(1);
        select_query next = parse_one(in, false);
        while (*how != set_part::kind::intersect && in.accept("INTERSECT")) {
            in.count_operators(1);
            auto other = std::make_shared<const select_query>(parse_one(in, false));
            next.parts.push_back({set_part::kind::intersect, std::move(other)});
        }
        made.parts.push_back({*how, std::make_shared<const select_query>(std::move(next))});
    }
}

// OFFSET n ROWS FETCH NEXT m ROWS ONLY
void window(token_reader& in, select_query& made) {
    if (!in.accept("OFFSET")) return;
    made.offset = parse_expression(in);
    if (!in.accept("ROWS")) in.expect("ROW");
    if (!in.accept("FETCH")) return;
    if (!in.accept("NEXT")) in.expect("FIRST");
    made.fetch = parse_expression(in);
    if (!in.accept("ROWS")) in.expect("ROW");
    in.expect("ONLY");
}

}  // namespace

select_query parse_select(token_reader& in, bool may_have_into) {
    const token_reader::level here{in};
    select_query made = parse_one(in, may_have_into);
    parts(in, made);
    if (in.accept_all({"ORDER", "BY"})) {
        parse_order(in, made.order_by);
        check_windows(in, made);
        window(in, made);
    }
    if (in.is("FOR") && in.is(1, "JSON")) in.complain(lacks_statement("FOR JSON", in.now().line));
    if (in.accept_all({"FOR", "XML"})) made.as_xml = parse_xml_form(in);
    for (const auto& item : made.items)
        if (!item.variable.empty()) refuse_xml(in, made, "ASSIGNMENT");
    if (!made.into.empty()) refuse_xml(in, made, "SELECT INTO");
    if (in.accept("OPTION")) in.skip_list();
    return made;
}

}  // namespace ha::mssqlsim
