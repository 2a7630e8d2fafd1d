// SPDX-License-Identifier: MIT
#pragma once

#include "test/mssqlsim/tsql/error.hpp"
#include "test/mssqlsim/tsql/lexer.hpp"
#include "test/mssqlsim/tsql/tree.hpp"

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The parser's hand on the tokens. The first complaint stands and moves the hand to the end, so
// that callers need not look at each step whether all went well.

namespace ha::mssqlsim {

class token_reader {
public:
    explicit token_reader(std::vector<token> tokens) : tokens_(std::move(tokens)) {}

    const token& now() const { return tokens_[at_]; }
    const token& ahead(std::size_t count) const;
    bool at_end() const { return now().what == token::kind::end; }
    bool is(std::string_view word) const { return is(0, word); }  // keyword or symbol
    bool is(std::size_t ahead_by, std::string_view word) const;
    bool is_any(std::initializer_list<std::string_view> words) const;
    bool accept(std::string_view word);
    // All of the words, or none is taken.
    bool accept_all(std::initializer_list<std::string_view> words);
    void expect(std::string_view word);
    const token& take();
    void skip_list();  // the parenthesis that stands here, with all that is in it
    // What was taken since: as text that parses to the same. Nothing: numbers of it stand
    // elsewhere.
    std::size_t place() const { return at_; }
    std::string text_since(std::size_t place) const;

    // A variable that may be declared or set: none that stands for a number of the text.
    bool is_variable() const;
    bool is_name() const;  // an identifier that is no reserved word
    std::string expect_name();
    std::vector<std::string> expect_path();   // a.b.c; an empty part may be left out (a..c)
    std::vector<std::string> expect_table();  // a path, or a table variable
    std::string expect_string();
    std::string expect_variable();

    // WITH name AS (query): known from here on.
    void add_common_table(const std::string& name, std::shared_ptr<const select_query> query);
    std::shared_ptr<const select_query> common_table(std::string_view name) const;

    // Trees are walked by recursion, so that what is too deep is refused (191): levels within each
    // other, each while its hand lives, and operators chained in one statement.
    class level {
    public:
        explicit level(token_reader& in);
        ~level() { --in_.depth_; }
        level(const level&) = delete;
        level& operator=(const level&) = delete;

    private:
        token_reader& in_;
    };
    void begin_statement() { operators_ = 0; }
    void count_operators(std::size_t count);

    void complain();  // 102 or 156, near the present token
    void complain(sql_error what);
    bool failed() const { return error_.has_value(); }
    const std::optional<sql_error>& error() const { return error_; }

private:
    std::vector<token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t operators_ = 0;
    std::optional<sql_error> error_;
    std::map<std::string, std::shared_ptr<const select_query>, less_name> common_tables_;
};

// 40510: a statement begins here that T-SQL has and the double has not.
std::optional<sql_error> refuses_statement(const token_reader& in);
sql_error lacks_statement(const std::string& name, std::int32_t line);

bool is_reserved(std::string_view word);
std::string upper(std::string_view text);

expression parse_expression(token_reader& in);
select_query parse_select(token_reader& in, bool may_have_into = false);
void parse_sources(token_reader& in, select_query& made);  // behind FROM
std::string optional_alias(token_reader& in);
// What may follow a function's arguments: OVER (...), WITHIN GROUP (...). 4109, 4112, 4113, ...
expression parse_window(token_reader& in, expression function);
void parse_order(token_reader& in, std::vector<order_item>& into);  // behind ORDER BY
// Notes that a SELECT has windows; 4108 where none may be.
void check_windows(token_reader& in, select_query& query);
xml_form parse_xml_form(token_reader& in);  // behind FOR XML
// 6819: what the rows are for cannot have one text of them.
void refuse_xml(token_reader& in, const select_query& query, const std::string& purpose);
expression parse_xml_method(token_reader& in, expression of);  // .value(...)
// What the columns of a query are called that is a table; 8158 and 8159 when there are others.
void name_columns(token_reader& in,
                  const std::string& table,
                  const std::vector<std::string>& names,
                  select_query& made);
// The operator of +=, -= and so on, which is taken; nothing when there is none.
std::string compound_operator(token_reader& in);
// UNIQUE and its like, of a column or of the table (null); false: none stands here. `name` is what
// CONSTRAINT said.
bool parse_constraint(token_reader& in,
                      create_table_statement& into,
                      const std::string& name,
                      column* of);
// INDEX name ... within CREATE TABLE; false: none stands here.
bool parse_inline_index(token_reader& in, create_table_statement& into, const column* of);
bool stands_create_index(const token_reader& in);
statement parse_create_index(token_reader& in);
statement parse_drop_index(token_reader& in);  // behind the words
void parse_filegroup(token_reader& in);        // ON [PRIMARY]: there is no other
// ( name type ..., PRIMARY KEY (...), ... )
void parse_columns(token_reader& in, create_table_statement& into);
// `length`: of text and bytes whose type says none: 1, and 30 in CAST and CONVERT. An unknown type
// is 2715 with the `place` of what is declared, and 243 where nothing is.
column_type parse_type(token_reader& in, std::uint16_t length = 1, std::size_t place = 1);
std::optional<statement> parse_data_statement(token_reader& in);
void parse_common_tables(token_reader& in);            // behind WITH
statement parse_cursor_declaration(token_reader& in);  // behind DECLARE
// name = CURSOR ...: behind the word.
statement parse_cursor_assignment(token_reader& in, std::string variable);
// OPEN, FETCH, CLOSE, DEALLOCATE; nothing if it is another statement.
std::optional<statement> parse_cursor_statement(token_reader& in);
std::optional<statement> parse_definition(token_reader& in);
statement parse_set(token_reader& in);      // behind SET
statement parse_execute(token_reader& in);  // behind EXEC
std::optional<statement> parse_group_definition(token_reader& in);
std::vector<definition_option> parse_options(token_reader& in);  // ( a = b, c (d = e), ... )
std::optional<statement> parse_statement(token_reader& in);
binary bytes_of(std::string_view hexadecimal);

}  // namespace ha::mssqlsim
