// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

// Statements on tables.

namespace ha::mssqlsim {

namespace {

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
        return {std::move(made), 0};
    }
    in.expect("VALUES");
    do {
        in.expect("(");
        std::vector<expression> values;
        do values.push_back(parse_expression(in));
        while (in.accept(","));
        in.expect(")");
        made.rows.push_back(std::move(values));
    } while (in.accept(","));
    return {std::move(made), 0};
}

statement update(token_reader& in) {
    update_statement made;
    made.table = in.expect_table();
    in.expect("SET");
    do {
        assignment next{in.expect_name(), {}};
        const bool adds = in.is("+=");
        if (adds)
            in.take();
        else
            in.expect("=");
        next.what = parse_expression(in);
        if (adds) {
            expression whole;
            whole.what = expression::kind::operation;
            whole.text = "+";
            expression old;
            old.what = expression::kind::name;
            old.parts = {next.column};
            whole.arguments = {std::move(old), std::move(next.what)};
            next.what = std::move(whole);
        }
        made.assignments.push_back(std::move(next));
    } while (in.accept(","));
    if (in.accept("WHERE")) made.where = parse_expression(in);
    return {std::move(made), 0};
}

statement erase(token_reader& in) {
    delete_statement made;
    in.accept("FROM");
    made.table = in.expect_table();
    if (in.accept("WHERE")) made.where = parse_expression(in);
    return {std::move(made), 0};
}

void key_columns(token_reader& in, std::vector<std::string>& key) {
    if (!in.accept("CLUSTERED") && in.is("NONCLUSTERED")) in.take();
    in.expect("(");
    do {
        key.push_back(in.expect_name());
        if (!in.accept("ASC")) in.accept("DESC");
    } while (in.accept(","));
    in.expect(")");
}

void column_definition(token_reader& in, create_table_statement& made) {
    column next;
    next.name = in.expect_name();
    next.type = parse_type(in);
    while (!in.failed()) {
        if (in.accept_all({"NOT", "NULL"})) {
            next.nullable = false;
        } else if (in.accept("NULL")) {
            next.nullable = true;
        } else if (in.accept("CONSTRAINT")) {
            made.key_name = in.expect_name();
        } else if (in.accept_all({"PRIMARY", "KEY"})) {
            if (!in.accept("CLUSTERED")) in.accept("NONCLUSTERED");
            next.nullable = false;
            made.primary_key.push_back(next.name);
        } else {
            break;
        }
    }
    made.columns.push_back(std::move(next));
}

statement create_table(token_reader& in) {
    create_table_statement made;
    made.table = in.expect_path();
    parse_columns(in, made);
    return {std::move(made), 0};
}

statement drop_table(token_reader& in) {
    drop_table_statement made;
    made.if_exists = in.accept_all({"IF", "EXISTS"});
    made.table = in.expect_path();
    return {std::move(made), 0};
}

void common_tables(token_reader& in) {
    do {
        const std::string name = in.expect_name();
        in.expect("AS");
        in.expect("(");
        in.add_common_table(name, std::make_shared<const select_query>(parse_select(in)));
        in.expect(")");
    } while (in.accept(","));
}

}  // namespace

void parse_columns(token_reader& in, create_table_statement& into) {
    in.expect("(");
    do {
        if (in.accept("CONSTRAINT")) into.key_name = in.expect_name();
        if (in.accept_all({"PRIMARY", "KEY"}))
            key_columns(in, into.primary_key);
        else
            column_definition(in, into);
    } while (in.accept(",") && !in.failed());
    in.expect(")");
}

std::optional<statement> parse_data_statement(token_reader& in) {
    if (in.is("WITH")) {
        in.take();
        common_tables(in);
    }
    if (in.is("SELECT")) return statement{select_statement{parse_select(in, true)}, 0};
    if (in.accept("INSERT")) return insert(in);
    if (in.accept("UPDATE")) return update(in);
    if (in.accept("DELETE")) return erase(in);
    if (in.accept_all({"CREATE", "TABLE"})) return create_table(in);
    if (in.accept_all({"DROP", "TABLE"})) return drop_table(in);
    return {};
}

}  // namespace ha::mssqlsim
