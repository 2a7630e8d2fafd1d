// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/value.hpp"

#include <memory>
#include <string>

// The little of SQLite's interface that the row store needs, with owners. Trouble is thrown
// (std::runtime_error) and ends in sqlite_store.cpp.

struct sqlite3;
struct sqlite3_stmt;

namespace ha::mssqlsim::sqlite {

struct closer {
    void operator()(sqlite3* open) const;
    void operator()(sqlite3_stmt* prepared) const;
};
using connection = std::unique_ptr<sqlite3, closer>;

connection open(const std::string& path);
void execute(sqlite3* on, const std::string& text);

class statement {
public:
    statement(sqlite3* on, const std::string& text);

    // Parameters and columns count from 0.
    statement& bind(int index, const value& what);
    statement& bind(int index, std::int64_t number) { return bind(index, value{number}); }

    bool step();  // false at the end
    void reset();
    void run();  // to its end, and ready for the next time

    value column(int index) const;
    int columns() const;

private:
    std::unique_ptr<sqlite3_stmt, closer> prepared_;
};

}  // namespace ha::mssqlsim::sqlite
