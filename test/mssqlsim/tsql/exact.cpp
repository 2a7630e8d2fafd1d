// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/exact.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace ha::mssqlsim {

namespace {

__extension__ typedef __int128 wide;

constexpr unsigned digits_max = 38;

// digits / 10^scale
struct scaled {
    wide digits = 0;
    unsigned scale = 0;
};

wide power_of_ten(unsigned exponent) {
    wide made = 1;
    for (; exponent > 0; --exponent) made *= 10;
    return made;
}

sql_error overflow(const value& from = exact_number{}) {
    const char* kind = "numeric";
    if (std::holds_alternative<std::int64_t>(from)) kind = "int";
    if (std::holds_alternative<double>(from)) kind = "float";
    if (std::holds_alternative<std::string>(from)) kind = "nvarchar";
    return sql_error{
        8115,
        std::string{"Arithmetic overflow error converting "} + kind + " to data type numeric.",
        16,
        8,
        sql_error::reach::batch,
        0,
        {}};
}

std::optional<scaled> parse(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const wide most = power_of_ten(digits_max);
    scaled made;
    bool behind_point = false;
    bool any = false;
    for (const char c : text) {
        if (c == '.' && !behind_point) {
            behind_point = true;
            continue;
        }
        if (c < '0' || c > '9' || made.digits >= most / 10) return {};
        made.digits = made.digits * 10 + (c - '0');
        made.scale += behind_point ? 1 : 0;
        any = true;
    }
    if (!any) return {};
    if (negative) made.digits = -made.digits;
    return made;
}

std::string print(scaled what) {
    const bool negative = what.digits < 0;
    std::string made;
    for (wide rest = negative ? -what.digits : what.digits; rest != 0; rest /= 10)
        made.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    while (made.size() <= what.scale) made.push_back('0');
    if (what.scale > 0) made.insert(what.scale, 1, '.');
    if (negative) made.push_back('-');
    std::reverse(made.begin(), made.end());
    return made;
}

enum class rest { cut_off, rounded };

std::optional<scaled> rescaled(scaled from, unsigned scale, rest how) {
    if (scale >= from.scale) {
        wide made = 0;
        if (scale - from.scale > digits_max ||
            __builtin_mul_overflow(from.digits, power_of_ten(scale - from.scale), &made))
            return {};
        return scaled{made, scale};
    }
    const wide unit = power_of_ten(std::min(from.scale - scale, digits_max));
    wide made = from.digits / unit;
    const wide left = from.digits % unit;
    const wide half = unit / 2;
    if (how == rest::rounded && (left >= half || left <= -half)) made += from.digits < 0 ? -1 : 1;
    return scaled{made, scale};
}

value value_of(scaled what) {
    const bool small = what.digits <= std::numeric_limits<std::int64_t>::max() &&
                       what.digits >= std::numeric_limits<std::int64_t>::min();
    if (what.scale == 0 && small) return static_cast<std::int64_t>(what.digits);
    return exact_number{print(what)};
}

std::optional<scaled> number_of(const value& from, unsigned scale = 15) {
    if (const auto* whole = std::get_if<std::int64_t>(&from)) return scaled{*whole, 0};
    if (const auto* real = std::get_if<double>(&from)) {
        char text[400];
        std::snprintf(text, sizeof text, "%.*f", static_cast<int>(scale), *real);
        return parse(text);
    }
    if (const auto* exact = std::get_if<exact_number>(&from)) return parse(exact->text);
    return parse(text_of(from));
}

sql_error no_number() {
    return sql_error{8114,
                     "Error converting data type nvarchar to numeric.",
                     16,
                     5,
                     sql_error::reach::batch,
                     0,
                     {}};
}

bool fits(const scaled& what, unsigned precision) {
    const wide limit = power_of_ten(std::min(precision, digits_max));
    return what.digits < limit && what.digits > -limit;
}

}  // namespace

sql_result<value> to_numeric(const value& from, const column_type& to) {
    const auto number = number_of(from, to.scale + 4U);
    if (!number)
        return tl::unexpected(std::holds_alternative<std::string>(from) ? no_number()
                                                                        : overflow(from));
    const auto made = rescaled(*number, to.scale, rest::rounded);
    if (!made || !fits(*made, to.precision)) return tl::unexpected(overflow(from));
    return value_of(*made);
}

std::optional<std::int64_t> whole_part(const exact_number& from) {
    const auto number = parse(from.text);
    const auto made = number ? rescaled(*number, 0, rest::cut_off) : std::nullopt;
    const value whole = made ? value_of(*made) : value{};
    const auto* small = std::get_if<std::int64_t>(&whole);
    return small == nullptr ? std::nullopt : std::optional{*small};
}

sql_result<value> exact_arithmetic(char op,
                                   const value& left,
                                   const value& right,
                                   unsigned quotient_scale) {
    auto a = number_of(left);
    auto b = number_of(right);
    if (!a || !b) return tl::unexpected(no_number());
    scaled made;
    if (op == '*') {
        made.scale = a->scale + b->scale;
        if (__builtin_mul_overflow(a->digits, b->digits, &made.digits))
            return tl::unexpected(overflow());
    } else if (op == '/') {
        if (b->digits == 0) return sql_failure(8134, "Divide by zero error encountered.");
        const auto raised = rescaled(*a, quotient_scale + b->scale, rest::cut_off);
        if (!raised) return tl::unexpected(overflow());
        made = {raised->digits / b->digits, quotient_scale};
    } else {
        const unsigned scale = std::max(a->scale, b->scale);
        a = rescaled(*a, scale, rest::cut_off);
        b = rescaled(*b, scale, rest::cut_off);
        if (!a || !b) return tl::unexpected(overflow());
        made.scale = scale;
        if (op == '%' && b->digits == 0)
            return sql_failure(8134, "Divide by zero error encountered.");
        if (op == '%')
            made.digits = a->digits % b->digits;
        else
            made.digits = op == '-' ? a->digits - b->digits : a->digits + b->digits;
    }
    if (!fits(made, digits_max)) return tl::unexpected(overflow());
    return value{exact_number{print(made)}};
}

sql_result<int> exact_compare(const value& left, const value& right) {
    const auto a = number_of(left);
    const auto b = number_of(right);
    if (!a || !b) return tl::unexpected(no_number());
    const unsigned scale = std::max(a->scale, b->scale);
    const auto x = rescaled(*a, scale, rest::cut_off);
    const auto y = rescaled(*b, scale, rest::cut_off);
    // What cannot be written with so many digits is the larger one.
    if (!x) return a->digits < 0 ? -1 : 1;
    if (!y) return b->digits < 0 ? 1 : -1;
    return x->digits < y->digits ? -1 : (y->digits < x->digits ? 1 : 0);
}

}  // namespace ha::mssqlsim
