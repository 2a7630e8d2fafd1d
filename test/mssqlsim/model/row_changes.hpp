// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/model/seen_rows.hpp"
#include "test/mssqlsim/model/session_environment.hpp"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// One statement's changes of rows, gathered first and kept only if all of them could be made.

namespace ha::mssqlsim {

// What a column's DEFAULT gives now.
sql_result<value> value_of_default(engine& owner, environment& world, const column_rule& rule);

class row_changes {
public:
    row_changes(engine& owner, session_state& session, const std::vector<std::string>& name);

    // 208 and 1087; whatever refuses this session to write there with this permission, or to read
    // what the change depends on.
    std::optional<sql_error> open(const std::string& permission, bool reads);

    std::optional<sql_error> insert(const insert_statement& what);
    std::optional<sql_error> update(const update_statement& what);
    std::optional<sql_error> erase(const delete_statement& what);

    // What the table's constraints refuse, when all rows of the statement are changed. `verb`:
    // INSERT, UPDATE or DELETE.
    std::optional<sql_error> check(const std::string& verb);

    // The lock that another session holds, if one of those needed is held.
    std::optional<std::string> blocked();

    progress finish(std::uint16_t command);

private:
    using visitor = std::function<std::optional<sql_error>(
        std::int64_t number, const row& contents, const scope& here)>;

    // Visits the rows that the condition holds for.
    std::optional<sql_error> each(const std::optional<expression>& where, const visitor& visit);
    sql_result<row_set> all_rows(std::vector<std::int64_t>& numbers);
    void lock(const std::string& what);
    void lock(const std::string& table, const std::string& what);
    // Another session may not hold it; it is not taken.
    void await(const std::string& table, const std::string& what);
    std::optional<std::size_t> column_index(const std::string& name) const;
    std::optional<sql_error> store(row& into, std::size_t at, const value& v);
    std::optional<sql_error> insert_row(const std::vector<std::size_t>& columns, const row& values);
    // The columns that the values of INSERT are for, in their order.
    sql_result<std::vector<std::size_t>> columns_of(const insert_statement& what,
                                                    std::size_t values) const;
    const column_rule* rule_of(std::size_t column) const;
    sql_result<value> default_of(std::size_t column);
    bool may_give_identity() const;
    std::optional<std::int64_t>& last_identity();
    void note_identity(const row& fresh);
    bool changes_first_row_alone() const;
    // Rows of one table that the statement changes, each with its last change.
    struct changed_rows {
        const table_definition* about;
        std::vector<const row_change*> rows;
    };
    // A foreign key, by its table and its place there.
    struct reference {
        const table_definition* child;
        std::size_t at;
    };
    std::optional<sql_error> check(const changed_rows& changed, const std::string& verb);
    std::optional<sql_error> check_condition(const changed_rows& changed,
                                             const table_constraint& rule,
                                             const std::string& verb);
    // Of the constraint of that place; nothing: the primary key.
    std::optional<sql_error> check_key(const changed_rows& changed,
                                       std::optional<std::size_t> constraint);

    // --- row_references.cpp
    const table_definition* definition_of(const std::string& table);
    const std::vector<reference>& references_to(const std::string& table);
    // ON DELETE and ON UPDATE, from table to table.
    std::optional<sql_error> cascade(std::list<changed_rows>& all);
    sql_result<row_change> cascaded(const reference& by,
                                    const row_change& change,
                                    const std::vector<std::size_t>& referenced,
                                    std::int64_t number,
                                    const row& contents);
    void add_cascaded(std::list<changed_rows>& all,
                      const table_definition& table,
                      row_change change);
    void await_children(const reference& by, const row& key);
    bool has_parent(const table_constraint& rule, const row& key);
    std::optional<sql_error> check_references(const changed_rows& changed, const std::string& verb);
    std::optional<sql_error> check_referenced(const changed_rows& changed, const std::string& verb);
    seen_rows& seen();
    void keep_in_session();
    void keep_for_all();

    engine& owner_;
    session_state& session_;
    session_environment world_;
    std::vector<std::string> path_;
    std::string database_;
    table_definition table_;
    session_table* own_ = nullptr;  // of the session alone: no database has it
    global_table* global_ = nullptr;
    session_table own_seen_;  // of that, what the session sees: `own_` then
    std::vector<row_change> made_;
    std::vector<std::string> locks_;
    std::vector<std::string> awaited_;
    std::set<std::string, less_name> touched_;  // tables whose rows are changed
    std::deque<row_change> cascaded_;           // in other tables
    std::map<std::string, table_definition, less_name> definitions_;
    std::map<std::string, std::vector<reference>, less_name> references_;
    std::optional<seen_rows> rows_;  // with the statement's changes, from when they are looked at
    std::optional<identity_counter> identity_;
    std::optional<std::int64_t> identity_before_;
    std::optional<std::int64_t> identity_given_;
};

}  // namespace ha::mssqlsim
