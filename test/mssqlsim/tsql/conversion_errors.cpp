// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/conversion_errors.hpp"

#include "test/mssqlsim/tsql/column_kinds.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace ha::mssqlsim {

namespace {

sql_error batch_error(std::int32_t number, std::string text, std::uint8_t state = 1) {
    return sql_error{number, std::move(text), 16, state, sql_error::reach::batch, 0, {}};
}

bool is_small(column_kind kind) {
    return kind == column_kind::tinyint || kind == column_kind::smallint;
}

// Those that say what the text was.
bool names_text(std::int32_t number) {
    return number == 244 || number == 245 || number == 248 || number == 8114;
}

}  // namespace

sql_error no_whole_number(const std::string& text, column_kind to) {
    if (to == column_kind::bigint)
        return batch_error(8114, "Error converting data type nvarchar to bigint.", 5);
    return batch_error(245,
                       "Conversion failed when converting the nvarchar value '" + text +
                           "' to data type " + name_of_kind(to) + ".");
}

sql_error text_too_large(const std::string& text, column_kind to) {
    const std::string begin = "The conversion of the nvarchar value '" + text + "' overflowed an ";
    if (to == column_kind::integer) return batch_error(248, begin + "int column.");
    if (!is_small(to)) return sum_too_large(to);
    const char* size = to == column_kind::tinyint ? "INT1" : "INT2";
    return batch_error(244, begin + size + " column. Use a larger integer column.");
}

sql_error number_too_large(std::int64_t number, column_kind to) {
    const bool is_int = number >= std::numeric_limits<std::int32_t>::min() &&
                        number <= std::numeric_limits<std::int32_t>::max();
    if (!is_small(to) || !is_int) return sum_too_large(to);
    return batch_error(220,
                       "Arithmetic overflow error for data type " + name_of_kind(to) +
                           ", value = " + std::to_string(number) + ".",
                       to == column_kind::tinyint ? 2 : 1);
}

sql_error real_too_large(double number, column_kind to) {
    char text[400];
    std::snprintf(text, sizeof text, "%f", number);
    return batch_error(
        232, "Arithmetic overflow error for type " + name_of_kind(to) + ", value = " + text + ".");
}

sql_error exact_too_large(column_kind to) {
    return batch_error(
        8115,
        "Arithmetic overflow error converting numeric to data type " + name_of_kind(to) + ".");
}

sql_error sum_too_large(column_kind to) {
    return batch_error(
        8115,
        "Arithmetic overflow error converting expression to data type " + name_of_kind(to) + ".",
        2);
}

sql_error no_real() {
    return batch_error(8114, "Error converting data type nvarchar to float.", 5);
}

sql_error no_guid() {
    return batch_error(8169,
                       "Conversion failed when converting from a character string to "
                       "uniqueidentifier.",
                       2);
}

// What follows the 36 characters is not looked at; braces may stand around them.
bool is_guid_text(const std::string& text) {
    constexpr std::size_t length = 36;
    const std::size_t begin = !text.empty() && text.front() == '{' ? 1 : 0;
    if (text.size() < begin + length) return false;
    for (std::size_t i = 0; i < length; ++i) {
        const char one = text[begin + i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool digit =
            (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f') || (one >= 'A' && one <= 'F');
        if (dash ? one != '-' : !digit) return false;
    }
    return begin == 0 || (text.size() > begin + length && text[begin + length] == '}');
}

sql_error with_source(sql_error what, const column_type& source) {
    static const std::string usual = "nvarchar";
    if (!names_text(what.number) || !is_text_kind(source.kind)) return what;
    const auto at = what.text.find(usual);
    if (at == std::string::npos) return what;
    const std::string before = what.text.substr(0, at);
    const std::string after = what.text.substr(at + usual.size());
    what.text = before + name_of_kind(source.kind) + after;
    return what;
}

sql_error with_sides(sql_error what,
                     const expression& operation,
                     const scope& here,
                     environment& world) {
    if (!names_text(what.number) || operation.arguments.size() < 2) return what;
    const auto left = describe(operation.arguments[0], here, world);
    const auto right = describe(operation.arguments[1], here, world);
    const bool left_is_text = is_text_kind(left.kind);
    if (left_is_text == is_text_kind(right.kind)) return what;
    const auto& text = operation.arguments[left_is_text ? 0 : 1];
    const auto& source = left_is_text ? left : right;
    const auto said = evaluate(text, here, world);
    if (!said) return what;
    const auto again = convert(*said, left_is_text ? right : left);
    return with_source(again ? std::move(what) : again.error(), source);
}

std::optional<sql_error> refuses_sum(std::int64_t number,
                                     const expression& operation,
                                     const scope& here,
                                     environment& world) {
    const bool fits = number >= std::numeric_limits<std::int32_t>::min() &&
                      number <= std::numeric_limits<std::int32_t>::max();
    if (fits) return {};
    const auto kind = describe(operation, here, world).kind;
    if (kind != column_kind::integer) return {};
    return reaching(sum_too_large(kind), sql_error::reach::statement);
}

}  // namespace ha::mssqlsim
