// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/connection.hpp"
#include "common/odbc/handle.hpp"

#include <list>

// One batch on one statement handle, from its parameters to its last result. Only for files of
// this folder.

namespace ha::odbc {

// Takes part of a result set off the driver. False: the driver had an error, see the handle.
bool fetch_rows(const handle& statement, rows& into, std::vector<diagnostic>& notes);

// Values bound to ? in a statement. Must outlive the execution.
class bindings {
public:
    bindings(const handle& statement, const std::vector<value>& values);
    bool good() const { return good_; }

private:
    struct slot {
        std::u16string text;
        std::vector<std::uint8_t> bytes;
        std::int64_t whole = 0;
        SQLLEN indicator = 0;
    };
    bool bind(const handle& statement, SQLUSMALLINT place, const value& what);

    std::list<slot> slots_;
    bool good_ = true;
};

class batch {
public:
    // Hands on a result set; false ends the batch.
    using taker = std::function<bool(rows)>;

    batch(const handle& statement, taker on_rows) : statement_(statement), on_rows_(on_rows) {}
    connection::answer run(const std::string& text);

private:
    bool go_on(SQLRETURN code);
    void note(SQLRETURN code);
    connection::answer outcome();

    const handle& statement_;
    taker on_rows_;
    std::vector<diagnostic> notes_;
    std::vector<diagnostic> errors_;
};

}  // namespace ha::odbc
