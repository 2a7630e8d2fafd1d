// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/parser.hpp"

#include "test/mssqlsim/tsql/characters.hpp"
#include "test/mssqlsim/tsql/form.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

// Control flow; statements of other kinds are parsed by their own files.

namespace ha::mssqlsim {

namespace {

using body = std::shared_ptr<const statements>;

constexpr const char* near_try = "Incorrect syntax near 'TRY'.";
constexpr const char* valued_return =
    "A RETURN statement with a return value cannot be used in this context.";

sql_error syntax_error(std::int32_t number, const char* text) {
    return {number, text, 15, 1, sql_error::reach::scope, 0, {}};
}

body one_statement(token_reader& in) {
    auto made = std::make_shared<statements>();
    if (auto next = parse_statement(in))
        made->push_back(std::move(*next));
    else
        in.complain();
    in.accept(";");
    return made;
}

// Statements up to END and its words, which are taken.
body up_to_end(token_reader& in, std::initializer_list<std::string_view> end) {
    auto made = std::make_shared<statements>();
    while (!in.accept_all(end)) {
        if (in.accept(";")) continue;
        auto next = in.at_end() ? std::nullopt : parse_statement(in);
        if (!next) {
            in.complain();
            break;
        }
        made->push_back(std::move(*next));
    }
    return made;
}

statement declare(token_reader& in) {
    declare_statement made;
    do {
        variable_declaration next;
        next.name = in.expect_variable();
        in.accept("AS");
        if (in.accept("TABLE")) {
            auto shape = std::make_shared<create_table_statement>();
            parse_columns(in, *shape);
            next.table = std::move(shape);
            made.variables.push_back(std::move(next));
            continue;
        }
        if (in.accept("CURSOR")) {
            next.is_cursor = true;
            made.variables.push_back(std::move(next));
            continue;
        }
        next.type = parse_type(in, 1, made.variables.size() + 1);
        if (in.accept("=")) next.initial = parse_expression(in);
        made.variables.push_back(std::move(next));
    } while (in.accept(","));
    return {std::move(made), 0};
}

statement if_else(token_reader& in) {
    if_statement made;
    made.condition = parse_expression(in);
    in.accept(";");
    made.then = one_statement(in);
    if (in.accept("ELSE")) made.otherwise = one_statement(in);
    return {std::move(made), 0};
}

statement begin(token_reader& in) {
    if (in.accept("TRY")) {
        try_statement made;
        if (in.is("END") && in.is(1, "TRY")) in.complain(syntax_error(102, near_try));
        made.body = up_to_end(in, {"END", "TRY"});
        in.accept(";");
        in.expect("BEGIN");
        in.expect("CATCH");
        made.handler = up_to_end(in, {"END", "CATCH"});
        return {std::move(made), 0};
    }
    return {block_statement{up_to_end(in, {"END"})}, 0};
}

constexpr std::size_t longest_name = 32;  // of a transaction or a savepoint

sql_error too_long_a_name(const token& name) {
    return {103,
            "The identifier that starts with '" +
                text_of_units(units_of(name.text).substr(0, longest_name)) +
                "' is too long. Maximum length is 32.",
            15,
            2,
            sql_error::reach::scope,
            name.line,
            {}};
}

statement transaction(token_reader& in, transaction_statement::kind what) {
    using kind = transaction_statement::kind;
    transaction_statement made{what};
    const bool has_word = in.accept("TRANSACTION") || in.accept("TRAN");
    if (!has_word) in.accept("WORK");
    if (has_word && (in.is_name() || in.is_variable())) {
        made.is_variable = in.is_variable();
        if (!made.is_variable && count_units(in.now().text) > longest_name)
            in.complain(too_long_a_name(in.now()));
        made.name = in.take().text;
    } else if (what == kind::save) {
        in.complain();
    }
    if (what == kind::commit && in.accept_all({"WITH", "("})) {
        // Without DELAYED_DURABILITY = ALLOWED in the database it changes nothing.
        in.expect("DELAYED_DURABILITY");
        in.expect("=");
        if (!in.accept("ON")) in.expect("OFF");
        in.expect(")");
    }
    if (what == kind::begin && in.accept_all({"WITH", "MARK"}))
        if (in.now().what == token::kind::string) in.take();
    return {std::move(made), 0};
}

template <class Made>
statement with_arguments(token_reader& in, bool parenthesized) {
    Made made;
    if (parenthesized) in.expect("(");
    const auto next = in.now().what;
    if (parenthesized || next == token::kind::integer || next == token::kind::variable) {
        do made.arguments.push_back(parse_expression(in));
        while (in.accept(","));
    }
    if (parenthesized) in.expect(")");
    return {std::move(made), 0};
}

void raise_with(token_reader& in, raise_statement& made) {
    if (in.accept("LOG")) {
        made.logs = true;
    } else if (in.accept("SETERROR")) {
        made.sets_error = true;
    } else {
        in.expect("NOWAIT");
    }
}

call_argument argument(token_reader& in) {
    call_argument made;
    if (in.is_variable() && in.is(1, "=")) {
        made.name = in.take().text;
        in.take();
    }
    if (in.is_name() && in.now().what == token::kind::word &&
        !in.is(1, "(")) {  // a bare word is text
        made.what.constant = in.take().text;
    } else if (in.accept("DEFAULT")) {
        made.what.what = expression::kind::parameter_default;
    } else {
        made.what = parse_expression(in);
    }
    made.output = in.accept("OUTPUT") || in.accept("OUT");
    return made;
}

bool starts_argument(const token_reader& in) {
    switch (in.now().what) {
        case token::kind::string:
        case token::kind::integer:
        case token::kind::decimal:
        case token::kind::hexadecimal:
        case token::kind::variable:
        case token::kind::name: return true;
        case token::kind::symbol: return in.is("-");
        default: return in.is("NULL") || in.is("DEFAULT") || (in.is_name() && !in.at_end());
    }
}

std::optional<statement> jump(token_reader& in) {
    using kind = jump_statement::kind;
    if (in.accept("BREAK")) return statement{jump_statement{kind::leave_loop, {}}, 0};
    if (in.accept("CONTINUE")) return statement{jump_statement{kind::next_round, {}}, 0};
    if (!in.accept("RETURN")) return {};
    jump_statement made{kind::leave_batch, {}};
    if (in.now().what == token::kind::integer || in.now().what == token::kind::variable ||
        in.is("(")) {
        made.status = parse_expression(in);
        in.complain(syntax_error(178, valued_return));
    }
    return statement{std::move(made), 0};
}

std::optional<statement> transaction_words(token_reader& in) {
    using kind = transaction_statement::kind;
    if (in.is("BEGIN") && (in.is(1, "TRAN") || in.is(1, "TRANSACTION"))) {
        in.take();
        return transaction(in, kind::begin);
    }
    if (in.accept("COMMIT")) return transaction(in, kind::commit);
    if (in.accept("ROLLBACK")) return transaction(in, kind::rollback);
    if (in.accept("SAVE")) return transaction(in, kind::save);
    return {};
}

std::optional<statement> control(token_reader& in) {
    if (auto made = transaction_words(in)) return made;
    if (auto made = jump(in)) return made;
    if (in.accept("BEGIN")) return begin(in);
    if (in.accept("DECLARE")) return in.is_name() ? parse_cursor_declaration(in) : declare(in);
    if (auto made = parse_cursor_statement(in)) return made;
    if (in.accept("SET")) return parse_set(in);
    if (in.accept("IF")) return if_else(in);
    if (in.accept("WHILE")) {
        while_statement made{parse_expression(in), {}};
        made.body = one_statement(in);
        return statement{std::move(made), 0};
    }
    if (in.accept("THROW")) return with_arguments<throw_statement>(in, false);
    if (in.accept("RAISERROR")) {
        statement made = with_arguments<raise_statement>(in, true);
        if (in.accept("WITH")) do
                raise_with(in, std::get<raise_statement>(made.what));
            while (in.accept(","));
        return made;
    }
    if (in.accept("PRINT")) return statement{print_statement{parse_expression(in)}, 0};
    if (in.accept("EXEC") || in.accept("EXECUTE")) return parse_execute(in);
    if (in.accept("USE")) return statement{use_statement{in.expect_name()}, 0};
    if (in.accept("WAITFOR")) {
        if (in.is("TIME")) in.complain(lacks_statement("WAITFOR TIME", in.now().line));
        in.expect("DELAY");
        return statement{wait_statement{parse_expression(in)}, 0};
    }
    return {};
}

tl::unexpected<sql_error> trouble_of(const token_reader& in) {
    return tl::unexpected(*in.error());
}

}  // namespace

const definition_option* option(const std::vector<definition_option>& among,
                                std::string_view name) {
    for (const auto& one : among)
        if (one.name == name) return &one;
    return nullptr;
}

statement parse_execute(token_reader& in) {
    execute_statement made;
    if (in.accept("(")) {
        made.arguments.push_back(call_argument{{}, parse_expression(in), false});
        in.expect(")");
        return {std::move(made), 0};
    }
    if (in.is_variable() && in.is(1, "=")) {
        made.status_variable = in.take().text;
        in.take();
    }
    for (const auto& part : in.expect_path())
        made.procedure += (made.procedure.empty() ? "" : ".") + part;
    if (starts_argument(in)) {
        do made.arguments.push_back(argument(in));
        while (in.accept(","));
    }
    return {std::move(made), 0};
}

std::optional<statement> parse_statement(token_reader& in) {
    const token_reader::level here{in};
    in.begin_statement();
    const std::int32_t line = in.now().line;
    if (auto refused = refuses_statement(in)) {
        in.complain(std::move(*refused));
        return {};
    }
    auto made = control(in);
    if (!made) made = parse_data_statement(in);
    if (!made) made = parse_group_definition(in);
    if (!made) made = parse_definition(in);
    if (made) made->line = line;
    return made;
}

sql_result<script> parse_script(std::string_view text, bool quoted_identifiers) {
    auto tokens = tokens_of(text, quoted_identifiers);
    if (!tokens) return tl::unexpected(tokens.error());
    token_reader in{std::move(*tokens)};
    auto made = std::make_shared<statements>();
    // A batch may begin with a procedure's name alone.
    if (in.is_name() && in.now().what == token::kind::word && !refuses_statement(in)) {
        made->push_back(parse_execute(in));
        made->back().line = 1;
    }
    while (!in.at_end()) {
        if (in.accept(";")) continue;
        auto next = parse_statement(in);
        if (!next)
            in.complain();
        else
            made->push_back(std::move(*next));
    }
    if (in.failed()) return trouble_of(in);
    return script{std::move(made)};
}

sql_result<std::vector<variable_declaration>> parse_declarations(std::string_view text) {
    auto tokens = tokens_of(text);
    if (!tokens) return tl::unexpected(tokens.error());
    token_reader in{std::move(*tokens)};
    std::vector<variable_declaration> made;
    while (!in.at_end()) {
        variable_declaration next;
        next.name = in.expect_variable();
        in.accept("AS");
        next.type = parse_type(in, 1, made.size() + 1);
        if (!in.accept("OUTPUT")) in.accept("OUT");
        made.push_back(std::move(next));
        if (!in.accept(",")) break;
    }
    if (in.failed()) return trouble_of(in);
    return made;
}

sql_result<script> script_cache::parse(const std::string& text, bool quoted_identifiers) {
    if (!quoted_identifiers && text.find('"') != text.npos) return parse_script(text, false);
    if (const auto known = parsed_.find(text); known != parsed_.end()) return known->second;
    auto made = parse_script(text);
    if (!made) return made;
    if (parsed_.size() >= remembered_max) parsed_.clear();
    parsed_.emplace(text, *made);
    return made;
}

// Where the grammar takes a number and no variable, the text is parsed as it stands.
sql_result<script_cache::batch> script_cache::parse_batch(const std::string& text,
                                                          bool quoted_identifiers) {
    if (!quoted_identifiers && text.find('"') != text.npos) {
        auto made = parse_script(text, false);
        if (!made) return tl::unexpected(made.error());
        return batch{*made, {}};
    }
    if (const auto known = parsed_.find(text); known != parsed_.end())
        return batch{known->second, {}};
    auto form = form_of(text);
    if (!form.numbers.empty())
        if (auto shared = parse(form.text)) return batch{*shared, std::move(form.numbers)};
    auto made = parse(text);
    if (!made) return tl::unexpected(made.error());
    return batch{*made, {}};
}

}  // namespace ha::mssqlsim
