// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/date_time.hpp"
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>
#include <set>

// Functions on text for which it matters what type the text has.

namespace ha::mssqlsim {

namespace {

bool is_wide(column_kind kind) {
    return kind == column_kind::nvarchar || kind == column_kind::nvarchar_max ||
           kind == column_kind::nchar;
}

bool is_narrow(column_kind kind) {
    return kind == column_kind::varchar || kind == column_kind::varchar_max ||
           kind == column_kind::character;
}

bool is_max(column_kind kind) {
    return kind == column_kind::nvarchar_max || kind == column_kind::varchar_max;
}

// source: docs t-sql/data-types/decimal-and-numeric-transact-sql.md
std::int64_t bytes_of_exact(std::uint8_t precision) {
    if (precision <= 9) return 5;
    if (precision <= 19) return 9;
    return precision <= 28 ? 13 : 17;
}

// What the type's pages say of storage.
std::int64_t bytes_of(const calendar_value& date) {
    const auto point = date.text.find('.');
    const auto end =
        std::min(date.text.find(' ', std::min(point, date.text.size())), date.text.size());
    const auto digits = point == std::string::npos ? 0 : end - point - 1;
    const std::int64_t of_time = digits <= 2 ? 3 : digits <= 4 ? 4 : 5;
    switch (date.kind) {
        case column_kind::date: return 3;
        case column_kind::time: return of_time;
        case column_kind::smalldatetime: return 4;
        default: return of_time + 5;
    }
}

std::int64_t bytes_of(const value& what, const column_type& type) {
    if (const auto* date = std::get_if<calendar_value>(&what)) return bytes_of(*date);
    if (const auto* raw = std::get_if<binary>(&what)) return static_cast<std::int64_t>(raw->size());
    const auto characters = static_cast<std::int64_t>(count_units(text_of(what)));
    switch (type.kind) {
        case column_kind::tinyint:
        case column_kind::bit: return 1;
        case column_kind::smallint: return 2;
        case column_kind::integer: return 4;
        case column_kind::bigint:
        case column_kind::floating:
        case column_kind::money:
        case column_kind::datetime: return 8;
        case column_kind::smallmoney: return 4;
        case column_kind::datetime2: return type.scale < 3 ? 6 : (type.scale < 5 ? 7 : 8);
        case column_kind::numeric: return bytes_of_exact(type.precision);
        case column_kind::guid: return 16;
        default: return is_narrow(type.kind) ? characters : 2 * characters;
    }
}

}  // namespace

sql_result<value> data_length(const value& what, const column_type& type) {
    return is_null(what) ? value{} : value{bytes_of(what, type)};
}

sql_result<value> repeated(const value& what, const value& times, const column_type& type) {
    constexpr std::size_t most_wide = 4000;
    constexpr std::size_t most_narrow = 8000;
    constexpr std::size_t most_ever = std::size_t{1} << 20;  // of what is max; the engine has 2 GB
    const auto count = number_of(times);
    if (!count) return tl::unexpected(count.error());
    if (is_null(what) || !*count || **count < 0) return value{};
    const std::size_t most =
        is_max(type.kind) ? most_ever : (is_wide(type.kind) ? most_wide : most_narrow);
    const auto text = units_of(text_of(what));
    std::u16string made;
    for (std::int64_t i = **count; i > 0 && !text.empty() && made.size() < most; --i) made += text;
    return value{text_of_units(made.substr(0, most))};
}

std::optional<column_type> type_of_text(const std::string& function, const column_type& first) {
    static const std::set<std::string, std::less<>> known{"LEFT",
                                                          "LOWER",
                                                          "LTRIM",
                                                          "REPLACE",
                                                          "REPLICATE",
                                                          "REVERSE",
                                                          "RIGHT",
                                                          "RTRIM",
                                                          "STUFF",
                                                          "SUBSTRING",
                                                          "TRIM",
                                                          "UPPER"};
    if (!known.contains(function)) return {};
    if (is_max(first.kind)) return first;
    if (is_narrow(first.kind)) return column_type{column_kind::varchar, 8000, 25, 0};
    const bool bytes =
        first.kind == column_kind::varbinary || first.kind == column_kind::varbinary_max;
    if (function == "SUBSTRING" && bytes) return first;
    return column_type{column_kind::nvarchar, 4000, 25, 0};
}

}  // namespace ha::mssqlsim
