// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>

// What stands behind FROM: tables, queries and lists of values that are tables, and how they are
// joined.

namespace ha::mssqlsim {

namespace {

sql_error wrong_number_of_columns(const std::string& name, bool more_than_named) {
    return {more_than_named ? 8158 : 8159,
            "'" + name + "' has " + (more_than_named ? "more" : "fewer") +
                " columns than were specified in the column list.",
            16,
            1,
            sql_error::reach::scope,
            0,
            {}};
}

// VALUES (...), (...): a query of constants for each row.
select_query listed_rows(token_reader& in) {
    select_query made;
    bool first = true;
    do {
        select_query next;
        in.expect("(");
        do next.items.emplace_back().what = parse_expression(in);
        while (in.accept(","));
        in.expect(")");
        if (first)
            made = std::move(next);
        else
            made.parts.push_back(
                {set_part::kind::union_all, std::make_shared<const select_query>(std::move(next))});
        first = false;
    } while (in.accept(",") && !in.failed());
    return made;
}

bool is_hint(const token_reader& in) {
    static constexpr std::array<std::string_view, 9> hints{"NOLOCK",
                                                           "READUNCOMMITTED",
                                                           "READCOMMITTED",
                                                           "READPAST",
                                                           "HOLDLOCK",
                                                           "ROWLOCK",
                                                           "UPDLOCK",
                                                           "TABLOCK",
                                                           "XLOCK"};
    return std::any_of(hints.begin(), hints.end(), [&](auto hint) { return in.is(1, hint); });
}

// Nobody waits for locks of what the catalog shows, with hints or without.
void skip_hints(token_reader& in) {
    if (in.is("WITH") && in.is(1, "(")) {
        in.take();
        in.skip_list();
    } else if (in.is("(") && is_hint(in)) {
        in.skip_list();
    }
}

void query_source(token_reader& in, table_source& made) {
    auto query = in.accept("VALUES") ? listed_rows(in) : parse_select(in);
    in.expect(")");
    made.alias = optional_alias(in);
    if (in.accept("(")) {
        std::vector<std::string> names;
        do names.push_back(in.expect_name());
        while (in.accept(","));
        in.expect(")");
        name_columns(in, made.alias, names, query);
    }
    made.derived = std::make_shared<const select_query>(std::move(query));
}

// Functions that are tables, and the columns that their arguments choose by: NULL chooses all.
struct choosing_function {
    std::string_view name;
    std::array<std::string_view, 2> columns;
};

const choosing_function* chooses(const std::vector<std::string>& name) {
    static constexpr std::array<choosing_function, 1> known{
        {{"dm_io_virtual_file_stats", {"database_id", "file_id"}}}};
    const auto* const at = std::find_if(known.begin(), known.end(), [&](const auto& one) {
        return same_name(one.name, name.back());
    });
    return at == known.end() ? nullptr : at;
}

// column = argument, or everything beside NULL
expression chosen(std::string_view table, std::string_view column, expression argument) {
    expression tested;
    tested.what = expression::kind::is_null;
    tested.arguments.push_back(argument);
    expression name;
    name.what = expression::kind::name;
    name.parts = {std::string{table}, std::string{column}};
    return operation_of(
        "OR", std::move(tested), operation_of("=", std::move(name), std::move(argument)));
}

// f(a, b): the query of f's rows that its arguments choose.
select_query called(token_reader& in,
                    const choosing_function& function,
                    const std::vector<std::string>& name) {
    select_query made;
    made.items.emplace_back().star = true;
    auto& source = made.sources.emplace_back();
    source.name = name;
    source.alias = "called function";
    in.expect("(");
    for (std::size_t i = 0; i < function.columns.size() && !in.failed(); ++i) {
        if (i > 0) in.expect(",");
        if (in.accept("DEFAULT")) continue;
        auto next = chosen(source.alias, function.columns[i], parse_expression(in));
        made.where = made.where ? operation_of("AND", std::move(*made.where), std::move(next))
                                : std::move(next);
    }
    in.expect(")");
    return made;
}

void named_source(token_reader& in, table_source& made) {
    made.name = in.expect_table();
    if (made.name.size() == 1)
        if (auto known = in.common_table(made.name.front())) made.derived = std::move(known);
    if (made.name.size() == 1 && same_name(made.name.front(), "STRING_SPLIT") && in.accept("(")) {
        do made.arguments.push_back(parse_expression(in));
        while (in.accept(","));
        in.expect(")");
    }
    // A function: whether there is such a one is found when it is asked.
    const auto* function = in.is("(") ? chooses(made.name) : nullptr;
    if (function != nullptr)
        made.derived = std::make_shared<const select_query>(called(in, *function, made.name));
    else if (in.is("(") && !is_hint(in))
        in.skip_list();
    skip_hints(in);
    made.alias = optional_alias(in);
    if (made.alias.empty()) made.alias = made.name.back();
}

table_source source(token_reader& in, table_source::join how) {
    table_source made;
    made.how = how;
    if (in.accept("("))
        query_source(in, made);
    else
        named_source(in, made);
    skip_hints(in);
    for (const char* word : {"PIVOT", "UNPIVOT"})
        if (in.is(word)) in.complain(lacks_statement(word, in.now().line));
    return made;
}

struct junction {
    table_source::join how;
    bool applied = false;
};

std::optional<junction> join_word(token_reader& in) {
    using join = table_source::join;
    if (in.accept_all({"CROSS", "APPLY"})) return junction{join::cross, true};
    if (in.accept_all({"OUTER", "APPLY"})) return junction{join::left, true};
    if (in.accept(",") || in.accept_all({"CROSS", "JOIN"})) return junction{join::cross};
    if (in.accept("JOIN") || in.accept_all({"INNER", "JOIN"})) return junction{join::inner};
    if (in.accept_all({"LEFT", "JOIN"}) || in.accept_all({"LEFT", "OUTER", "JOIN"}))
        return junction{join::left};
    if (in.accept_all({"RIGHT", "JOIN"}) || in.accept_all({"RIGHT", "OUTER", "JOIN"}))
        return junction{join::right};
    if (in.accept_all({"FULL", "JOIN"}) || in.accept_all({"FULL", "OUTER", "JOIN"}))
        return junction{join::full};
    return {};
}

}  // namespace

std::string optional_alias(token_reader& in) {
    if (in.accept("AS")) {
        if (in.now().what == token::kind::string) return in.take().text;
        return in.expect_name();
    }
    if (in.now().what == token::kind::string) return in.take().text;
    return in.is_name() ? in.take().text : std::string{};
}

void name_columns(token_reader& in,
                  const std::string& table,
                  const std::vector<std::string>& names,
                  select_query& made) {
    if (made.as_xml) {  // one text is its only column, whatever it is made of
        if (names.size() != 1) return in.complain(wrong_number_of_columns(table, false));
        made.as_xml->column = names.front();
        return;
    }
    const bool has_star =
        std::any_of(made.items.begin(), made.items.end(), [](const auto& one) { return one.star; });
    if (has_star) return in.complain(lacks_statement("* with a column list", in.now().line));
    if (names.size() != made.items.size())
        return in.complain(wrong_number_of_columns(table, made.items.size() > names.size()));
    for (std::size_t i = 0; i < names.size(); ++i) made.items[i].alias = names[i];
}

void parse_sources(token_reader& in, select_query& made) {
    made.sources.push_back(source(in, table_source::join::first));
    while (const auto next = join_word(in)) {
        table_source more = source(in, next->how);
        more.applied = next->applied;
        if (!next->applied && next->how != table_source::join::cross) {
            in.expect("ON");
            more.on = parse_expression(in);
        }
        made.sources.push_back(std::move(more));
    }
}

}  // namespace ha::mssqlsim
