// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/function_table.hpp"

#include <cmath>

// ROUND, CEILING and FLOOR.

namespace ha::mssqlsim {

namespace {

constexpr column_type real{column_kind::floating, 8, 25, 0};

// What has no point stays a whole number.
template <double (*Round)(double)>
sql_result<value> rounded(const row& a) {
    if (is_null(a[0]) || std::holds_alternative<std::int64_t>(a[0])) return a[0];
    const auto number = convert(a[0], real);
    if (!number) return number;
    return value{Round(std::get<double>(*number))};
}

double down(double number) {
    return std::floor(number);
}
double up(double number) {
    return std::ceil(number);
}

// ROUND (number, digits behind the point, or before it when below nought)
sql_result<value> rounded_to(const row& a) {
    constexpr double ten = 10.0;
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto digits = convert(a[1], {column_kind::bigint, 8, 25, 0});
    if (!digits) return digits;
    const auto count = std::get<std::int64_t>(*digits);
    if (std::holds_alternative<std::int64_t>(a[0]) && count >= 0) return a[0];
    const auto number = convert(a[0], real);
    if (!number) return number;
    const double unit = std::pow(ten, static_cast<double>(count));
    const double made = std::round(std::get<double>(*number) * unit) / unit;
    if (std::holds_alternative<std::int64_t>(a[0])) return value{static_cast<std::int64_t>(made)};
    return value{made};
}

}  // namespace

const function_table& number_functions() {
    static const function_table known{
        {"CEILING", {rounded<up>, 1, 1, real}},
        {"FLOOR", {rounded<down>, 1, 1, real}},
        {"ROUND", {rounded_to, 2, 2, real}},
    };
    return known;
}

}  // namespace ha::mssqlsim
