// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>

// What holds for a table's rows, and its indexes: PRIMARY KEY, UNIQUE, CHECK, REFERENCES, INDEX.

namespace ha::mssqlsim {

namespace {

using kind = table_constraint::kind;

// How it is kept, which the double takes for granted: WITH (...), ON [PRIMARY].
void storage_options(token_reader& in) {
    if (in.is("WITH") && in.is(1, "(")) {
        in.take();
        in.skip_list();
    }
    if (!in.is("ON") || in.is(1, "DELETE") || in.is(1, "UPDATE")) return;
    parse_filegroup(in);
}

struct clustering {
    bool clustered = false;
    bool nonclustered = false;
};

clustering parse_clustering(token_reader& in) {
    clustering made;
    made.clustered = in.accept("CLUSTERED");
    if (!made.clustered) made.nonclustered = in.accept("NONCLUSTERED");
    return made;
}

std::vector<constraint_column> columns_of(token_reader& in) {
    std::vector<constraint_column> made;
    in.expect("(");
    do {
        constraint_column one;
        one.name = in.expect_name();
        if (!in.accept("ASC")) one.descending = in.accept("DESC");
        made.push_back(std::move(one));
    } while (in.accept(",") && !in.failed());
    in.expect(")");
    return made;
}

std::vector<std::string> names_of(token_reader& in) {
    std::vector<std::string> made;
    in.expect("(");
    do made.push_back(in.expect_name());
    while (in.accept(",") && !in.failed());
    in.expect(")");
    return made;
}

// Behind PRIMARY KEY. Of a column when the columns are not listed.
void primary_key(token_reader& in, create_table_statement& into, column* of) {
    const auto how = parse_clustering(in);
    into.key_clustered = how.clustered;
    into.key_nonclustered = how.nonclustered;
    if (of == nullptr || in.is("(")) {
        for (auto& one : columns_of(in)) into.primary_key.push_back(std::move(one.name));
    } else {
        of->nullable = false;
        into.primary_key.push_back(of->name);
    }
    storage_options(in);
}

// Behind UNIQUE.
table_constraint unique(token_reader& in, const column* of) {
    table_constraint made;
    made.what = kind::unique;
    made.is_unique = true;
    made.is_clustered = parse_clustering(in).clustered;
    if (of == nullptr || in.is("("))
        made.columns = columns_of(in);
    else
        made.columns.push_back({of->name});
    storage_options(in);
    return made;
}

// Behind CHECK. Kept as text, as it is asked of each row.
table_constraint check(token_reader& in) {
    table_constraint made;
    made.what = kind::check;
    in.accept_all({"NOT", "FOR", "REPLICATION"});
    in.expect("(");
    const auto begin = in.place();
    parse_expression(in);
    made.condition = in.text_since(begin);
    if (made.condition.empty()) in.complain();
    in.expect(")");
    return made;
}

table_constraint::action action_of(token_reader& in) {
    using action = table_constraint::action;
    if (in.accept_all({"NO", "ACTION"})) return action::none;
    if (in.accept("CASCADE")) return action::cascade;
    in.expect("SET");
    if (in.accept("NULL")) return action::set_null;
    in.expect("DEFAULT");
    return action::set_default;
}

// Behind FOREIGN KEY, or at REFERENCES.
table_constraint foreign_key(token_reader& in, const column* of) {
    table_constraint made;
    made.what = kind::foreign_key;
    if (in.is("("))
        for (auto& one : names_of(in)) made.columns.push_back({std::move(one), false, false});
    else if (of != nullptr)
        made.columns.push_back({of->name, false, false});
    in.expect("REFERENCES");
    const auto line = in.now().line;
    const auto path = in.expect_path();
    if (path.size() > 2) in.complain(lacks_statement("REFERENCES in a database", line));
    if (path.size() == 2 && !path[0].empty() && !same_name(path[0], "dbo"))
        made.referenced_table = path[0] + ".";
    if (!path.empty()) made.referenced_table += path.back();
    if (in.is("(")) made.referenced_columns = names_of(in);
    while (in.is("ON") && !in.failed()) {
        in.take();
        const bool deletes = in.accept("DELETE");
        if (!deletes) in.expect("UPDATE");
        (deletes ? made.on_delete : made.on_update) = action_of(in);
    }
    in.accept_all({"NOT", "FOR", "REPLICATION"});
    return made;
}

bool starts_constraint(const token_reader& in) {
    return in.is_any({"PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "REFERENCES"});
}

}  // namespace

void parse_filegroup(token_reader& in) {
    in.expect("ON");
    const auto line = in.now().line;
    const std::string group = in.is_name() ? in.take().text : in.expect_string();
    if (!in.failed() && !same_name(group, "PRIMARY") && !same_name(group, "default"))
        in.complain(lacks_statement("ON " + group, line));
}

bool parse_constraint(token_reader& in,
                      create_table_statement& into,
                      const std::string& name,
                      column* of) {
    if (!starts_constraint(in)) return false;
    if (in.accept_all({"PRIMARY", "KEY"})) {
        into.key_name = name;
        primary_key(in, into, of);
        return true;
    }
    table_constraint made;
    if (in.accept_all({"FOREIGN", "KEY"}) || in.is("REFERENCES")) {
        made = foreign_key(in, of);
    } else if (in.accept("CHECK")) {
        made = check(in);
    } else {
        in.expect("UNIQUE");
        made = unique(in, of);
    }
    made.name = name;
    into.constraints.push_back(std::move(made));
    return true;
}

// [UNIQUE] [CLUSTERED] [(columns)] ... behind its name.
table_constraint parse_index(token_reader& in, bool is_unique, bool is_clustered) {
    table_constraint made;
    made.what = kind::index;
    made.is_unique = is_unique;
    made.is_clustered = is_clustered;
    made.columns = columns_of(in);
    if (in.accept("INCLUDE"))
        for (auto& one : names_of(in)) made.columns.push_back({std::move(one), false, true});
    if (in.accept("WHERE")) {
        const auto begin = in.place();
        parse_expression(in);
        made.condition = in.text_since(begin);
        if (made.condition.empty()) in.complain();
    }
    return made;
}

bool parse_inline_index(token_reader& in, create_table_statement& into, const column* of) {
    if (!in.is("INDEX")) return false;
    in.take();
    std::string name = in.expect_name();
    const bool is_unique = in.accept("UNIQUE");
    const bool is_clustered = parse_clustering(in).clustered;
    table_constraint made;
    if (of != nullptr && !in.is("(")) {
        made.what = kind::index;
        made.is_unique = is_unique;
        made.is_clustered = is_clustered;
        made.columns.push_back({of->name});
    } else {
        made = parse_index(in, is_unique, is_clustered);
    }
    made.name = std::move(name);
    storage_options(in);
    into.constraints.push_back(std::move(made));
    return true;
}

bool stands_create_index(const token_reader& in) {
    std::size_t at = 1;
    if (in.is(at, "UNIQUE")) ++at;
    if (in.is(at, "CLUSTERED") || in.is(at, "NONCLUSTERED")) ++at;
    return in.is("CREATE") && in.is(at, "INDEX");
}

statement parse_create_index(token_reader& in) {
    alter_table_statement made;
    made.what = alter_table_statement::kind::create_index;
    in.expect("CREATE");
    const bool is_unique = in.accept("UNIQUE");
    const bool is_clustered = parse_clustering(in).clustered;
    in.expect("INDEX");
    std::string name = in.expect_name();
    in.expect("ON");
    made.table = in.expect_path();
    auto index = parse_index(in, is_unique, is_clustered);
    index.name = std::move(name);
    if (in.accept("WITH")) {
        for (const auto& one : parse_options(in)) {
            made.drop_existing =
                made.drop_existing || (one.name == "DROP_EXISTING" && same_name(one.text, "ON"));
            if (one.name == "IGNORE_DUP_KEY" && same_name(one.text, "ON"))
                in.complain(lacks_statement("IGNORE_DUP_KEY", in.now().line));
        }
    }
    if (in.is("ON")) parse_filegroup(in);
    made.shape.constraints.push_back(std::move(index));
    return {std::move(made), 0};
}

// DROP INDEX name ON table, or table.name as it was written once.
statement parse_drop_index(token_reader& in) {
    alter_table_statement made;
    made.what = alter_table_statement::kind::drop_index;
    made.if_exist = in.accept_all({"IF", "EXISTS"});
    auto path = in.expect_path();
    if (path.size() == 1) {
        if (!in.is("ON"))
            in.complain({159,
                         "Must specify the table name and index name for the DROP INDEX statement.",
                         15,
                         1,
                         sql_error::reach::scope,
                         in.now().line,
                         {}});
        in.expect("ON");
        made.table = in.expect_path();
        storage_options(in);
    }
    if (!path.empty()) {
        made.columns.push_back(path.back());
        path.pop_back();
    }
    if (!path.empty()) made.table = std::move(path);
    if (in.is(",")) in.complain(lacks_statement("DROP INDEX of several", in.now().line));
    return {std::move(made), 0};
}

}  // namespace ha::mssqlsim
