// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/statement_class.hpp"

#include "test/mssqlsim/tsql/tree.hpp"

namespace ha::mssqlsim {

namespace {

statement_class class_of(const definition_statement& what) {
    if (what.verb.ends_with("AVAILABILITY GROUP") || what.action.starts_with("HADR"))
        return statement_class::group;
    return what.verb.starts_with("BACKUP") ? statement_class::write : statement_class::definition;
}

template <class... Kinds>
bool is_one_of(const statement& what) {
    return (std::holds_alternative<Kinds>(what.what) || ...);
}

}  // namespace

statement_class class_of(const statement& what) {
    if (const auto* defines = std::get_if<definition_statement>(&what.what))
        return class_of(*defines);
    if (is_one_of<insert_statement,
                  update_statement,
                  delete_statement,
                  create_table_statement,
                  alter_table_statement,
                  truncate_statement,
                  drop_table_statement>(what))
        return statement_class::write;
    const auto* reads = std::get_if<select_statement>(&what.what);
    if (reads == nullptr) return statement_class::other;
    return reads->query.into.empty() ? statement_class::select : statement_class::write;
}

}  // namespace ha::mssqlsim
