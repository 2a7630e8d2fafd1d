// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/column_rule.hpp"
#include "test/mssqlsim/tsql/table_constraint.hpp"
#include "test/mssqlsim/tsql/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// T-SQL as a tree. Names keep their spelling; keywords and function names are in upper case.

namespace ha::mssqlsim {

struct select_query;
struct query_memory;
struct window_definition;

struct expression {
    enum class kind : std::uint8_t {
        literal,
        variable,         // text: with its @
        system_variable,  // text: upper case, with its @@
        name,             // parts: [qualifier.]column
        call,             // text: function; arguments
        negate,
        logical_not,
        operation,  // text: + - * / % = <> < <= > >= AND OR LIKE & |
        is_null,    // negated: IS NOT NULL
        in_list,    // arguments: the tested one, then the list
        in_query,
        exists,
        subquery,
        between,  // tested, low, high
        choice,  // CASE: condition, result, ..., [else]; a simple CASE is written out as equalities
        cast,    // type; text: CAST, CONVERT, TRY_CAST, TRY_CONVERT
        aggregate,          // text: COUNT SUM MIN MAX; no argument: COUNT(*)
        window,             // text: function; arguments; over `window`
        parameter_default,  // DEFAULT, where a value is expected
    } what = kind::literal;
    std::string text;
    std::vector<std::string> parts;
    value constant;
    std::vector<expression> arguments;
    std::shared_ptr<const select_query> query;
    std::shared_ptr<const window_definition> window;  // of STRING_AGG: WITHIN GROUP
    column_type type;
    bool negated = false;
    bool has_else = false;
    // Of a name: where it was found last, which is where it is looked for first.
    mutable std::size_t seen_source = 0;
    mutable std::size_t seen_column = 0;
};

expression operation_of(std::string op, expression left, expression right);

struct select_item {
    expression what;
    std::string alias;
    std::string variable;  // SELECT @x = ...
    std::string adds;      // SELECT @x += ...: the operator, with each row
    bool star = false;
    std::string star_of;  // the qualifier of q.*
};

struct table_source {
    enum class join : std::uint8_t { first, inner, left, right, full, cross } how = join::first;
    bool applied = false;  // CROSS or OUTER APPLY: asked anew for each row before it
    std::vector<std::string> name;
    std::string alias;
    std::shared_ptr<const select_query> derived;
    std::vector<expression> arguments;  // of STRING_SPLIT, a function that is a table
    std::optional<expression> on;
};

struct order_item {
    expression what;
    bool descending = false;
};

// OVER (...): beside each row, the rows of its partition, in an order, and of them a frame.
struct window_definition {
    struct bound {
        enum class kind : std::uint8_t { first, preceding, current, following, last } what{};
        std::int64_t rows = 0;  // of preceding and following
    };
    std::vector<expression> partition_by;
    std::vector<order_item> order_by;
    bool by_rows = false;  // ROWS; by RANGE rows of the same order are in a frame together
    bound begin{bound::kind::first, 0};
    bound end{bound::kind::last, 0};
};

// FOR XML PATH: all rows as one text.
struct xml_form {
    std::string row = "row";  // the element of each; none if it is empty
    std::string root;
    std::string column;  // what the text is called, where it is a table
    bool typed = false;  // xml, and no text
};

struct set_part;

// Parts of a UNION and its like follow in `parts`; the order and what is left out are the whole's.
struct select_query {
    std::optional<expression> top;
    bool top_percent = false;
    bool distinct = false;
    std::vector<std::string> into;  // the table that is made of the answer
    std::vector<select_item> items;
    std::vector<table_source> sources;
    std::optional<expression> where;
    std::vector<expression> group_by;
    std::optional<expression> having;
    std::vector<set_part> parts;
    std::vector<order_item> order_by;
    std::optional<expression> offset;
    std::optional<expression> fetch;
    std::optional<xml_form> as_xml;
    bool has_windows = false;                      // among what it selects, or in its order
    mutable std::shared_ptr<query_memory> memory;  // of its last run, if there is any use in it
};

struct set_part {
    enum class kind : std::uint8_t { union_all, union_distinct, except, intersect } how{};
    std::shared_ptr<const select_query> query;
};

struct statement;
using statements = std::vector<statement>;

struct create_table_statement {
    std::vector<std::string> table;
    std::vector<column> columns;
    std::vector<std::string> primary_key;
    std::string key_name;
    std::vector<column_rule> rules = {};  // of the columns that have any
    std::vector<table_constraint> constraints = {};
    // Of the primary key: that it was said to be, or not to be, clustered.
    bool key_clustered = false;
    bool key_nonclustered = false;
};

struct variable_declaration {
    std::string name;
    column_type type;
    bool is_cursor = false;
    std::shared_ptr<const create_table_statement> table;  // of a table variable
    std::optional<expression> initial;
};

struct declare_statement {
    std::vector<variable_declaration> variables;
};
struct set_statement {
    std::string variable;
    expression what;
};
struct session_option {  // SET NOCOUNT ON, SET XACT_ABORT ON, SET LOCK_TIMEOUT 100, ...
    std::vector<std::string> names;
    std::string setting;                   // a word, in upper case
    std::optional<expression> value = {};  // where it takes another
    std::vector<std::string> table = {};   // of IDENTITY_INSERT
};
struct if_statement {
    expression condition;
    std::shared_ptr<const statements> then;
    std::shared_ptr<const statements> otherwise;
};
struct while_statement {
    expression condition;
    std::shared_ptr<const statements> body;
};
struct block_statement {
    std::shared_ptr<const statements> body;
};
struct try_statement {
    std::shared_ptr<const statements> body;
    std::shared_ptr<const statements> handler;
};
struct jump_statement {
    enum class kind : std::uint8_t { leave_loop, next_round, leave_batch } what{};
    std::optional<expression> status;
};
struct throw_statement {  // without arguments: again
    std::vector<expression> arguments;
};
struct raise_statement {
    std::vector<expression> arguments;
    bool logs = false;        // WITH LOG
    bool sets_error = false;  // WITH SETERROR
};
struct print_statement {
    expression what;
};
struct call_argument {
    std::string name;
    expression what;
    bool output = false;
};
struct execute_statement {
    std::string procedure;  // empty: EXEC (text)
    std::vector<call_argument> arguments;
    std::string status_variable;
};
struct select_statement {
    select_query query;
};
struct insert_statement {
    std::vector<std::string> table;
    std::vector<std::string> columns;
    std::vector<std::vector<expression>> rows;
    std::shared_ptr<const select_query> query;
    std::shared_ptr<const statements> call;  // INSERT ... EXEC: the one statement
    bool default_values = false;
};
struct assignment {
    std::string column;
    expression what;
};
struct update_statement {
    std::vector<std::string> table;
    std::vector<assignment> assignments;
    std::optional<expression> where;
};
struct delete_statement {
    std::vector<std::string> table;
    std::optional<expression> where;
};
struct alter_table_statement {
    enum class kind : std::uint8_t {
        add,
        drop_columns,
        alter_column,
        drop_constraints,
        switch_constraints,  // CHECK and NOCHECK CONSTRAINT
        create_index,
        drop_index
    } what{};
    std::vector<std::string> table;
    create_table_statement shape;      // the columns and the key that are added or changed
    std::vector<std::string> columns;  // or constraints, or the index, that are dropped or switched
    bool if_exist = false;
    bool with_values = false;  // a default is for the rows that are there too
    bool trusts = false;       // WITH NOCHECK: rows that are there are not looked at
    bool with_check = false;   // WITH CHECK was said
    bool enables = false;      // CHECK CONSTRAINT
    bool all = false;          // CONSTRAINT ALL
    bool drop_existing = false;
};
struct truncate_statement {
    std::vector<std::string> table;
};
struct drop_table_statement {
    std::vector<std::string> table;
    bool if_exists = false;
};
struct use_statement {
    std::string database;
};
struct wait_statement {
    expression delay;
};
struct transaction_statement {
    enum class kind : std::uint8_t { begin, commit, rollback, save } what{};
    std::string name = {};  // of a transaction or a savepoint; @name: in that variable
    bool is_variable = false;
};

// A cursor as DECLARE or SET says it is.
struct cursor_definition {
    // Which changes it would show: none, those of the rows that it has, or all.
    enum class kind : std::uint8_t {
        insensitive,
        keyset,
        dynamic,
        fast_forward
    } what = kind::dynamic;
    bool scrolls = false;
    bool local = false;
    select_query query;
};
struct declare_cursor_statement {
    std::string name;  // with its @: SET @name = CURSOR ...
    std::shared_ptr<const cursor_definition> cursor;
};
struct cursor_statement {
    enum class kind : std::uint8_t { open, close, deallocate } what{};
    std::string name;  // with its @: of the cursor that the variable has
    bool global = false;
};
struct fetch_statement {
    enum class kind : std::uint8_t { next, prior, first, last, absolute, relative } what{};
    std::optional<expression> count;  // of absolute and relative
    std::string name;
    bool global = false;
    std::vector<std::string> into;
};

// One option of a definition: NAME = value, NAME (inner, ...), or NAME alone.
struct definition_option {
    std::string name;  // upper case
    std::string text;  // a word in upper case, a name or string as written, a number's digits
    binary bytes;
    bool is_string = false;
    std::vector<definition_option> inner;
};

// Statements that define things of the server, all of one shape: what is done ("CREATE LOGIN",
// "ALTER AVAILABILITY GROUP"), to whom, how ("FAILOVER", "SET"), with which options.
struct definition_statement {
    std::string verb;
    std::string name;
    std::string action;
    std::vector<definition_option> options;
    std::vector<definition_option> replicas;  // name in `text`, settings in `inner`
    std::vector<std::string> names;           // databases, grantees, permissions' securables
    bool if_exists = false;
};

struct statement {
    std::variant<declare_statement,
                 set_statement,
                 session_option,
                 if_statement,
                 while_statement,
                 block_statement,
                 try_statement,
                 jump_statement,
                 throw_statement,
                 raise_statement,
                 print_statement,
                 execute_statement,
                 select_statement,
                 declare_cursor_statement,
                 cursor_statement,
                 fetch_statement,
                 insert_statement,
                 update_statement,
                 delete_statement,
                 create_table_statement,
                 drop_table_statement,
                 truncate_statement,
                 alter_table_statement,
                 use_statement,
                 wait_statement,
                 transaction_statement,
                 definition_statement>
        what;
    std::int32_t line = 1;
};

const definition_option* option(const std::vector<definition_option>& among, std::string_view name);

}  // namespace ha::mssqlsim
