// SPDX-License-Identifier: MIT
#include "common/odbc/batch.hpp"

#include "common/odbc/text.hpp"

#include <algorithm>

namespace ha::odbc {

namespace {

// A batch of ours has a handful of results; a driver that never ends must not hold us for ever.
constexpr std::size_t errors_max = 100;

}  // namespace

bindings::bindings(const handle& statement, const std::vector<value>& values) {
    SQLUSMALLINT place = 0;
    for (const auto& one : values) good_ = bind(statement, ++place, one) && good_;
}

bool bindings::bind(const handle& statement, SQLUSMALLINT place, const value& what) {
    auto& kept = slots_.emplace_back();
    SQLSMALLINT c_type = SQL_C_WCHAR;
    SQLSMALLINT sql_type = SQL_WVARCHAR;
    SQLULEN size = 1;
    SQLPOINTER data = nullptr;
    if (const auto* text = std::get_if<std::string>(&what)) {
        kept.text = to_utf16(*text);
        data = kept.text.data();
        kept.indicator = static_cast<SQLLEN>(kept.text.size() * sizeof(char16_t));
        size = std::max<SQLULEN>(kept.text.size(), 1);
        if (size > 4000) sql_type = SQL_WLONGVARCHAR;
    } else if (const auto* bytes = std::get_if<std::vector<std::uint8_t>>(&what)) {
        kept.bytes = *bytes;
        kept.bytes.reserve(1);
        data = kept.bytes.data();
        kept.indicator = static_cast<SQLLEN>(kept.bytes.size());
        size = std::max<SQLULEN>(kept.bytes.size(), 1);
        c_type = SQL_C_BINARY;
        sql_type = size > 8000 ? SQL_LONGVARBINARY : SQL_VARBINARY;
    } else if (const auto* whole = std::get_if<std::int64_t>(&what)) {
        kept.whole = *whole;
        data = &kept.whole;
        c_type = SQL_C_SBIGINT;
        sql_type = SQL_BIGINT;
        size = 19;
    } else {
        kept.indicator = SQL_NULL_DATA;
    }
    auto length = std::max<SQLLEN>(kept.indicator, 0);
    return SQL_SUCCEEDED(SQLBindParameter(statement.get(),
                                          place,
                                          SQL_PARAM_INPUT,
                                          c_type,
                                          sql_type,
                                          size,
                                          0,
                                          data,
                                          length,
                                          &kept.indicator));
}

void batch::note(SQLRETURN code) {
    if (code == SQL_SUCCESS) return;
    bool failed = !SQL_SUCCEEDED(code) && code != SQL_NO_DATA;
    auto said = statement_.diagnostics();
    bool named = std::any_of(said.begin(), said.end(), [](const auto& d) { return !is_note(d); });
    // An error is an error even when the driver calls each of its words a warning.
    for (auto& one : said) {
        bool counts = failed && (!named || !is_note(one));
        (counts ? errors_ : notes_).push_back(std::move(one));
    }
    if (failed && said.empty()) errors_.push_back({0, "HY000", "the driver gave no reason"});
}

// SQL_NO_DATA of the first call means "done, and nothing to count", which is how one driver reports
// every DDL statement.
bool batch::go_on(SQLRETURN code) {
    note(code);
    if (!SQL_SUCCEEDED(code)) {
        bool over = std::any_of(errors_.begin(), errors_.end(), is_loss);
        return !over && errors_.size() < errors_max;
    }
    SQLSMALLINT count = 0;
    if (!SQL_SUCCEEDED(SQLNumResultCols(statement_.get(), &count)) || count == 0) return true;
    auto end = take_set();
    if (end == fetched::failed) {
        note(SQL_ERROR);
        return !std::any_of(errors_.begin(), errors_.end(), is_loss);
    }
    if (end == fetched::stopped) SQLCancel(statement_.get());
    return end == fetched::all;
}

fetched batch::take_set() {
    if (on_piece_) return fetch_pieces(statement_, on_piece_, notes_);
    rows got;
    auto end = fetch_rows(statement_, got, notes_);
    if (end != fetched::all) return end;
    return on_rows_(std::move(got)) ? fetched::all : fetched::stopped;
}

connection::answer batch::outcome() {
    if (errors_.empty()) return reply{{}, std::move(notes_)};
    bool lost = std::any_of(errors_.begin(), errors_.end(), is_loss);
    auto what = lost ? trouble::kind::lost : trouble::kind::refused;
    return tl::unexpected(trouble{what, std::move(errors_)});
}

connection::answer batch::run(const std::string& text) {
    auto query = to_utf16(text);
    auto length = static_cast<SQLINTEGER>(query.size());
    auto code = SQLExecDirectW(statement_.get(), wide(query), length);
    bool more = go_on(code);
    while (more) {
        code = SQLMoreResults(statement_.get());
        if (code == SQL_NO_DATA) {
            note(code);
            break;
        }
        more = go_on(code);
    }
    return outcome();
}

}  // namespace ha::odbc
