// SPDX-License-Identifier: MIT
#include "common/odbc/target.hpp"

#include "common/odbc/handle.hpp"
#include "common/odbc/text.hpp"

#include <algorithm>

namespace ha::odbc {

namespace {

// In braces everything stands for itself but }, which is doubled.
std::string in_braces(std::string_view text) {
    std::string quoted = "{";
    for (char one : text) quoted += one == '}' ? "}}" : std::string(1, one);
    return quoted + "}";
}

// FreeTDS ends a value in braces at the first }, doubled or not; without them it ends at the first
// ;
std::string for_freetds(std::string_view text) {
    bool plain = text.find(';') == std::string_view::npos && !text.starts_with('{') &&
                 !text.starts_with(' ') && !text.ends_with(' ');
    return plain ? std::string{text} : in_braces(text);
}

std::string names(std::span<const std::string_view> all) {
    std::string list;
    for (auto one : all) list += (list.empty() ? "'" : "' or '") + std::string{one};
    return list + "'";
}

}  // namespace

secret connection_string(const target& where) {
    auto port = std::to_string(where.port);
    std::string text = "Driver=" + in_braces(where.driver) + ";";
    if (where.driver == freetds_driver) {
        text += "Server=" + where.address + ";Port=" + port +
                ";TDS_Version=7.4;Encryption=require;ClientCharset=UTF-8;";
    } else {
        text += "Server=tcp:" + where.address + "," + port +
                ";Encrypt=yes;TrustServerCertificate=yes;ConnectRetryCount=0;";
    }
    auto quoted = where.driver == freetds_driver ? for_freetds : in_braces;
    text += "APP=" + where.program + ";UID=" + quoted(where.user) +
            ";PWD=" + quoted(where.password.reveal()) + ";";
    return secret{std::move(text)};
}

std::vector<std::string> installed_drivers() {
    std::vector<std::string> all;
    handle environment(SQL_HANDLE_ENV, SQL_NULL_HANDLE);
    if (!environment) return all;
    SQLSetEnvAttr(environment.get(), SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
    std::u16string name(256, u'\0');
    std::u16string attributes(1024, u'\0');
    SQLUSMALLINT direction = SQL_FETCH_FIRST;
    for (int i = 0; i < 1000; ++i) {
        SQLSMALLINT length = 0, more = 0;
        auto code = SQLDriversW(environment.get(),
                                direction,
                                wide(name),
                                static_cast<SQLSMALLINT>(name.size()),
                                &length,
                                wide(attributes),
                                static_cast<SQLSMALLINT>(attributes.size()),
                                &more);
        if (!SQL_SUCCEEDED(code)) break;
        auto kept = static_cast<std::size_t>(std::clamp<SQLSMALLINT>(length, 0, 255));
        all.push_back(to_utf8(std::u16string_view{name}.substr(0, kept)));
        direction = SQL_FETCH_NEXT;
    }
    return all;
}

result<std::string> choose_driver(std::span<const std::string_view> wanted,
                                  const std::vector<std::string>& installed) {
    for (auto one : wanted)
        if (std::find(installed.begin(), installed.end(), one) != installed.end())
            return std::string{one};
    return failure(errc::failed,
                   "no ODBC driver for SQL Server is installed: odbcinst.ini has no section " +
                       names(wanted) +
                       "; install Microsoft's package msodbcsql18 or Debian's tdsodbc, or point "
                       "ODBCSYSINI at the folder of the odbcinst.ini that has one");
}

}  // namespace ha::odbc
