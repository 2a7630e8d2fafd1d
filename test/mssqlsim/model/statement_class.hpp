// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

// What faults tell apart among statements.

namespace ha::mssqlsim {

struct statement;

enum class statement_class : std::uint8_t {
    other,       // control flow, variables, calls of procedures
    select,      // SELECT that answers with rows or assigns variables
    write,       // changes of rows, tables and backups
    definition,  // of logins, databases, endpoints, certificates, ...
    group,       // of availability groups, and ALTER DATABASE ... SET HADR
};
inline constexpr std::size_t statement_classes = 5;

statement_class class_of(const statement& what);

}  // namespace ha::mssqlsim
