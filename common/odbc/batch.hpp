// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/connection.hpp"
#include "common/odbc/handle.hpp"

#include <list>

// One batch on one statement handle, from its parameters to its last result. Only for files of
// this folder.

namespace ha::odbc {

// Takes a result set off the driver, row by row; after_row, if there is one, may take what is there
// and end it all by false. failed: the driver had an error, see the handle.
enum class fetched { all, stopped, failed };
using row_taker = std::function<bool(rows&)>;
fetched fetch_rows(const handle& statement,
                   rows& into,
                   std::vector<diagnostic>& notes,
                   const row_taker& after_row);

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
    // Hands on a result set, or a row of one; false ends the batch.
    using taker = std::function<bool(rows)>;
    enum class pace { sets, single_rows };

    batch(const handle& statement, taker on_rows, pace how = pace::sets)
        : statement_(statement), on_rows_(std::move(on_rows)), pace_(how) {}
    connection::answer run(const std::string& text);

private:
    bool go_on(SQLRETURN code);
    void note(SQLRETURN code);
    connection::answer outcome();

    const handle& statement_;
    taker on_rows_;
    pace pace_;
    std::vector<diagnostic> notes_;
    std::vector<diagnostic> errors_;
};

}  // namespace ha::odbc
