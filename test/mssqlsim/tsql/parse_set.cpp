// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/form.hpp"
#include "test/mssqlsim/tsql/parser.hpp"
#include "test/mssqlsim/tsql/token_reader.hpp"

#include <algorithm>
#include <array>

// SET: of a variable, and of the options of a session.
// source: docs t-sql/statements/set-statements-transact-sql.md

namespace ha::mssqlsim {

namespace {

struct known_option {
    std::string_view name;
    // What it may be set to; another value it has in the engine, and its effect not here.
    std::string_view only = {};
};

// What has an effect that the double has not may only be what every driver sets it to.
constexpr std::array switches{known_option{"ANSI_DEFAULTS", "ON"},
                              known_option{"ANSI_NULLS", "ON"},
                              known_option{"ANSI_NULL_DFLT_OFF", "OFF"},
                              known_option{"ANSI_NULL_DFLT_ON", "ON"},
                              known_option{"ANSI_PADDING", "ON"},
                              known_option{"ANSI_WARNINGS"},
                              known_option{"ARITHABORT"},
                              known_option{"ARITHIGNORE", "OFF"},
                              known_option{"CONCAT_NULL_YIELDS_NULL", "ON"},
                              known_option{"CURSOR_CLOSE_ON_COMMIT"},
                              known_option{"FMTONLY"},
                              known_option{"FORCEPLAN"},
                              known_option{"IMPLICIT_TRANSACTIONS"},
                              known_option{"NOCOUNT"},
                              known_option{"NOEXEC"},
                              known_option{"NUMERIC_ROUNDABORT", "OFF"},
                              known_option{"PARSEONLY"},
                              known_option{"QUOTED_IDENTIFIER"},
                              known_option{"REMOTE_PROC_TRANSACTIONS"},
                              known_option{"SHOWPLAN_ALL", "OFF"},
                              known_option{"SHOWPLAN_TEXT", "OFF"},
                              known_option{"SHOWPLAN_XML", "OFF"},
                              known_option{"XACT_ABORT"}};

// Followed by a word, a number or a variable.
constexpr std::array values{known_option{"CONTEXT_INFO"},
                            known_option{"DATEFIRST", "7"},
                            known_option{"DATEFORMAT", "MDY"},
                            known_option{"DEADLOCK_PRIORITY"},
                            known_option{"LANGUAGE", "US_ENGLISH"},
                            known_option{"LOCK_TIMEOUT"},
                            known_option{"QUERY_GOVERNOR_COST_LIMIT"},
                            known_option{"ROWCOUNT"},
                            known_option{"TEXTSIZE"}};

template <class List>
const known_option* find(const List& among, const std::string& name) {
    const auto* at = std::find_if(
        among.begin(), among.end(), [&](const known_option& one) { return one.name == name; });
    return at == among.end() ? nullptr : at;
}

sql_error unknown_option(const token& name) {
    return {195,
            "'" + name.text + "' is not a recognized SET option.",
            15,
            5,
            sql_error::reach::scope,
            name.line,
            {}};
}

// ON or OFF for all of them; STATISTICS has names of its own.
void read_switches(token_reader& in, session_option& into, bool statistics) {
    const std::int32_t line = in.now().line;
    std::string_view only;
    do {
        const std::string name = upper(in.now().text);
        const known_option* known = find(switches, name);
        if (statistics && in.is_any({"IO", "PROFILE", "TIME", "XML"}))
            only = "OFF";
        else if (statistics)
            in.complain();
        else if (known == nullptr)
            in.complain(unknown_option(in.now()));
        else if (!known->only.empty())
            only = known->only;
        into.names.push_back((statistics ? "STATISTICS " : "") + name);
        in.take();
    } while (in.accept(","));
    into.setting = in.is("ON") ? "ON" : "OFF";
    if (!in.accept("ON")) in.expect("OFF");
    if (!only.empty() && into.setting != only)
        in.complain(lacks_statement("SET " + into.names.back() + " " + into.setting, line));
}

void read_value(token_reader& in, session_option& into, const known_option& known) {
    const std::int32_t line = in.take().line;
    into.names.emplace_back(known.name);
    if (in.is_name()) {
        into.setting = upper(in.take().text);
    } else {
        into.value = parse_expression(in);
        if (const auto* number = std::get_if<std::int64_t>(&into.value->constant))
            into.setting = std::to_string(*number);
        if (const auto* text = std::get_if<std::string>(&into.value->constant))
            into.setting = upper(*text);
    }
    if (known.name == "LANGUAGE" && into.setting == "ENGLISH") into.setting = "US_ENGLISH";
    if (!known.only.empty() && into.setting != known.only)
        in.complain(lacks_statement("SET " + into.names.back() + " " + into.setting, line));
}

statement of_variable(token_reader& in) {
    set_statement made;
    made.variable = in.take().text;
    const std::string adds = compound_operator(in);
    if (adds.empty()) in.expect("=");
    if (adds.empty() && in.accept("CURSOR"))
        return parse_cursor_assignment(in, std::move(made.variable));
    made.what = parse_expression(in);
    if (!adds.empty()) {
        expression old;
        old.what = expression::kind::variable;
        old.text = made.variable;
        made.what = operation_of(adds, std::move(old), std::move(made.what));
    }
    return {std::move(made), 0};
}

void read_isolation(token_reader& in, session_option& into) {
    into.names = {"TRANSACTION ISOLATION LEVEL"};
    if (in.is_any({"SNAPSHOT", "SERIALIZABLE"})) {
        into.setting = upper(in.take().text);
    } else if (in.accept("REPEATABLE")) {
        in.expect("READ");
        into.setting = "REPEATABLE READ";
    } else {
        in.expect("READ");
        into.setting = in.is("UNCOMMITTED") ? "READ UNCOMMITTED" : "READ COMMITTED";
        if (!in.accept("UNCOMMITTED")) in.expect("COMMITTED");
    }
}

}  // namespace

statement parse_set(token_reader& in) {
    if (in.is_variable()) return of_variable(in);
    session_option made;
    if (in.accept_all({"TRANSACTION", "ISOLATION", "LEVEL"}) ||
        in.accept_all({"TRAN", "ISOLATION", "LEVEL"})) {
        read_isolation(in, made);
    } else if (in.accept("IDENTITY_INSERT")) {
        made.names = {"IDENTITY_INSERT"};
        made.table = in.expect_path();
        made.setting = in.is("ON") ? "ON" : "OFF";
        if (!in.accept("ON")) in.expect("OFF");
    } else if (in.accept("STATISTICS")) {
        read_switches(in, made, true);
    } else if (const auto* known = find(values, upper(in.now().text))) {
        read_value(in, made, *known);
    } else {
        read_switches(in, made, false);
    }
    return {std::move(made), 0};
}

}  // namespace ha::mssqlsim
