// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/evaluate.hpp"

#include <string>
#include <utility>
#include <vector>

// A view's rows, written column by column so that name, type and value stand together.

namespace ha::mssqlsim {

class view_maker {
public:
    // The columns are those that the view had before, if it was made before.
    explicit view_maker(const shared_rows& before = {}) : made_(std::make_shared<row_set>()) {
        if (before) made_->columns = before->columns;
    }

    // Begins a row; its columns follow in the same order for every row.
    void begin() {
        row_ = &made_->rows.emplace_back();
        row_->reserve(made_->columns.empty() ? 32 : made_->columns.size());
    }

    // A row of another view that begins with the columns of the rows before.
    void copy(const row& other) {
        const auto count = static_cast<row::difference_type>(made_->rows.front().size());
        made_->rows.emplace_back(other.begin(), other.begin() + count);
    }

    view_maker& put(const char* name, const column_type& type, value contents) {
        if (made_->rows.size() == 1 && made_->columns.empty())
            columns_.push_back({name, type, true});
        row_->push_back(std::move(contents));
        return *this;
    }
    // Of so many characters; without a number of sysname's 128, or of the 60 that descriptions
    // have.
    view_maker& text(const char* name, value contents, std::uint16_t length = 0) {
        return put(
            name, {column_kind::nvarchar, length_of(name, length), 25, 0}, std::move(contents));
    }
    view_maker& number(const char* name, std::int64_t contents) {
        return put(name, {column_kind::integer, 4, 25, 0}, contents);
    }
    view_maker& count(const char* name, std::int64_t contents) {
        return put(name, {column_kind::bigint, 8, 25, 0}, contents);
    }
    view_maker& big(const char* name, value contents) {
        return put(name, {column_kind::bigint, 8, 25, 0}, std::move(contents));
    }
    view_maker& small(const char* name, value contents) {
        return put(name, {column_kind::tinyint, 1, 25, 0}, std::move(contents));
    }
    view_maker& bit(const char* name, bool contents) {
        return put(name, {column_kind::bit, 1, 25, 0}, std::int64_t{contents ? 1 : 0});
    }
    view_maker& guid(const char* name, value contents) {
        return put(name, {column_kind::guid, 16, 25, 0}, std::move(contents));
    }
    view_maker& time(const char* name, value contents) {
        return put(name, {column_kind::datetime, 8, 25, 3}, std::move(contents));
    }
    view_maker& lsn(const char* name, value contents) {
        return put(name, {column_kind::numeric, 0, 25, 0}, std::move(contents));
    }

    // char and nchar: blanks fill them on the wire.
    view_maker& fixed(const char* name, value contents, std::uint16_t length, bool wide = true) {
        const auto kind = wide ? column_kind::nchar : column_kind::character;
        return put(name, {kind, length, 25, 0}, std::move(contents));
    }
    view_maker& plain(const char* name, value contents, std::uint16_t length) {
        return put(name, {column_kind::varchar, length, 25, 0}, std::move(contents));
    }
    view_maker& whole(const char* name, value contents) {
        return put(name, {column_kind::integer, 4, 25, 0}, std::move(contents));
    }
    view_maker& short_number(const char* name, value contents) {
        return put(name, {column_kind::smallint, 2, 25, 0}, std::move(contents));
    }
    view_maker& bytes(const char* name, value contents, std::uint16_t length) {
        return put(name, {column_kind::varbinary, length, 25, 0}, std::move(contents));
    }

    // A view without rows still has its columns: describe them with one row, then forget it.
    shared_rows done() {
        if (made_->columns.empty()) made_->columns = std::move(columns_);
        return made_;
    }
    shared_rows without_rows() {
        made_->rows.clear();
        return done();
    }

private:
    static std::uint16_t length_of(std::string_view name, std::uint16_t length) {
        if (length != 0) return length;
        return name.ends_with("_desc") ? 60 : 128;
    }

    std::shared_ptr<row_set> made_;
    std::vector<column> columns_;
    row* row_ = nullptr;
};

// Writes one row per element, or the columns alone if there are none.
template <class List, class Write>
shared_rows each(const List& list, Write write) {
    view_maker made;
    for (const auto& one : list) {
        made.begin();
        write(made, one);
    }
    if (!list.empty()) return made.done();
    made.begin();
    write(made, typename List::value_type{});
    return made.without_rows();
}

inline value text_or_null(const std::string& text) {
    return text.empty() ? value{} : value{text};
}
inline value time_or_null(const std::string& when) {
    return when.empty() ? value{} : value{when};
}

}  // namespace ha::mssqlsim
