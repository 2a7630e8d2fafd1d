// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include "test/mssqlsim/tsql/form.hpp"

#include <algorithm>
#include <array>

namespace ha::mssqlsim {

namespace {

// In order: they are looked up by halves.
constexpr std::array<std::string_view, 103> reserved{
    "ADD",         "ALL",      "ALTER",     "AND",      "AS",         "ASC",       "AUTHORIZATION",
    "BACKUP",      "BEGIN",    "BETWEEN",   "BREAK",    "BY",         "CASE",      "CATCH",
    "CLOSE",       "COALESCE", "COLLATE",   "COMMIT",   "CONTINUE",   "CONVERT",   "CREATE",
    "CROSS",       "CURSOR",   "DATABASE",  "DBCC",     "DEALLOCATE", "DECLARE",   "DELETE",
    "DENY",        "DESC",     "DISTINCT",  "DROP",     "ELSE",       "END",       "ESCAPE",
    "EXCEPT",      "EXEC",     "EXECUTE",   "EXISTS",   "FETCH",      "FOR",       "FROM",
    "FULL",        "FUNCTION", "GRANT",     "GROUP",    "HAVING",     "IF",        "IN",
    "INNER",       "INSERT",   "INTERSECT", "INTO",     "IS",         "JOIN",      "KILL",
    "LEFT",        "LIKE",     "NOT",       "NULL",     "NULLIF",     "OF",        "OFF",
    "ON",          "OPEN",     "OPTION",    "OR",       "ORDER",      "OUTER",     "OVER",
    "PERCENT",     "PIVOT",    "PRIMARY",   "PRINT",    "PROCEDURE",  "RAISERROR", "RECONFIGURE",
    "RETURN",      "REVOKE",   "RIGHT",     "ROLLBACK", "SAVE",       "SELECT",    "SET",
    "SHUTDOWN",    "TABLE",    "THEN",      "THROW",    "TO",         "TOP",       "TRAN",
    "TRANSACTION", "TRUNCATE", "UNION",     "UNPIVOT",  "UPDATE",     "USE",       "VALUES",
    "WAITFOR",     "WHEN",     "WHERE",     "WHILE",    "WITH"};
static_assert(std::is_sorted(reserved.begin(), reserved.end()));

// assumption: the engine's own limits depend on its memory, and are no lower.
constexpr std::size_t levels_max = 250;
constexpr std::size_t operators_max = 1000;

sql_error too_deep(std::int32_t line) {
    return {191,
            "Some part of your SQL statement is nested too deeply. Rewrite the query or break it "
            "up into smaller queries.",
            15,
            1,
            sql_error::reach::scope,
            line,
            {}};
}

}  // namespace

std::string upper(std::string_view text) {
    std::string made{text};
    for (char& c : made)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return made;
}

bool is_reserved(std::string_view word) {
    return std::binary_search(
        reserved.begin(), reserved.end(), word, [](std::string_view a, std::string_view b) {
            return compare_text(a, b) < 0;
        });
}

const token& token_reader::ahead(std::size_t count) const {
    return tokens_[std::min(at_ + count, tokens_.size() - 1)];
}

bool token_reader::is(std::size_t ahead_by, std::string_view word) const {
    const token& t = ahead(ahead_by);
    if (t.what == token::kind::symbol) return t.text == word;
    return t.what == token::kind::word && same_name(t.text, word);
}

bool token_reader::is_any(std::initializer_list<std::string_view> words) const {
    return std::any_of(words.begin(), words.end(), [&](auto word) { return is(word); });
}

bool token_reader::accept(std::string_view word) {
    if (!is(word)) return false;
    ++at_;
    return true;
}

bool token_reader::accept_all(std::initializer_list<std::string_view> words) {
    std::size_t count = 0;
    for (const auto word : words)
        if (!is(count++, word)) return false;
    at_ += count;
    return true;
}

void token_reader::expect(std::string_view word) {
    if (!accept(word)) complain();
}

const token& token_reader::take() {
    const token& taken = now();
    if (!at_end()) ++at_;
    return taken;
}

void token_reader::skip_list() {
    expect("(");
    for (int depth = 1; depth > 0 && !at_end();) {
        if (is("(")) ++depth;
        if (is(")")) --depth;
        take();
    }
}

bool token_reader::is_variable() const {
    return now().what == token::kind::variable && !is_number_variable(now().text);
}

bool token_reader::is_name() const {
    return now().what == token::kind::name ||
           (now().what == token::kind::word && !is_reserved(now().text));
}

std::string token_reader::text_since(std::size_t place) const {
    std::string made;
    for (; place < at_; ++place) {
        const token& one = tokens_[place];
        if (one.what == token::kind::variable && is_number_variable(one.text)) return {};
        std::string piece = one.text;
        const char mark = one.what == token::kind::string ? '\'' : ']';
        const bool quoted = one.what == token::kind::string || one.what == token::kind::name;
        for (auto at = piece.find(mark); quoted && at != piece.npos; at = piece.find(mark, at + 2))
            piece.insert(at, 1, mark);
        if (one.what == token::kind::string)
            piece = (one.national ? "N'" : "'") + piece + "'";
        else if (quoted)
            piece = "[" + piece + "]";
        else if (one.what == token::kind::hexadecimal && !piece.starts_with("0x"))
            piece = "0x" + piece;
        made += (made.empty() ? "" : " ") + piece;
    }
    return made;
}

std::string token_reader::expect_name() {
    if (is_name()) return take().text;
    complain();
    return {};
}

std::vector<std::string> token_reader::expect_path() {
    std::vector<std::string> parts{expect_name()};
    while (accept(".")) {
        if (is(".")) {
            parts.emplace_back();
        } else if (now().what == token::kind::word) {
            parts.push_back(take().text);
        } else {
            parts.push_back(expect_name());
        }
    }
    return parts;
}

std::vector<std::string> token_reader::expect_table() {
    if (is_variable()) return {take().text};
    return expect_path();
}

std::string token_reader::expect_string() {
    if (now().what == token::kind::string) return take().text;
    complain();
    return {};
}

std::string token_reader::expect_variable() {
    if (is_variable()) return take().text;
    complain();
    return {};
}

void token_reader::add_common_table(const std::string& name,
                                    std::shared_ptr<const select_query> query) {
    common_tables_[name] = std::move(query);
}

std::shared_ptr<const select_query> token_reader::common_table(std::string_view name) const {
    const auto at = common_tables_.find(name);
    return at == common_tables_.end() ? nullptr : at->second;
}

token_reader::level::level(token_reader& in) : in_(in) {
    if (++in_.depth_ > levels_max) in_.complain(too_deep(in_.now().line));
}

void token_reader::count_operators(std::size_t count) {
    operators_ += count;
    if (operators_ > operators_max) complain(too_deep(now().line));
}

void token_reader::complain() {
    const token& t = now();
    sql_error what{
        102, "Incorrect syntax near '" + t.text + "'.", 15, 1, sql_error::reach::scope, t.line, {}};
    if (t.what == token::kind::word && is_reserved(t.text)) {
        what.number = 156;
        what.text = "Incorrect syntax near the keyword '" + t.text + "'.";
    } else if (at_end() && at_ > 0) {
        what.text = "Incorrect syntax near '" + tokens_[at_ - 1].text + "'.";
        what.line = tokens_[at_ - 1].line;
    }
    complain(std::move(what));
}

void token_reader::complain(sql_error what) {
    if (!error_) {
        if (what.line == 0) what.line = now().line;
        error_ = std::move(what);
    }
    at_ = tokens_.size() - 1;
}

}  // namespace ha::mssqlsim
