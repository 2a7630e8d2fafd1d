// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

// Precedence climbing: OR, AND, NOT, comparison and its relatives, addition, multiplication, sign.

namespace ha::mssqlsim {

namespace {

expression binary_of(token_reader& in, std::string op, expression left, expression right) {
    in.count_operators(1);
    return operation_of(std::move(op), std::move(left), std::move(right));
}

expression literal(value constant) {
    expression made;
    made.constant = std::move(constant);
    return made;
}

expression sum(token_reader& in);

std::shared_ptr<const select_query> inner_query(token_reader& in) {
    auto query = std::make_shared<const select_query>(parse_select(in));
    in.expect(")");
    return query;
}

std::size_t nodes_of(const expression& what) {
    std::size_t count = 1;
    for (const auto& one : what.arguments) count += nodes_of(one);
    return count;
}

// What a simple CASE tests is written out before each WHEN, and counts each time: CASE within CASE
// would grow without end.
expression case_expression(token_reader& in) {
    expression made;
    made.what = expression::kind::choice;
    std::optional<expression> tested;
    if (!in.is("WHEN")) tested = parse_expression(in);
    const auto repeated = tested ? nodes_of(*tested) : 0;
    while (in.accept("WHEN")) {
        in.count_operators(repeated);
        expression condition = parse_expression(in);
        made.arguments.push_back(tested ? binary_of(in, "=", *tested, std::move(condition))
                                        : std::move(condition));
        in.expect("THEN");
        made.arguments.push_back(parse_expression(in));
    }
    if (in.accept("ELSE")) {
        made.has_else = true;
        made.arguments.push_back(parse_expression(in));
    }
    in.expect("END");
    return made;
}

constexpr std::uint16_t length_unsaid = 30;  // documented

expression cast_expression(token_reader& in, const std::string& function) {
    expression made;
    made.what = expression::kind::cast;
    made.text = function;
    if (function == "CAST" || function == "TRY_CAST") {
        made.arguments.push_back(parse_expression(in));
        in.expect("AS");
        made.type = parse_type(in, length_unsaid, 0);
    } else {
        made.type = parse_type(in, length_unsaid, 0);
        in.expect(",");
        made.arguments.push_back(parse_expression(in));
        if (in.accept(",")) made.arguments.push_back(parse_expression(in));
    }
    in.expect(")");
    return made;
}

bool is_aggregate(std::string_view function) {
    static constexpr std::array<std::string_view, 7> known{
        "COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG", "STRING_AGG"};
    for (const auto name : known)
        if (name == function) return true;
    return false;
}

// IIF (condition, this, that): a CASE.
expression either(token_reader& in) {
    expression made;
    made.what = expression::kind::choice;
    made.has_else = true;
    made.arguments.push_back(parse_expression(in));
    for (int i = 0; i < 2; ++i) {
        in.expect(",");
        made.arguments.push_back(parse_expression(in));
    }
    in.expect(")");
    return made;
}

expression call(token_reader& in, const std::string& name) {
    const std::string function = upper(name);
    in.expect("(");
    if (function == "CAST" || function == "CONVERT" || function == "TRY_CAST" ||
        function == "TRY_CONVERT")
        return cast_expression(in, function);
    if (function == "IIF") return either(in);
    expression made;
    made.what = is_aggregate(function) ? expression::kind::aggregate : expression::kind::call;
    made.text = function;
    if (made.what == expression::kind::aggregate && in.accept("*")) {
        in.expect(")");
        return parse_window(in, std::move(made));
    }
    if (made.what == expression::kind::aggregate && in.accept("DISTINCT")) made.negated = true;
    while (!in.is(")") && !in.failed()) {
        made.arguments.push_back(parse_expression(in));
        if (!in.accept(",")) break;
    }
    in.expect(")");
    return parse_window(in, std::move(made));
}

expression name_or_call(token_reader& in) {
    if (in.ahead(1).what == token::kind::symbol && in.ahead(1).text == "(" &&
        in.now().what == token::kind::word)
        return call(in, in.take().text);
    expression made;
    made.what = expression::kind::name;
    made.parts = in.expect_path();
    if (in.is("(")) return call(in, made.parts.back());  // dbo.f(...)
    return made;
}

expression variable(token_reader& in) {
    expression made;
    made.text = in.take().text;
    made.what = expression::kind::variable;
    if (made.text.starts_with("@@")) {
        made.what = expression::kind::system_variable;
        made.text = upper(made.text);
    }
    return made;
}

expression parenthesized(token_reader& in) {
    in.expect("(");
    expression made;
    if (in.is("SELECT")) {
        made.what = expression::kind::subquery;
        made.query = inner_query(in);
        return made;
    }
    made = parse_expression(in);
    in.expect(")");
    return made;
}

// 1.50 is numeric(3,2).
column_type type_of_decimal(std::string_view text) {
    const auto point = std::min(text.find('.'), text.size());
    const auto first = std::min(text.find_first_not_of('0'), point);
    const auto scale = text.size() - std::min(point + 1, text.size());
    const auto precision = std::clamp<std::size_t>(point - first + scale, 1, 38);
    return {column_kind::numeric,
            0,
            static_cast<std::uint8_t>(precision),
            static_cast<std::uint8_t>(std::min<std::size_t>(scale, precision))};
}

expression text_literal(const token& taken) {
    expression made;
    made.constant = taken.text;
    made.type.kind = taken.national ? column_kind::nvarchar : column_kind::varchar;
    return made;
}

expression large_number(const std::string& text) {
    expression made;
    made.constant.emplace<exact_number>(text);
    made.type = type_of_decimal(text);
    return made;
}

expression money(token_reader& in, const std::string& text) {
    const column_type type{column_kind::money, 8, 19, 4};
    const value written{text};
    auto made = to_money(written, type);
    expression one;
    one.type = type;
    if (made)
        one.constant = std::move(*made);
    else
        in.complain(made.error());
    return one;
}

sql_error beyond_floats(const std::string& text) {
    return {168,
            "The floating point value '" + text +
                "' is out of the range of computer representation (8 bytes).",
            15,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

expression number(token_reader& in) {
    const token& taken = in.take();
    if (taken.text.starts_with('$')) return money(in, taken.text);
    if (taken.what == token::kind::decimal) {
        if (taken.text.find_first_of("eE") != taken.text.npos) {
            const double number = std::strtod(taken.text.c_str(), nullptr);
            if (!std::isfinite(number)) in.complain(beyond_floats(taken.text));
            expression real = literal(number);
            real.type = {column_kind::floating, 8, 25, 0};
            return real;
        }
        expression made;
        made.constant.emplace<exact_number>(taken.text);
        made.type = type_of_decimal(taken.text);
        return made;
    }
    if (taken.text.size() > 18 && (taken.text.size() > 19 || taken.text > "9223372036854775807"))
        return large_number(taken.text);
    return literal(std::int64_t{std::strtoll(taken.text.c_str(), nullptr, 10)});
}

// Functions of standard SQL that have no parentheses.
std::optional<expression> niladic(token_reader& in) {
    static constexpr std::array<std::pair<std::string_view, const char*>, 5> known{
        {{"CURRENT_TIMESTAMP", "GETDATE"},
         {"CURRENT_USER", "USER_NAME"},
         {"SESSION_USER", "USER_NAME"},
         {"SYSTEM_USER", "SUSER_SNAME"},
         {"USER", "USER_NAME"}}};
    for (const auto& [word, function] : known) {
        if (in.is(1, "(") || in.is(1, ".") || !in.accept(word)) continue;
        expression made;
        made.what = expression::kind::call;
        made.text = function;
        return made;
    }
    return {};
}

expression primary(token_reader& in) {
    const token& t = in.now();
    switch (t.what) {
        case token::kind::integer:
        case token::kind::decimal: return number(in);
        case token::kind::string: return text_literal(in.take());
        case token::kind::hexadecimal: return literal(bytes_of(in.take().text));
        case token::kind::variable: return variable(in);
        default: break;
    }
    if (in.accept("NULL")) return literal({});
    if (in.is("(")) return parenthesized(in);
    if (in.accept("CASE")) return case_expression(in);
    if (in.accept("EXISTS")) {
        in.expect("(");
        expression made;
        made.what = expression::kind::exists;
        made.query = inner_query(in);
        return made;
    }
    if (auto made = niladic(in)) return *made;
    const bool called = t.what == token::kind::word && in.is(1, "(");
    if (called || in.is_name()) return name_or_call(in);
    in.complain();
    return {};
}

// All text is compared by one collation, which tells no case apart.
void collation(token_reader& in) {
    while (in.accept("COLLATE")) {
        const std::string name = upper(in.expect_name());
        if (name.find("_CS_") != name.npos || name.find("_BIN") != name.npos)
            in.complain(lacks_statement("COLLATE " + name, in.now().line));
    }
}

// AT TIME ZONE, as often as it is said: a call of a function that has no other name.
expression at_time_zones(token_reader& in, expression made) {
    while (in.accept_all({"AT", "TIME", "ZONE"})) {
        in.count_operators(1);
        expression whole;
        whole.what = expression::kind::call;
        whole.text = "AT TIME ZONE";
        whole.arguments.push_back(std::move(made));
        whole.arguments.push_back(primary(in));
        made = std::move(whole);
    }
    return made;
}

expression sign(token_reader& in) {
    if (!in.is_any({"+", "-"})) {
        expression made = primary(in);
        if (in.is(".")) made = parse_xml_method(in, std::move(made));
        collation(in);
        return at_time_zones(in, std::move(made));
    }
    const token_reader::level here{in};
    if (in.take().text == "+") return sign(in);
    expression inner = sign(in);
    if (inner.what == expression::kind::literal)
        if (const auto* number = std::get_if<std::int64_t>(&inner.constant))
            return literal(-*number);
    expression made;
    made.what = expression::kind::negate;
    made.arguments.push_back(std::move(inner));
    return made;
}

expression product(token_reader& in) {
    expression left = sign(in);
    while (in.is_any({"*", "/", "%"})) {
        std::string op = in.take().text;
        left = binary_of(in, std::move(op), std::move(left), sign(in));
    }
    return left;
}

expression sum(token_reader& in) {
    expression left = product(in);
    while (in.is_any({"+", "-", "&", "|"})) {
        std::string op = in.take().text;
        left = binary_of(in, std::move(op), std::move(left), product(in));
    }
    return left;
}

expression in_expression(token_reader& in, expression tested) {
    in.expect("(");
    expression made;
    made.arguments.push_back(std::move(tested));
    if (in.is("SELECT")) {
        made.what = expression::kind::in_query;
        made.query = inner_query(in);
        return made;
    }
    made.what = expression::kind::in_list;
    do made.arguments.push_back(parse_expression(in));
    while (in.accept(","));
    in.expect(")");
    return made;
}

expression is_null_test(token_reader& in, expression tested) {
    expression made;
    made.what = expression::kind::is_null;
    made.negated = in.accept("NOT");
    in.expect("NULL");
    made.arguments.push_back(std::move(tested));
    return made;
}

expression between_test(token_reader& in, expression tested) {
    expression made;
    made.what = expression::kind::between;
    made.arguments.push_back(std::move(tested));
    made.arguments.push_back(sum(in));
    in.expect("AND");
    made.arguments.push_back(sum(in));
    return made;
}

std::string usual_spelling(const std::string& op) {
    if (op == "!=") return "<>";
    if (op == "!<") return ">=";
    return op == "!>" ? "<=" : op;
}

expression comparison(token_reader& in) {
    expression left = sum(in);
    while (in.is_any({"=", "<>", "!=", "<", "<=", ">", ">=", "!<", "!>"})) {
        auto op = usual_spelling(in.take().text);
        left = binary_of(in, std::move(op), std::move(left), sum(in));
    }
    if (in.accept("IS")) return is_null_test(in, std::move(left));
    const bool negated =
        in.is("NOT") && (in.is(1, "IN") || in.is(1, "LIKE") || in.is(1, "BETWEEN"));
    if (negated) in.take();
    if (in.accept("IN")) {
        left = in_expression(in, std::move(left));
    } else if (in.accept("LIKE")) {
        left = binary_of(in, "LIKE", std::move(left), sum(in));
        if (in.accept("ESCAPE")) left.arguments.push_back(sum(in));
    } else if (in.accept("BETWEEN")) {
        left = between_test(in, std::move(left));
    }
    left.negated = left.negated || negated;
    return left;
}

expression negation(token_reader& in) {
    if (!in.accept("NOT")) return comparison(in);
    const token_reader::level here{in};
    expression made;
    made.what = expression::kind::logical_not;
    made.arguments.push_back(negation(in));
    return made;
}

expression conjunction(token_reader& in) {
    expression left = negation(in);
    while (in.accept("AND")) left = binary_of(in, "AND", std::move(left), negation(in));
    return left;
}

}  // namespace

binary bytes_of(std::string_view hexadecimal) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        return (c | 0x20) - 'a' + 10;
    };
    binary made;
    std::size_t at = hexadecimal.size() % 2;
    if (at == 1) made.push_back(static_cast<std::uint8_t>(digit(hexadecimal[0])));
    for (; at < hexadecimal.size(); at += 2)
        made.push_back(
            static_cast<std::uint8_t>(digit(hexadecimal[at]) * 16 + digit(hexadecimal[at + 1])));
    return made;
}

expression operation_of(std::string op, expression left, expression right) {
    expression made;
    made.what = expression::kind::operation;
    made.text = std::move(op);
    made.arguments.push_back(std::move(left));
    made.arguments.push_back(std::move(right));
    return made;
}

expression parse_expression(token_reader& in) {
    const token_reader::level here{in};
    expression left = conjunction(in);
    while (in.accept("OR")) left = binary_of(in, "OR", std::move(left), conjunction(in));
    return left;
}

}  // namespace ha::mssqlsim
