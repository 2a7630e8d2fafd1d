// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/types.hpp"

#include <sql.h>
#include <sqlext.h>

#include <string_view>

// The three kinds of ODBC handles, and what they say of themselves. Only for files of this
// folder, for the sqlcmd of the test image, which shows what drivers say word by word, and for the
// bench of the engine's double, which adds nothing to a driver's own time.

namespace ha::odbc {

// Owns one handle and frees it. A connection's handle must be disconnected first.
class handle {
public:
    handle(SQLSMALLINT type, SQLHANDLE parent) : type_(type) {
        if (!SQL_SUCCEEDED(SQLAllocHandle(type, parent, &raw_))) raw_ = SQL_NULL_HANDLE;
    }
    ~handle() {
        if (raw_ != SQL_NULL_HANDLE) SQLFreeHandle(type_, raw_);
    }
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;

    SQLHANDLE get() const { return raw_; }
    explicit operator bool() const { return raw_ != SQL_NULL_HANDLE; }

    // Everything the last call on this handle had to say.
    std::vector<diagnostic> diagnostics() const;

private:
    SQLSMALLINT type_;
    SQLHANDLE raw_ = SQL_NULL_HANDLE;
};

// While it lives, the canceller reaches this statement; SQLFreeHandle waits for a cancel under way.
class statement_guard {
public:
    statement_guard(canceller& who, const handle& statement);
    ~statement_guard();
    statement_guard(const statement_guard&) = delete;
    statement_guard& operator=(const statement_guard&) = delete;

private:
    canceller& who_;
};

inline SQLWCHAR* wide(std::u16string& text) {
    static_assert(sizeof(SQLWCHAR) == sizeof(char16_t));
    return reinterpret_cast<SQLWCHAR*>(text.data());
}

inline SQLPOINTER number(std::intptr_t whole) {
    return reinterpret_cast<SQLPOINTER>(whole);
}

// Kinds of diagnostics, by SQLSTATE and number alone.
bool is_note(const diagnostic& one);      // severity up to 10
bool is_loss(const diagnostic& one);      // the connection or its time ended
bool is_missing(const diagnostic& one);   // the driver manager found no driver
bool from_server(const diagnostic& one);  // an error with a number of SQL Server's own

}  // namespace ha::odbc
