// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/function_table.hpp"

#include <algorithm>
#include <set>

// The functions that need nothing but their arguments.

namespace ha::mssqlsim {

namespace {

using arguments = row;

sql_result<value> first_unless_null(const arguments& a) {
    return is_null(a[0]) ? a[1] : a[0];
}

sql_result<value> null_if(const arguments& a) {
    if (is_null(a[0]) || is_null(a[1])) return a[0];
    const auto order = compare(a[0], a[1]);
    if (!order) return tl::unexpected(order.error());
    return *order == 0 ? value{} : a[0];
}

sql_result<value> length(const arguments& a) {
    if (is_null(a[0])) return value{};
    std::string text = text_of(a[0]);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return value{static_cast<std::int64_t>(text.size())};
}

sql_result<value> data_length(const arguments& a) {
    if (is_null(a[0])) return value{};
    const bool wide = std::holds_alternative<std::string>(a[0]);
    return value{static_cast<std::int64_t>(text_of(a[0]).size() * (wide ? 2 : 1))};
}

sql_result<value> upper_case(const arguments& a) {
    if (is_null(a[0])) return value{};
    std::string text = text_of(a[0]);
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return value{std::move(text)};
}

sql_result<value> lower_case(const arguments& a) {
    return is_null(a[0]) ? value{} : value{lower(text_of(a[0]))};
}

sql_result<value> trim(const arguments& a) {
    if (is_null(a[0])) return value{};
    const std::string text = text_of(a[0]);
    const auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return value{std::string{}};
    return value{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

sql_result<value> quote_name(const arguments& a) {
    if (is_null(a[0])) return value{};
    const std::string mark = a.size() > 1 ? text_of(a[1]) : "[";
    const char close = mark == "[" || mark == "]" ? ']' : mark.front();
    const char open = close == ']' ? '[' : close;
    std::string made{open};
    for (const char c : text_of(a[0])) {
        made += c;
        if (c == close) made += c;
    }
    return value{made + close};
}

sql_result<value> concat(const arguments& a) {
    std::string made;
    for (const auto& one : a) made += text_of(one);
    return value{std::move(made)};
}

sql_result<value> left_part(const arguments& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto count = convert(a[1], {column_kind::bigint, 8, 25, 0});
    if (!count) return count;
    return value{text_of(a[0]).substr(0, static_cast<std::size_t>(std::get<std::int64_t>(*count)))};
}

sql_result<value> right_part(const arguments& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto count = convert(a[1], {column_kind::bigint, 8, 25, 0});
    if (!count) return count;
    const std::string text = text_of(a[0]);
    const auto size =
        std::min(text.size(), static_cast<std::size_t>(std::get<std::int64_t>(*count)));
    return value{text.substr(text.size() - size)};
}

// Positions begin with 1, and what lies before the first character counts as part of the length.
sql_result<value> part(const arguments& a) {
    if (is_null(a[0]) || is_null(a[1]) || is_null(a[2])) return value{};
    const auto start = convert(a[1], {column_kind::bigint, 8, 25, 0});
    const auto length = convert(a[2], {column_kind::bigint, 8, 25, 0});
    if (!start || !length) return start ? length : start;
    const std::string text = text_of(a[0]);
    const auto size = static_cast<std::int64_t>(text.size());
    const auto first = std::get<std::int64_t>(*start) - 1;
    const auto last = std::min(size, first + std::get<std::int64_t>(*length));
    const auto from = std::clamp<std::int64_t>(first, 0, size);
    if (last <= from) return value{std::string{}};
    return value{
        text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(last - from))};
}

sql_result<value> position(const arguments& a) {
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto at = lower(text_of(a[1])).find(lower(text_of(a[0])));
    return value{at == std::string::npos ? std::int64_t{0} : static_cast<std::int64_t>(at) + 1};
}

sql_result<value> repeat(const arguments& a) {
    constexpr std::int64_t most = 4000;  // characters of an nvarchar that is not max
    if (is_null(a[0]) || is_null(a[1])) return value{};
    const auto count = convert(a[1], {column_kind::bigint, 8, 25, 0});
    if (!count) return count;
    if (std::get<std::int64_t>(*count) < 0) return value{};
    std::string made;
    const std::string text = text_of(a[0]);
    for (std::int64_t i = std::get<std::int64_t>(*count);
         i > 0 && static_cast<std::int64_t>(made.size()) < most;
         --i)
        made += text;
    return value{made.substr(0, static_cast<std::size_t>(most))};
}

sql_result<value> replace(const arguments& a) {
    std::string text = text_of(a[0]);
    const std::string old = text_of(a[1]);
    const std::string fresh = text_of(a[2]);
    if (is_null(a[0]) || old.empty()) return a[0];
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
        text.replace(at, old.size(), fresh);
    return value{std::move(text)};
}

sql_result<value> absolute(const arguments& a) {
    const auto* number = std::get_if<std::int64_t>(&a[0]);
    return number == nullptr ? a[0] : value{*number < 0 ? -*number : *number};
}

constexpr column_type whole{column_kind::integer, 4, 25, 0};
constexpr column_type text_type{column_kind::nvarchar, 4000, 25, 0};

const function_table& entries() {
    static const function_table known{
        {"ISNULL", {first_unless_null, 2, 2, text_type}},
        {"NULLIF", {null_if, 2, 2, text_type}},
        {"LEN", {length, 1, 1, whole}},
        {"DATALENGTH", {data_length, 1, 1, whole}},
        {"UPPER", {upper_case, 1, 1, text_type}},
        {"LOWER", {lower_case, 1, 1, text_type}},
        {"LTRIM", {trim, 1, 1, text_type}},
        {"RTRIM", {trim, 1, 1, text_type}},
        {"TRIM", {trim, 1, 1, text_type}},
        {"QUOTENAME", {quote_name, 1, 2, {column_kind::nvarchar, 258, 25, 0}}},
        {"CONCAT", {concat, 2, 254, text_type}},
        {"LEFT", {left_part, 2, 2, text_type}},
        {"RIGHT", {right_part, 2, 2, text_type}},
        {"SUBSTRING", {part, 3, 3, text_type}},
        {"CHARINDEX", {position, 2, 2, whole}},
        {"REPLICATE", {repeat, 2, 2, text_type}},
        {"REPLACE", {replace, 3, 3, text_type}},
        {"ABS", {absolute, 1, 1, {column_kind::bigint, 8, 25, 0}}},
    };
    return known;
}

const function_entry* find(const std::string& name) {
    for (const auto* table :
         {&entries(), &text_functions(), &date_functions(), &number_functions()})
        if (const auto found = table->find(name); found != table->end()) return &found->second;
    return nullptr;
}

}  // namespace

std::optional<sql_result<value>> plain_function(const std::string& name, const row& values) {
    const auto* found = find(name);
    if (found == nullptr) return {};
    if (values.size() < found->least || values.size() > found->most)
        return sql_failure(174,
                           "The " + lower(name) + " function requires " +
                               std::to_string(found->least) + " argument(s).",
                           15);
    return found->run(values);
}

column_type type_of_function(const std::string& name) {
    if (const auto* found = find(name)) return found->type;
    if (name == "GETDATE" || name == "GETUTCDATE") return {column_kind::datetime, 8, 25, 3};
    if (name == "SYSUTCDATETIME" || name == "SYSDATETIME")
        return {column_kind::datetime2, 8, 25, 7};
    if (name == "CERTENCODED" || name == "CERTPRIVATEKEY")
        return {column_kind::varbinary_max, 0, 25, 0};
    if (name.starts_with("FN_HADR_")) return {column_kind::bit, 1, 25, 0};
    if (name == "NEWID") return {column_kind::guid, 16, 25, 0};
    if (name == "CERT_ID" || name == "COLUMNPROPERTY" || name == "DB_ID" || name == "OBJECT_ID" ||
        name == "HAS_PERMS_BY_NAME" || name == "IS_SRVROLEMEMBER" || name == "XACT_STATE" ||
        name.starts_with("ERROR_"))
        return name == "ERROR_MESSAGE" || name == "ERROR_PROCEDURE" ? text_type : whole;
    static const std::set<std::string, std::less<>> numbers{"DATABASE_PRINCIPAL_ID",
                                                            "HAS_DBACCESS",
                                                            "IS_MEMBER",
                                                            "IS_ROLEMEMBER",
                                                            "SCHEMA_ID",
                                                            "SUSER_ID",
                                                            "USER_ID"};
    if (numbers.contains(name)) return whole;
    if (name == "SCOPE_IDENTITY" || name == "IDENT_CURRENT")
        return {column_kind::numeric, 0, 38, 0};
    if (name == "COL_LENGTH") return {column_kind::smallint, 2, 25, 0};
    if (name == "SUSER_SID") return {column_kind::varbinary, 85, 25, 0};
    static const std::set<std::string, std::less<>> names{"APP_NAME",
                                                          "DB_NAME",
                                                          "HOST_NAME",
                                                          "OBJECT_NAME",
                                                          "OBJECT_SCHEMA_NAME",
                                                          "ORIGINAL_LOGIN",
                                                          "PROGRAM_NAME",
                                                          "SCHEMA_NAME",
                                                          "SUSER_NAME",
                                                          "SUSER_SNAME",
                                                          "USER_NAME"};
    if (names.contains(name)) return {column_kind::nvarchar, 128, 25, 0};
    return text_type;
}

}  // namespace ha::mssqlsim
