// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/arithmetic.hpp"

#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/mssqlsim/tsql/exact.hpp"
#include "test/mssqlsim/tsql/money.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

namespace ha::mssqlsim {

namespace {

sql_result<value> arithmetic(char op, std::int64_t a, std::int64_t b) {
    std::int64_t made = 0;
    bool overflow = false;
    switch (op) {
        case '+': overflow = __builtin_add_overflow(a, b, &made); break;
        case '-': overflow = __builtin_sub_overflow(a, b, &made); break;
        case '*': overflow = __builtin_mul_overflow(a, b, &made); break;
        case '&': made = a & b; break;
        case '|': made = a | b; break;
        default:
            if (b == 0) return sql_failure(8134, "Divide by zero error encountered.");
            if (b == -1)
                overflow = op == '/' && __builtin_sub_overflow(std::int64_t{0}, a, &made);
            else
                made = op == '/' ? a / b : a % b;
    }
    if (overflow)
        return sql_failure(8115,
                           "Arithmetic overflow error converting expression to data type bigint.");
    return value{made};
}

sql_result<value> real_arithmetic(char op, const value& left, const value& right) {
    const column_type real{column_kind::floating, 8, 25, 0};
    const auto a = convert(left, real);
    const auto b = convert(right, real);
    if (!a) return a;
    if (!b) return b;
    const double x = std::get<double>(*a);
    const double y = std::get<double>(*b);
    switch (op) {
        case '+': return value{x + y};
        case '-': return value{x - y};
        case '*': return value{x * y};
        default: break;
    }
    if (y == 0.0) return sql_failure(8134, "Divide by zero error encountered.");
    return value{x / y};
}

// Beside any other exact number money is one of those.
bool with_money(const value& left, const value& right) {
    const auto fits = [](const value& v) {
        return is_money(v) || std::holds_alternative<std::int64_t>(v);
    };
    return (is_money(left) && fits(right)) || (is_money(right) && fits(left));
}

}  // namespace

sql_result<value> calculate(const std::string& op,
                            const value& left,
                            const value& right,
                            unsigned quotient_scale) {
    if (is_null(left) || is_null(right)) return value{};
    if (is_variant(left) || is_variant(right))
        return tl::unexpected(no_arithmetic(op, left, right));
    if (is_calendar(left) || is_calendar(right)) return date_arithmetic(op.front(), left, right);
    const bool with_float =
        std::holds_alternative<double>(left) || std::holds_alternative<double>(right);
    if (with_money(left, right)) return money_arithmetic(op.front(), left, right);
    if (!with_float && (is_exact(left) || is_exact(right)))
        return exact_arithmetic(op.front(), left, right, quotient_scale);
    if (op == "+") {
        const auto* bytes = std::get_if<binary>(&left);
        const auto* more = std::get_if<binary>(&right);
        if (bytes != nullptr && more != nullptr) {
            binary made = *bytes;
            made.insert(made.end(), more->begin(), more->end());
            return value{std::move(made)};
        }
        const auto* a = std::get_if<std::string>(&left);
        const auto* b = std::get_if<std::string>(&right);
        if (a != nullptr && b != nullptr) return value{*a + *b};
    }
    if (with_float) return real_arithmetic(op.front(), left, right);
    const column_type whole{column_kind::bigint, 8, 25, 0};
    const auto a = convert(left, whole);
    const auto b = convert(right, whole);
    if (!a) return a;
    if (!b) return b;
    return arithmetic(op.front(), std::get<std::int64_t>(*a), std::get<std::int64_t>(*b));
}

}  // namespace ha::mssqlsim
