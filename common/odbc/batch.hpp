// SPDX-License-Identifier: MIT
#pragma once

#include "common/odbc/connection.hpp"
#include "common/odbc/handle.hpp"

#include <list>

// One batch on one statement handle, from its parameters to its last result. Only for files of
// this folder.

namespace ha::odbc {

// Hands on parts of an answer; false ends it all.
using set_taker = std::function<bool(rows)>;
using piece_taker = std::function<bool(piece)>;

// Take a result set off the driver. failed: the driver had an error, see the handle; stopped: the
// taker had enough.
enum class fetched { all, stopped, failed };
fetched fetch_rows(const handle& statement, rows& into, std::vector<diagnostic>& notes);
fetched fetch_pieces(const handle& statement,
                     const piece_taker& on_piece,
                     std::vector<diagnostic>& notes);

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
    batch(const handle& statement, set_taker on_rows)
        : statement_(statement), on_rows_(std::move(on_rows)) {}
    batch(const handle& statement, piece_taker on_piece)
        : statement_(statement), on_piece_(std::move(on_piece)) {}
    connection::answer run(const std::string& text);

private:
    bool go_on(SQLRETURN code);
    fetched take_set();
    void note(SQLRETURN code);
    connection::answer outcome();

    const handle& statement_;
    set_taker on_rows_;
    piece_taker on_piece_;
    std::vector<diagnostic> notes_;
    std::vector<diagnostic> errors_;
};

}  // namespace ha::odbc
