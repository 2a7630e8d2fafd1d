// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tds/bytes.hpp"
#include "test/mssqlsim/tsql/value.hpp"

// Writes column types and values as rows and return values carry them ([MS-TDS] 2.2.5.4, 2.2.5.5).

namespace ha::mssqlsim::tds {

// SQL_Latin1_General_CP1_CI_AS, the only collation the double knows.
inline constexpr std::string_view collation{"\x09\x04\xD0\x00\x34", 5};

void write_type(byte_writer& out, const column_type& type);

// A value that cannot be said in the type (text in a number's column) is written as NULL: the model
// never makes one, and a client must not receive malformed bytes because of it.
void write_value(byte_writer& out, const column_type& type, const value& what);

// Of a column: one that is never NULL has a type of fixed length, where there is one ([MS-TDS]
// 2.2.5.4.1), and its values have no length of their own.
void write_type(byte_writer& out, const column& of);
void write_value(byte_writer& out, const column& of, const value& what);

}  // namespace ha::mssqlsim::tds
