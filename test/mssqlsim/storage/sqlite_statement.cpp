// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/sqlite_statement.hpp"

#include "test/mssqlsim/tsql/variant.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <type_traits>

namespace ha::mssqlsim::sqlite {

namespace {

[[noreturn]] void complain(sqlite3* on, const std::string& what) {
    throw std::runtime_error("SQLite: " + what + ": " + sqlite3_errmsg(on));
}

// SQLite's SQLITE_TRANSIENT is a C cast of -1 to a function pointer: copy the bytes at once.
const auto copy_them = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});

int bind_value(sqlite3_stmt* to, int index, const value& what) {
    auto bind = [&](const auto& held) {
        using held_type = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<held_type, std::monostate>) {
            return sqlite3_bind_null(to, index);
        } else if constexpr (std::is_same_v<held_type, std::int64_t>) {
            return sqlite3_bind_int64(to, index, held);
        } else if constexpr (std::is_same_v<held_type, double>) {
            return sqlite3_bind_double(to, index, held);
        } else if constexpr (std::is_same_v<held_type, std::string>) {
            return sqlite3_bind_text64(to, index, held.data(), held.size(), copy_them, SQLITE_UTF8);
        } else if constexpr (std::is_same_v<held_type, variant_value>) {
            const std::string text = packed(held);
            return sqlite3_bind_text64(to, index, text.data(), text.size(), copy_them, SQLITE_UTF8);
        } else if constexpr (std::is_same_v<held_type, exact_number> ||
                             std::is_same_v<held_type, calendar_value>) {
            const std::string& text = held.text;
            return sqlite3_bind_text64(to, index, text.data(), text.size(), copy_them, SQLITE_UTF8);
        } else {
            const void* data = held.empty() ? static_cast<const void*>("") : held.data();
            return sqlite3_bind_blob64(to, index, data, held.size(), copy_them);
        }
    };
    return std::visit(bind, what);
}

}  // namespace

void closer::operator()(sqlite3* open) const {
    sqlite3_close_v2(open);
}

void closer::operator()(sqlite3_stmt* prepared) const {
    sqlite3_finalize(prepared);
}

connection open(const std::string& path) {
    sqlite3* opened = nullptr;
    auto code =
        sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    connection out(opened);
    if (code != SQLITE_OK) complain(opened, "opening " + path);
    return out;
}

void execute(sqlite3* on, const std::string& text) {
    if (sqlite3_exec(on, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) complain(on, text);
}

statement::statement(sqlite3* on, const std::string& text) {
    sqlite3_stmt* made = nullptr;
    auto code = sqlite3_prepare_v2(on, text.c_str(), static_cast<int>(text.size()), &made, nullptr);
    prepared_.reset(made);
    if (code != SQLITE_OK) complain(on, text);
}

statement& statement::bind(int index, const value& what) {
    if (bind_value(prepared_.get(), index + 1, what) != SQLITE_OK)
        complain(sqlite3_db_handle(prepared_.get()), "binding a value");
    return *this;
}

bool statement::step() {
    auto code = sqlite3_step(prepared_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) complain(sqlite3_db_handle(prepared_.get()), "running a statement");
    return false;
}

void statement::reset() {
    sqlite3_reset(prepared_.get());
}

void statement::run() {
    while (step()) {}
    reset();
}

value statement::column(int index) const {
    auto* from = prepared_.get();
    auto size = static_cast<std::size_t>(sqlite3_column_bytes(from, index));
    switch (sqlite3_column_type(from, index)) {
        case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(from, index)};
        case SQLITE_FLOAT: return sqlite3_column_double(from, index);
        case SQLITE_TEXT: {
            const auto* data = static_cast<const char*>(sqlite3_column_blob(from, index));
            return size == 0 ? std::string{} : std::string(data, size);
        }
        case SQLITE_BLOB: {
            const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(from, index));
            return size == 0 ? binary{} : binary(data, data + size);
        }
        default: return std::monostate{};
    }
}

int statement::columns() const {
    return sqlite3_column_count(prepared_.get());
}

}  // namespace ha::mssqlsim::sqlite
