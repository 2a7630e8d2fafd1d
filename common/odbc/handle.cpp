// SPDX-License-Identifier: MIT
#include "common/odbc/handle.hpp"

#include "common/odbc/text.hpp"

#include <algorithm>

namespace ha::odbc {

namespace {

// "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Login failed": who said it is known.
std::string without_names(std::string text) {
    std::size_t begin = 0;
    while (begin < text.size() && text[begin] == '[') {
        auto end = text.find(']', begin);
        if (end == std::string::npos) break;
        begin = end + 1;
    }
    return text.substr(begin);
}

std::u16string_view counted(const std::u16string& buffer, SQLSMALLINT length) {
    auto most = static_cast<SQLSMALLINT>(buffer.size() - 1);
    auto kept = static_cast<std::size_t>(std::clamp<SQLSMALLINT>(length, 0, most));
    return std::u16string_view{buffer}.substr(0, kept);
}

}  // namespace

std::vector<diagnostic> handle::diagnostics() const {
    std::vector<diagnostic> all;
    std::u16string state(6, u'\0');
    std::u16string text(4096, u'\0');
    constexpr SQLSMALLINT records_max = 64;
    for (SQLSMALLINT record = 1; record <= records_max; ++record) {
        SQLINTEGER native = 0;
        SQLSMALLINT length = 0;
        auto size = static_cast<SQLSMALLINT>(text.size());
        auto code =
            SQLGetDiagRecW(type_, raw_, record, wide(state), &native, wide(text), size, &length);
        if (!SQL_SUCCEEDED(code)) break;
        all.push_back({native,
                       to_utf8(std::u16string_view{state}.substr(0, 5)),
                       without_names(to_utf8(counted(text, length)))});
    }
    return all;
}

statement_guard::statement_guard(canceller& who, const handle& statement) : who_(who) {
    std::lock_guard lock(who_.guard_);
    who_.statement_ = statement.get();
}

statement_guard::~statement_guard() {
    std::lock_guard lock(who_.guard_);
    who_.statement_ = nullptr;
}

void canceller::cancel() {
    std::lock_guard lock(guard_);
    if (statement_ != nullptr) SQLCancel(statement_);
}

bool is_note(const diagnostic& one) {
    return one.sqlstate.starts_with("01");
}

// FreeTDS numbers its own troubles 20001 and up, with SQLSTATEs that say little.
// assumption: SQL Server's numbers in that range belong to replication, which no statement of ours
// touches.
static bool is_client_number(std::int32_t number) {
    return number >= 20000 && number < 20300;
}

bool is_loss(const diagnostic& one) {
    return one.sqlstate.starts_with("08") || one.sqlstate.starts_with("HYT") ||
           one.sqlstate == "HY008" || is_client_number(one.number);
}

bool is_missing(const diagnostic& one) {
    return one.sqlstate == "IM002" || one.sqlstate == "IM003" ||
           (one.sqlstate == "01000" && one.number == 0 && one.text.starts_with("Can't open lib"));
}

bool from_server(const diagnostic& one) {
    return one.number > 0 && !is_note(one) && !is_loss(one);
}

std::string in_words(const std::vector<diagnostic>& all) {
    std::string words;
    for (const auto& one : all) {
        if (!words.empty()) words += "; ";
        words += one.number != 0 ? std::to_string(one.number) + " (" + one.sqlstate + "): "
                                 : one.sqlstate + ": ";
        words += one.text;
    }
    return words.empty() ? "the driver gave no reason" : words;
}

}  // namespace ha::odbc
