// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <cstdlib>
#include <utility>

// Statements on tables.

namespace ha::mssqlsim {

namespace {

expression value_or_default(token_reader& in) {
    if (!in.accept("DEFAULT")) return parse_expression(in);
    expression made;
    made.what = expression::kind::parameter_default;
    return made;
}

statement insert(token_reader& in) {
    insert_statement made;
    in.accept("INTO");
    made.table = in.expect_table();
    if (in.accept("(")) {
        do made.columns.push_back(in.expect_name());
        while (in.accept(","));
        in.expect(")");
    }
    if (in.is("SELECT")) {
        made.query = std::make_shared<const select_query>(parse_select(in));
        refuse_xml(in, *made.query, "INSERT");
        return {std::move(made), 0};
    }
    if (in.accept_all({"DEFAULT", "VALUES"})) {
        made.default_values = true;
        return {std::move(made), 0};
    }
    if (in.accept("EXEC") || in.accept("EXECUTE")) {
        statements one;
        one.push_back(parse_execute(in));
        made.call = std::make_shared<const statements>(std::move(one));
        return {std::move(made), 0};
    }
    in.expect("VALUES");
    do {
        in.expect("(");
        std::vector<expression> values;
        do values.push_back(value_or_default(in));
        while (in.accept(","));
        in.expect(")");
        made.rows.push_back(std::move(values));
    } while (in.accept(","));
    return {std::move(made), 0};
}

// What WHERE says, if it is there. Rows that a cursor stands on are not changed through it.
std::optional<expression> which_rows(token_reader& in) {
    if (!in.accept("WHERE")) return {};
    if (in.is("CURRENT") && in.is(1, "OF"))
        in.complain(lacks_statement("WHERE CURRENT OF", in.now().line));
    return parse_expression(in);
}

statement update(token_reader& in) {
    update_statement made;
    made.table = in.expect_table();
    in.expect("SET");
    do {
        assignment next{in.expect_name(), {}};
        const std::string adds = compound_operator(in);
        if (adds.empty()) {
            in.expect("=");
            next.what = value_or_default(in);
        } else {
            expression old;
            old.what = expression::kind::name;
            old.parts = {next.column};
            next.what = operation_of(adds, std::move(old), parse_expression(in));
        }
        made.assignments.push_back(std::move(next));
    } while (in.accept(","));
    made.where = which_rows(in);
    return {std::move(made), 0};
}

statement erase(token_reader& in) {
    delete_statement made;
    in.accept("FROM");
    made.table = in.expect_table();
    made.where = which_rows(in);
    return {std::move(made), 0};
}

std::int64_t whole_number(token_reader& in) {
    const bool negative = in.accept("-");
    if (in.now().what != token::kind::integer) in.complain();
    const auto number = std::strtoll(in.take().text.c_str(), nullptr, 10);
    return negative ? -number : number;
}

// IDENTITY [(seed, increment)]
void identity(token_reader& in, column_rule& rule) {
    rule.identity = true;
    if (!in.accept("(")) return;
    rule.seed = whole_number(in);
    in.expect(",");
    rule.increment = whole_number(in);
    in.expect(")");
}

// Kept as text: it is evaluated with each row.
void default_of(token_reader& in, column_rule& rule) {
    const auto begin = in.place();
    parse_expression(in);
    rule.default_text = in.text_since(begin);
    if (rule.default_text.empty()) in.complain();
}

void column_definition(token_reader& in, create_table_statement& made) {
    column next;
    column_rule rule;
    next.name = in.expect_name();
    next.type = parse_type(in, 1, made.columns.size() + 1);
    std::string name;  // of the constraint that follows
    while (!in.failed()) {
        if (in.accept_all({"NOT", "NULL"})) {
            next.nullable = false;
            name.clear();  // NULL has none
        } else if (in.accept("NULL")) {
            next.nullable = true;
            name.clear();
        } else if (in.accept("IDENTITY")) {
            identity(in, rule);
            next.nullable = false;
            next.identity = true;
        } else if (in.accept("DEFAULT")) {
            default_of(in, rule);
            rule.default_name = std::exchange(name, {});
        } else if (in.accept("CONSTRAINT")) {
            name = in.expect_name();
        } else if (parse_constraint(in, made, name, &next)) {
            name.clear();
        } else if (!parse_inline_index(in, made, &next)) {
            break;
        }
    }
    if (!name.empty()) in.complain();
    rule.column = next.name;
    if (rule.identity || !rule.default_text.empty()) made.rules.push_back(std::move(rule));
    made.columns.push_back(std::move(next));
}

statement create_table(token_reader& in) {
    create_table_statement made;
    made.table = in.expect_path();
    parse_columns(in, made);
    if (in.is("ON")) parse_filegroup(in);
    if (in.is("TEXTIMAGE_ON")) {
        in.take();
        in.take();
    }
    return {std::move(made), 0};
}

statement drop_table(token_reader& in) {
    drop_table_statement made;
    made.if_exists = in.accept_all({"IF", "EXISTS"});
    made.table = in.expect_path();
    return {std::move(made), 0};
}

void table_element(token_reader& in, create_table_statement& into) {
    std::string name;
    if (in.accept("CONSTRAINT")) name = in.expect_name();
    if (parse_constraint(in, into, name, nullptr) || parse_inline_index(in, into, nullptr)) return;
    if (in.accept("DEFAULT")) {
        column_rule rule;
        default_of(in, rule);
        rule.default_name = std::move(name);
        in.expect("FOR");
        rule.column = in.expect_name();
        into.rules.push_back(std::move(rule));
    } else if (name.empty()) {
        column_definition(in, into);
    } else {
        in.complain();
    }
}

statement alter_table(token_reader& in) {
    using kind = alter_table_statement::kind;
    alter_table_statement made;
    made.table = in.expect_path();
    if (in.is("WITH") && (in.is(1, "CHECK") || in.is(1, "NOCHECK"))) {
        in.take();
        made.with_check = in.accept("CHECK");
        made.trusts = !made.with_check && in.accept("NOCHECK");
    }
    if (in.is(1, "CONSTRAINT") && in.is_any({"CHECK", "NOCHECK"})) {
        made.what = kind::switch_constraints;
        made.enables = in.accept("CHECK");
        if (!made.enables) in.take();
        in.expect("CONSTRAINT");
        made.all = in.accept("ALL");
        if (made.all) return {std::move(made), 0};
        do made.columns.push_back(in.expect_name());
        while (in.accept(",") && !in.failed());
    } else if (in.accept_all({"ALTER", "COLUMN"})) {
        made.what = kind::alter_column;
        column_definition(in, made.shape);
    } else if (in.accept_all({"DROP", "COLUMN"})) {
        made.what = kind::drop_columns;
        made.if_exist = in.accept_all({"IF", "EXISTS"});
        do made.columns.push_back(in.expect_name());
        while (in.accept(","));
    } else if (in.accept("DROP")) {
        made.what = kind::drop_constraints;
        in.accept("CONSTRAINT");
        made.if_exist = in.accept_all({"IF", "EXISTS"});
        do {
            made.columns.push_back(in.expect_name());
            in.accept("CONSTRAINT");
        } while (in.accept(",") && !in.failed());
    } else {
        in.expect("ADD");
        do table_element(in, made.shape);
        while (in.accept(",") && !in.failed());
        made.with_values = in.accept_all({"WITH", "VALUES"});
    }
    return {std::move(made), 0};
}

}  // namespace

void parse_common_tables(token_reader& in) {
    do {
        const std::string name = in.expect_name();
        // The names of the columns stand before the query that has them.
        std::vector<std::string> columns;
        if (in.accept("(")) {
            do columns.push_back(in.expect_name());
            while (in.accept(","));
            in.expect(")");
        }
        in.expect("AS");
        in.expect("(");
        select_query query = parse_select(in);
        in.expect(")");
        if (!columns.empty()) name_columns(in, name, columns, query);
        in.add_common_table(name, std::make_shared<const select_query>(std::move(query)));
    } while (in.accept(","));
}

void parse_columns(token_reader& in, create_table_statement& into) {
    in.expect("(");
    do table_element(in, into);
    while (in.accept(",") && !in.failed());
    in.expect(")");
}

std::optional<statement> parse_data_statement(token_reader& in) {
    if (in.is("WITH")) {
        in.take();
        parse_common_tables(in);
    }
    if (in.is("SELECT")) return statement{select_statement{parse_select(in, true)}, 0};
    if (in.accept("INSERT")) return insert(in);
    if (in.accept("UPDATE")) return update(in);
    if (in.accept("DELETE")) return erase(in);
    if (in.accept_all({"CREATE", "TABLE"})) return create_table(in);
    if (in.accept_all({"DROP", "TABLE"})) return drop_table(in);
    if (stands_create_index(in)) return parse_create_index(in);
    if (in.accept_all({"DROP", "INDEX"})) return parse_drop_index(in);
    if (in.accept_all({"ALTER", "TABLE"})) return alter_table(in);
    if (in.accept_all({"TRUNCATE", "TABLE"}))
        return statement{truncate_statement{in.expect_path()}, 0};
    return {};
}

}  // namespace ha::mssqlsim
