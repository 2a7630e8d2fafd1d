// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/function_table.hpp"
#include "test/mssqlsim/tsql/variant.hpp"

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

sql_result<value> property_of_variant(const arguments& a) {
    return variant_property(a[0], text_of(a[1]));
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
        {"QUOTENAME", {quote_name, 1, 2, {column_kind::nvarchar, 258, 25, 0}}},
        {"CONCAT", {concat, 2, 254, text_type}},
        {"SQL_VARIANT_PROPERTY", {property_of_variant, 2, 2, {column_kind::variant, 8016, 25, 0}}},
        {"ABS", {absolute, 1, 1, {column_kind::bigint, 8, 25, 0}}},
    };
    return known;
}

const function_entry* find(const std::string& name) {
    for (const auto* table : {&entries(),
                              &text_parts(),
                              &text_functions(),
                              &date_functions(),
                              &number_functions(),
                              &offset_functions()})
        if (const auto found = table->find(name); found != table->end()) return &found->second;
    return nullptr;
}

}  // namespace

std::optional<sql_result<value>> plain_function(const std::string& name, const row& values) {
    const auto* found = find(name);
    if (found == nullptr) return {};
    if (values.size() >= found->least && values.size() <= found->most) return found->run(values);
    const std::string needs = "The " + lower(name) + " function requires ";
    const std::string least = std::to_string(found->least);
    if (found->least == found->most) return sql_failure(174, needs + least + " argument(s).", 15);
    const std::string range = least + " to " + std::to_string(found->most);
    return sql_failure(189, needs + range + " arguments.", 15);
}

column_type type_of_function(const std::string& name) {
    if (const auto* found = find(name)) return found->type;
    if (name == "GETDATE" || name == "GETUTCDATE") return {column_kind::datetime, 8, 25, 3};
    if (name == "SYSUTCDATETIME" || name == "SYSDATETIME")
        return {column_kind::datetime2, 8, 25, 7};
    if (name == "SYSDATETIMEOFFSET") return {column_kind::datetimeoffset, 10, 25, 7};
    if (name == "CERTENCODED" || name == "CERTPRIVATEKEY")
        return {column_kind::varbinary_max, 0, 25, 0};
    if (name.starts_with("FN_HADR_")) return {column_kind::bit, 1, 25, 0};
    if (name == "NEWID") return {column_kind::guid, 16, 25, 0};
    if (name == "CERT_ID" || name == "COLUMNPROPERTY" || name == "DB_ID" || name == "OBJECT_ID" ||
        name == "HAS_PERMS_BY_NAME" || name == "IS_SRVROLEMEMBER")
        return whole;
    if (name == "ERROR_MESSAGE") return {column_kind::nvarchar, 4000, 25, 0};
    if (name == "ERROR_PROCEDURE") return {column_kind::nvarchar, 128, 25, 0};
    if (name == "XACT_STATE") return {column_kind::smallint, 2, 25, 0};
    if (name.starts_with("ERROR_")) return whole;
    static const std::set<std::string, std::less<>> numbers{"DATABASE_PRINCIPAL_ID",
                                                            "HAS_DBACCESS",
                                                            "INDEXPROPERTY",
                                                            "IS_MEMBER",
                                                            "IS_ROLEMEMBER",
                                                            "OBJECTPROPERTY",
                                                            "SCHEMA_ID",
                                                            "SUSER_ID",
                                                            "TYPE_ID",
                                                            "USER_ID"};
    if (numbers.contains(name)) return whole;
    if (name == "SCOPE_IDENTITY" || name == "IDENT_CURRENT")
        return {column_kind::numeric, 0, 38, 0};
    static const std::set<std::string, std::less<>> variants{"CONNECTIONPROPERTY",
                                                             "DATABASEPROPERTYEX",
                                                             "SERVERPROPERTY",
                                                             "SESSIONPROPERTY",
                                                             "SESSION_CONTEXT"};
    if (variants.contains(name)) return {column_kind::variant, 8016, 25, 0};
    if (name == "COL_LENGTH" || name == "CURSOR_STATUS") return {column_kind::smallint, 2, 25, 0};
    if (name == "SUSER_SID") return {column_kind::varbinary, 85, 25, 0};
    if (name == "CONTEXT_INFO") return {column_kind::varbinary, 128, 25, 0};
    static const std::set<std::string, std::less<>> names{"APP_NAME",
                                                          "COL_NAME",
                                                          "DB_NAME",
                                                          "FILEGROUP_NAME",
                                                          "HOST_NAME",
                                                          "OBJECT_NAME",
                                                          "OBJECT_SCHEMA_NAME",
                                                          "ORIGINAL_LOGIN",
                                                          "PROGRAM_NAME",
                                                          "SCHEMA_NAME",
                                                          "SUSER_NAME",
                                                          "SUSER_SNAME",
                                                          "TYPE_NAME",
                                                          "USER_NAME"};
    if (names.contains(name)) return {column_kind::nvarchar, 128, 25, 0};
    return text_type;
}

}  // namespace ha::mssqlsim
