// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/arithmetic.hpp"
#include "test/mssqlsim/tsql/cast.hpp"
#include "test/mssqlsim/tsql/columns.hpp"
#include "test/mssqlsim/tsql/conversion_errors.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/exact.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/tally.hpp"
#include "test/mssqlsim/tsql/variant.hpp"
#include "test/mssqlsim/tsql/windows.hpp"

#include <algorithm>

namespace ha::mssqlsim {

namespace {

value truth(bool yes) {
    return std::int64_t{yes ? 1 : 0};
}

bool is_true(const value& v) {
    const auto* number = std::get_if<std::int64_t>(&v);
    return number != nullptr && *number != 0;
}

sql_result<value> column_value(const expression& what, const scope& here) {
    const auto found = find_column(what, here);
    if (!found) return tl::unexpected(found.error());
    if (found->source->current == nullptr) return value{};
    return (*found->source->current)[found->column];
}

sql_result<value> logical(const expression& what, const scope& here, environment& world) {
    const bool conjunction = what.text == "AND";
    bool unknown = false;
    for (const auto& side : what.arguments) {
        auto v = evaluate(side, here, world);
        if (!v) return v;
        if (is_null(*v))
            unknown = true;
        else if (is_true(*v) != conjunction)
            return truth(!conjunction);
    }
    if (unknown) return value{};
    return truth(conjunction);
}

sql_result<value> compared(const std::string& op, const value& left, const value& right) {
    if (is_null(left) || is_null(right)) return value{};
    const auto order = compare(left, right);
    if (!order) return tl::unexpected(order.error());
    const char last = op.back();
    if (op.size() == 1 && last == '=') return truth(*order == 0);
    if (op.size() == 1) return truth(last == '<' ? *order < 0 : *order > 0);
    if (last == '>') return truth(*order != 0);
    return truth(op.front() == '<' ? *order <= 0 : *order >= 0);
}

// GETDATE() - 1: what is a datetime is text here, so its type is asked for; only where the other
// side is a number, which is rare.
bool is_datetime_and_number(const expression& what,
                            const value& left,
                            const value& right,
                            const scope& here,
                            environment& world) {
    const auto is_text = [](const value& v) { return std::holds_alternative<std::string>(v); };
    const auto is_number = [](const value& v) {
        return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<double>(v) ||
               is_exact(v);
    };
    if (!(is_text(left) && is_number(right)) && !(is_number(left) && is_text(right))) return false;
    const auto& date = what.arguments[is_text(left) ? 0 : 1];
    return describe(date, here, world).kind == column_kind::datetime;
}

sql_error no_escape(const std::string& mark) {
    return {506,
            "The invalid escape character \"" + mark + "\" was specified in a LIKE predicate.",
            16,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

// What an escape character stands before is meant as it is: [%] is a pattern that means so.
std::string without_escapes(const std::string& pattern, char mark) {
    std::string made;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const bool escaped = pattern[at] == mark && at + 1 < pattern.size();
        if (!escaped) {
            made += pattern[at];
            continue;
        }
        made += '[';
        made += pattern[++at];
        made += ']';
    }
    return made;
}

// A side of an operation. Most are a column or a constant, which lie there to be looked at and need
// not be copied.
class operand {
public:
    sql_result<const value*> of(const expression& what, const scope& here, environment& world) {
        using kind = expression::kind;
        if (what.what == kind::literal) return &what.constant;
        if (what.what == kind::name) {
            const auto found = find_column(what, here);
            if (!found) return tl::unexpected(found.error());
            const row* current = found->source->current;
            return current == nullptr ? &made_ : &(*current)[found->column];
        }
        auto made = evaluate(what, here, world);
        if (!made) return tl::unexpected(made.error());
        made_ = std::move(*made);
        return &made_;
    }

private:
    value made_;
};

sql_result<value> operation(const expression& what, const scope& here, environment& world) {
    const char first = what.text.front();
    const bool compares = first == '=' || first == '<' || first == '>';
    if (!compares && (what.text == "AND" || what.text == "OR")) return logical(what, here, world);
    operand sides[2];
    const auto left = sides[0].of(what.arguments[0], here, world);
    if (!left) return tl::unexpected(left.error());
    const auto right = sides[1].of(what.arguments[1], here, world);
    if (!right) return tl::unexpected(right.error());
    const auto named = [&](sql_result<value> made) -> sql_result<value> {
        if (!made) return tl::unexpected(with_sides(made.error(), what, here, world));
        const auto* number = std::get_if<std::int64_t>(&*made);
        if (number == nullptr || compares) return made;
        if (auto bad = refuses_sum(*number, what, here, world)) return tl::unexpected(*bad);
        return made;
    };
    if (compares) return named(compared(what.text, **left, **right));
    if (what.text == "LIKE") {
        if (is_null(**left) || is_null(**right)) return value{};
        std::string pattern = text_of(**right);
        if (what.arguments.size() > 2) {
            const auto mark = evaluate(what.arguments[2], here, world);
            if (!mark) return mark;
            if (text_of(*mark).size() != 1) return tl::unexpected(no_escape(text_of(*mark)));
            pattern = without_escapes(pattern, text_of(*mark).front());
        }
        return truth(like(text_of(**left), pattern) != what.negated);
    }
    if ((first == '+' || first == '-') &&
        is_datetime_and_number(what, **left, **right, here, world))
        return date_arithmetic(first, **left, **right);
    const bool divides_exactly = first == '/' && (is_exact(**left) || is_exact(**right));
    if (divides_exactly) {
        const auto type = describe(what, here, world);
        const bool known = type.kind == column_kind::numeric;
        return named(
            calculate(what.text, **left, **right, known ? type.scale : least_quotient_scale));
    }
    return named(calculate(what.text, **left, **right));
}

sql_result<value> among(const value& tested, const std::vector<value>& candidates, bool negated) {
    if (is_null(tested)) return value{};
    bool unknown = false;
    for (const auto& candidate : candidates) {
        if (is_null(candidate)) {
            unknown = true;
            continue;
        }
        const auto order = compare(tested, candidate);
        if (!order) return tl::unexpected(order.error());
        if (*order == 0) return truth(!negated);
    }
    if (unknown) return value{};
    return truth(negated);
}

sql_result<row> evaluated(const std::vector<expression>& list,
                          const scope& here,
                          environment& world) {
    row made;
    made.reserve(list.size());
    for (const auto& one : list) {
        auto v = evaluate(one, here, world);
        if (!v) return tl::unexpected(v.error());
        made.push_back(std::move(*v));
    }
    return made;
}

sql_result<value> in_list(const expression& what, const scope& here, environment& world) {
    auto values = evaluated(what.arguments, here, world);
    if (!values) return tl::unexpected(values.error());
    const value tested = values->front();
    values->erase(values->begin());
    return among(tested, *values, what.negated);
}

sql_result<value> with_query(const expression& what, const scope& here, environment& world) {
    const auto found = run_query(*what.query, &here, world);
    if (!found) return tl::unexpected(found.error());
    if (what.what == expression::kind::exists) return truth(!found->rows.empty());
    if (what.what == expression::kind::subquery) {
        if (found->rows.empty()) return value{};
        if (found->rows.size() > 1)
            return sql_failure(
                512,
                "Subquery returned more than 1 value. This is not permitted when the "
                "subquery follows =, !=, <, <= , >, >= or when the subquery is used as "
                "an expression.");
        return found->rows.front().front();
    }
    const auto tested = evaluate(what.arguments.front(), here, world);
    if (!tested) return tested;
    row values;
    for (const auto& one : found->rows) values.push_back(one.front());
    return among(*tested, values, what.negated);
}

sql_result<value> between(const expression& what, const scope& here, environment& world) {
    const auto values = evaluated(what.arguments, here, world);
    if (!values) return tl::unexpected(values.error());
    for (const auto& v : *values)
        if (is_null(v)) return value{};
    const auto low = compare((*values)[0], (*values)[1]);
    if (!low) return tl::unexpected(low.error());
    const auto high = compare((*values)[0], (*values)[2]);
    if (!high) return tl::unexpected(high.error());
    return truth((*low >= 0 && *high <= 0) != what.negated);
}

sql_result<value> choice(const expression& what, const scope& here, environment& world) {
    const std::size_t pairs = what.arguments.size() - (what.has_else ? 1 : 0);
    for (std::size_t i = 0; i + 1 < pairs + 1 && i < pairs; i += 2) {
        const auto yes = holds(what.arguments[i], here, world);
        if (!yes) return tl::unexpected(yes.error());
        if (*yes) return evaluate(what.arguments[i + 1], here, world);
    }
    if (what.has_else) return evaluate(what.arguments.back(), here, world);
    return value{};
}

sql_result<value> call(const expression& what, const scope& here, environment& world) {
    if (what.text == "COALESCE") {  // evaluates no more than it needs
        for (const auto& one : what.arguments) {
            auto v = evaluate(one, here, world);
            if (!v || !is_null(*v)) return v;
        }
        return value{};
    }
    std::vector<expression> arguments = {};
    row values;
    for (const auto& one : what.arguments) {
        // DATEDIFF(second, ...): the first argument is a word, not a column.
        if (values.empty() && begins_with_date_part(what.text) &&
            one.what == expression::kind::name) {
            values.emplace_back(lower(one.parts.back()));
            continue;
        }
        auto v = evaluate(one, here, world);
        if (!v) return v;
        values.push_back(std::move(*v));
    }
    if (what.text == "DATALENGTH" && values.size() == 1)
        return data_length(values[0], describe(what.arguments[0], here, world));
    if (what.text == "REPLICATE" && values.size() == 2)
        return repeated(values[0], values[1], describe(what.arguments[0], here, world));
    if (auto plain = plain_function(what.text, values)) return *plain;
    return world.call(what.text, values);
}

}  // namespace

sql_result<value> evaluate(const expression& what, const scope& here, environment& world) {
    using kind = expression::kind;
    switch (what.what) {
        case kind::literal: return what.constant;
        case kind::variable: return world.variable(what.text);
        case kind::system_variable: return world.system_variable(what.text);
        case kind::name: return column_value(what, here);
        case kind::call: return call(what, here, world);
        case kind::operation: return operation(what, here, world);
        case kind::in_list: return in_list(what, here, world);
        case kind::in_query:
        case kind::exists:
        case kind::subquery: return with_query(what, here, world);
        case kind::between: return between(what, here, world);
        case kind::choice: return choice(what, here, world);
        case kind::cast: return cast_value(what, here, world);
        case kind::aggregate: return aggregate(what, here, world);
        case kind::window: return value_over_window(what, here);
        case kind::parameter_default: return value{};
        default: break;
    }
    const auto inner = evaluate(what.arguments.front(), here, world);
    if (!inner) return inner;
    if (what.what == kind::is_null) return truth(is_null(*inner) != what.negated);
    if (is_null(*inner)) return value{};
    if (what.what == kind::logical_not) return truth(!is_true(*inner));
    return calculate("-", value{std::int64_t{0}}, *inner);
}

sql_result<bool> holds(const expression& what, const scope& here, environment& world) {
    const auto v = evaluate(what, here, world);
    if (!v) return tl::unexpected(v.error());
    return is_true(*v);
}

}  // namespace ha::mssqlsim
