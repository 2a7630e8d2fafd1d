// SPDX-License-Identifier: MIT
#include "common/odbc/batch.hpp"
#include "common/odbc/text.hpp"

#include <algorithm>
#include <optional>

namespace ha::odbc {

namespace {

// What a single value or a whole result set may take in memory before we say no: nothing we ask
// for comes near it.
constexpr std::size_t result_bytes_max = std::size_t{64} << 20U;

enum class shape { whole, bytes, text };

shape shape_of(SQLSMALLINT type) {
    switch (type) {
        case SQL_BIT:
        case SQL_TINYINT:
        case SQL_SMALLINT:
        case SQL_INTEGER:
        case SQL_BIGINT: return shape::whole;
        case SQL_BINARY:
        case SQL_VARBINARY:
        case SQL_LONGVARBINARY: return shape::bytes;
        default: return shape::text;
    }
}

// Columns left to right, each once: some drivers cannot go back.
class row_reader {
public:
    explicit row_reader(const handle& statement) : statement_(statement) {}

    bool describe() {
        SQLSMALLINT count = 0;
        if (!SQL_SUCCEEDED(SQLNumResultCols(statement_.get(), &count))) return false;
        for (SQLSMALLINT i = 1; i <= count; ++i)
            if (!describe(static_cast<SQLUSMALLINT>(i))) return false;
        return true;
    }

    // SQL_SUCCESS, SQL_NO_DATA, or SQL_ERROR.
    SQLRETURN next_row(std::vector<diagnostic>& notes) {
        auto code = SQLFetch(statement_.get());
        if (code == SQL_SUCCESS_WITH_INFO)
            for (auto& one : statement_.diagnostics()) notes.push_back(std::move(one));
        if (code == SQL_NO_DATA) return code;
        return SQL_SUCCEEDED(code) ? SQL_SUCCESS : SQL_ERROR;
    }

    // The next cells of the row, up to and without that column, counted from 0.
    bool read(std::size_t end, std::vector<value>& into) {
        for (; column_ < end; ++column_) {
            auto got = read(static_cast<SQLUSMALLINT>(column_ + 1), shapes_[column_]);
            if (!got) return false;
            into.push_back(std::move(*got));
        }
        if (column_ == shapes_.size()) column_ = 0;
        return true;
    }

    const std::vector<std::string>& columns() const { return columns_; }
    bool full() const { return bytes_ > result_bytes_max; }

private:
    bool describe(SQLUSMALLINT column) {
        std::u16string name(256, u'\0');
        SQLSMALLINT length = 0, type = 0, digits = 0, nullable = 0;
        SQLULEN size = 0;
        auto most = static_cast<SQLSMALLINT>(name.size());
        auto code = SQLDescribeColW(
            statement_.get(), column, wide(name), most, &length, &type, &size, &digits, &nullable);
        if (!SQL_SUCCEEDED(code)) return false;
        name.resize(static_cast<std::size_t>(std::min<SQLSMALLINT>(length, most - 1)));
        columns_.push_back(to_utf8(name));
        shapes_.push_back(shape_of(type));
        return true;
    }

    std::optional<value> read(SQLUSMALLINT column, shape how) {
        if (how == shape::bytes) return read_bytes(column);
        if (how == shape::text) return read_text(column);
        SQLBIGINT whole = 0;
        SQLLEN indicator = 0;
        auto code =
            SQLGetData(statement_.get(), column, SQL_C_SBIGINT, &whole, sizeof whole, &indicator);
        if (!SQL_SUCCEEDED(code)) return std::nullopt;
        if (indicator == SQL_NULL_DATA) return value{};
        return value{std::int64_t{whole}};
    }

    // One piece of a long value. More is to come as long as the driver reports truncation.
    struct piece {
        bool good = false;
        bool null = false;
        bool more = false;
        std::size_t bytes = 0;
    };

    piece next(SQLUSMALLINT column, SQLSMALLINT type, void* block, std::size_t usable) {
        auto ending = type == SQL_C_WCHAR ? sizeof(char16_t) : 0U;
        auto size = static_cast<SQLLEN>(usable + ending);
        SQLLEN indicator = 0;
        auto code = SQLGetData(statement_.get(), column, type, block, size, &indicator);
        if (code == SQL_NO_DATA) return {true, false, false, 0};
        if (!SQL_SUCCEEDED(code)) return {};
        if (indicator == SQL_NULL_DATA) return {true, true, false, 0};
        bool cut = indicator == SQL_NO_TOTAL || static_cast<std::size_t>(indicator) > usable;
        auto bytes = cut ? usable : static_cast<std::size_t>(indicator);
        bytes_ += bytes;
        return {true, false, cut && !full(), bytes};
    }

    std::optional<value> read_text(SQLUSMALLINT column) {
        std::u16string text;
        std::u16string block(1025, u'\0');
        for (;;) {
            auto got = next(column, SQL_C_WCHAR, block.data(), 1024 * sizeof(char16_t));
            if (!got.good) return std::nullopt;
            if (got.null) return value{};
            text.append(block, 0, got.bytes / sizeof(char16_t));
            if (!got.more) return value{to_utf8(text)};
        }
    }

    std::optional<value> read_bytes(SQLUSMALLINT column) {
        std::vector<std::uint8_t> bytes;
        std::vector<std::uint8_t> block(4096);
        for (;;) {
            auto got = next(column, SQL_C_BINARY, block.data(), block.size());
            if (!got.good) return std::nullopt;
            if (got.null) return value{};
            auto end = block.begin() + static_cast<std::ptrdiff_t>(got.bytes);
            bytes.insert(bytes.end(), block.begin(), end);
            if (!got.more) return value{std::move(bytes)};
        }
    }

    const handle& statement_;
    std::vector<std::string> columns_;
    std::vector<shape> shapes_;
    std::size_t column_ = 0;  // the next one to read
    std::size_t bytes_ = 0;
};

}  // namespace

fetched fetch_rows(const handle& statement, rows& into, std::vector<diagnostic>& notes) {
    row_reader reader(statement);
    if (!reader.describe()) return fetched::failed;
    into.columns = reader.columns();
    for (;;) {
        auto code = reader.next_row(notes);
        if (code == SQL_NO_DATA) return fetched::all;
        if (code == SQL_ERROR) return fetched::failed;
        auto& row = into.values.emplace_back();
        if (!reader.read(into.columns.size(), row)) return fetched::failed;
        if (!reader.full()) continue;
        notes.push_back({0, "01004", "the result set is too large and was cut"});
        return fetched::all;
    }
}

fetched fetch_pieces(const handle& statement,
                     const piece_taker& on_piece,
                     std::vector<diagnostic>& notes) {
    row_reader reader(statement);
    if (!reader.describe()) return fetched::failed;
    const auto& columns = reader.columns();
    for (;;) {
        auto code = reader.next_row(notes);
        if (code == SQL_ERROR) return fetched::failed;
        if (code == SQL_NO_DATA)
            return on_piece({columns, {}, false, true}) ? fetched::all : fetched::stopped;
        std::vector<value> first;
        if (!reader.read(columns.size() - 1, first)) return fetched::failed;
        if (!on_piece({columns, std::move(first), false, false})) return fetched::stopped;
        std::vector<value> last;
        if (!reader.read(columns.size(), last)) return fetched::failed;
        if (!on_piece({columns, std::move(last), true, false})) return fetched::stopped;
    }
}

}  // namespace ha::odbc
