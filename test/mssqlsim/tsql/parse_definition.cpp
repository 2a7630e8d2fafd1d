// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

// Statements about logins, certificates, endpoints, permissions and databases.

namespace ha::mssqlsim {

namespace {

using made_statement = std::optional<statement>;

definition_option value_token(token_reader& in) {
    definition_option made;
    const token& t = in.take();
    made.is_string = t.what == token::kind::string;
    made.text = t.what == token::kind::word ? upper(t.text) : t.text;
    if (t.what == token::kind::hexadecimal) made.bytes = bytes_of(t.text);
    return made;
}

// ('a', 'b') within a list: one element of it. Documented: there is one level of these.
definition_option value_set(token_reader& in) {
    definition_option made;
    in.expect("(");
    while (!in.at_end() && !in.accept(")")) {
        if (in.is("(")) in.complain();
        if (!in.accept(",")) made.inner.push_back(value_token(in));
    }
    return made;
}

// What stands behind NAME =: one value, and whatever words follow it.
void option_value(token_reader& in, definition_option& made) {
    if (in.accept("(")) {  // a list of values, or an address
        while (!in.at_end() && !in.accept(")"))
            if (!in.accept(",")) made.inner.push_back(in.is("(") ? value_set(in) : value_token(in));
        return;
    }
    definition_option first = value_token(in);
    made.text = std::move(first.text);
    made.is_string = first.is_string;
    made.bytes = std::move(first.bytes);
}

definition_option one_option(token_reader& in) {
    definition_option made;
    made.name = upper(in.take().text);
    while (in.now().what == token::kind::word && !in.is("=")) {  // ENCRYPTION BY PASSWORD
        made.name += " " + upper(in.take().text);
    }
    if (in.is("(")) {
        made.inner = parse_options(in);
    } else if (in.accept("=")) {
        option_value(in, made);
        while (!in.at_end() &&
               !in.is_any({",", ")", "("}))  // CERTIFICATE [c], REQUIRED ALGORITHM AES
            made.inner.push_back(value_token(in));
    }
    return made;
}

// a = b, c = d without parentheses, as behind WITH: values are single tokens.
std::vector<definition_option> loose_options(token_reader& in) {
    std::vector<definition_option> made;
    do {
        definition_option next;
        next.name = upper(in.take().text);
        while (in.now().what == token::kind::word && !in.is("="))
            next.name += " " + upper(in.take().text);
        if (in.is("(")) {
            next.inner = parse_options(in);
        } else {
            in.expect("=");
            option_value(in, next);
        }
        if (in.is("MUST_CHANGE") || in.is("HASHED")) in.take();
        made.push_back(std::move(next));
    } while (in.accept(",") || in.is("OLD_PASSWORD"));
    return made;
}

definition_statement definition(std::string verb) {
    definition_statement made;
    made.verb = std::move(verb);
    return made;
}

made_statement login(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.if_exists = in.accept_all({"IF", "EXISTS"});
    made.name = in.expect_name();
    if (in.is("ENABLE") || in.is("DISABLE")) {
        made.action = upper(in.take().text);
    } else if (in.accept_all({"FROM", "CERTIFICATE"})) {
        made.action = "FROM CERTIFICATE";
        made.names.push_back(in.expect_name());
    } else if (in.accept("WITH")) {
        made.options = loose_options(in);
    }
    return statement{std::move(made), 0};
}

made_statement user(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.name = in.expect_name();
    if (in.accept_all({"WITHOUT", "LOGIN"})) {
        made.action = "WITHOUT LOGIN";
    } else if (in.accept("FOR") || in.accept("FROM")) {
        in.expect("LOGIN");
        made.names.push_back(in.expect_name());
    } else {
        made.names.push_back(made.name);
    }
    if (in.accept("WITH")) made.options = loose_options(in);
    return statement{std::move(made), 0};
}

// ALTER USER name WITH NAME = ..., LOGIN = ..., DEFAULT_SCHEMA = ...
made_statement alter_user(token_reader& in) {
    auto made = definition("ALTER USER");
    made.name = in.expect_name();
    in.expect("WITH");
    made.options = loose_options(in);
    return statement{std::move(made), 0};
}

// ALTER EVENT SESSION name ON SERVER [WITH (STARTUP_STATE = ON)] [STATE = START]: what it records
// is not changed here.
made_statement alter_event_session(token_reader& in) {
    auto made = definition("ALTER EVENT SESSION");
    made.name = in.expect_name();
    in.expect("ON");
    in.expect("SERVER");
    if (in.is("ADD") || in.is("DROP"))
        in.complain(lacks_statement("ALTER EVENT SESSION " + upper(in.now().text), in.now().line));
    if (in.accept("WITH")) made.options = parse_options(in);
    if (in.accept("STATE")) {
        in.expect("=");
        made.action = upper(in.take().text);
        if (made.action != "START" && made.action != "STOP") in.complain();
    }
    if (made.options.empty() && made.action.empty()) in.complain();
    return statement{std::move(made), 0};
}

made_statement create_role(token_reader& in) {
    auto made = definition("CREATE ROLE");
    made.name = in.expect_name();
    if (in.accept("AUTHORIZATION")) made.names.push_back(in.expect_name());
    return statement{std::move(made), 0};
}

// ALTER [SERVER] ROLE name ADD MEMBER who
made_statement change_role(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.name = in.expect_name();
    made.action = upper(in.take().text);
    in.expect("MEMBER");
    made.names.push_back(in.expect_name());
    return statement{std::move(made), 0};
}

made_statement certificate(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.name = in.expect_name();
    if (in.accept("AUTHORIZATION")) made.names.push_back(in.expect_name());
    if (in.accept("FROM")) {
        made.action = "FROM";
        if (!in.is("BINARY")) in.complain();
        made.options = loose_options(in);
    }
    if (in.accept_all({"ENCRYPTION", "BY", "PASSWORD"})) {
        in.expect("=");
        in.expect_string();
    }
    if (in.accept("WITH"))
        for (auto& next : loose_options(in)) made.options.push_back(std::move(next));
    return statement{std::move(made), 0};
}

made_statement master_key(token_reader& in, const char* verb) {
    auto made = definition(verb);
    while (!in.at_end() && !in.failed() &&
           in.is_any({"ENCRYPTION", "BY", "PASSWORD", "REGENERATE", "WITH", "FORCE"}))
        in.take();
    if (in.accept("=")) made.names.push_back(in.expect_string());
    return statement{std::move(made), 0};
}

void endpoint_clauses(token_reader& in, definition_statement& made) {
    while (!in.failed()) {
        if (in.accept("STATE")) {
            in.expect("=");
            definition_option state;
            state.name = "STATE";
            state.text = upper(in.take().text);
            made.options.push_back(std::move(state));
        } else if (in.accept_all({"AS", "TCP"}) || in.accept_all({"FOR", "DATABASE_MIRRORING"}) ||
                   in.accept_all({"FOR", "DATA_MIRRORING"})) {
            for (auto& next : parse_options(in)) made.options.push_back(std::move(next));
        } else {
            return;
        }
    }
}

made_statement endpoint(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.name = in.expect_name();
    if (in.accept("AUTHORIZATION")) in.expect_name();
    endpoint_clauses(in, made);
    return statement{std::move(made), 0};
}

// ON class::object, or ON a table's name alone, which is of the class OBJECT.
void securable(token_reader& in, definition_statement& made) {
    std::size_t words = 0;
    while (words < 3 && !in.is(words, "::")) ++words;
    if (in.is(words, "::")) {
        for (std::size_t i = 0; i < words; ++i)
            made.action += (i == 0 ? "" : " ") + upper(in.take().text);
        in.expect("::");
    } else {
        made.action = "OBJECT";
    }
    made.name = made.action == "OBJECT" ? in.expect_path().back() : in.expect_name();
}

// GRANT p [, p] [ON class::object] TO grantee [, grantee]: permissions are options, the class is
// the action.
made_statement permission(token_reader& in, const char* verb) {
    auto made = definition(verb);
    do {
        definition_option next;
        while (in.now().what == token::kind::word && !in.is_any({"ON", "TO", "FROM"})) {
            if (!next.name.empty()) next.name += ' ';
            next.name += upper(in.take().text);
        }
        made.options.push_back(std::move(next));
    } while (in.accept(","));
    if (in.accept("ON")) securable(in, made);
    if (!in.accept("TO")) in.expect("FROM");
    do made.names.push_back(in.expect_name());
    while (in.accept(","));
    if (in.accept("WITH")) {
        in.expect("GRANT");
        in.expect("OPTION");
    }
    in.accept("CASCADE");
    return statement{std::move(made), 0};
}

// = NONE or = PARTIAL
definition_option containment(token_reader& in) {
    definition_option made;
    made.name = "CONTAINMENT";
    in.expect("=");
    if (!in.is("NONE") && !in.is("PARTIAL")) in.complain();
    made.text = upper(in.take().text);
    return made;
}

made_statement create_database(token_reader& in) {
    auto made = definition("CREATE DATABASE");
    made.name = in.expect_name();
    if (in.accept("CONTAINMENT")) made.options.push_back(containment(in));
    if (in.accept("COLLATE")) in.expect_name();
    return statement{std::move(made), 0};
}

made_statement alter_database(token_reader& in) {
    auto made = definition("ALTER DATABASE");
    made.name = in.expect_name();
    in.expect("SET");
    made.action = upper(in.take().text);
    if (made.action == "HADR") {
        if (in.accept_all({"AVAILABILITY", "GROUP"})) {
            in.expect("=");
            made.names.push_back(in.expect_name());
            made.action = "HADR GROUP";
        } else {
            made.action += " " + upper(in.take().text);
        }
        return statement{std::move(made), 0};
    }
    if (made.action == "CONTAINMENT") {
        made.options.push_back(containment(in));
        return statement{std::move(made), 0};
    }
    if (in.accept("=")) {}
    if (!in.at_end() && !in.is(";") && !in.is("WITH")) {
        definition_option setting;
        setting.text = upper(in.take().text);
        made.options.push_back(std::move(setting));
    }
    if (in.accept("WITH"))
        while (in.is_any({"ROLLBACK", "IMMEDIATE", "NO_WAIT"})) in.take();
    return statement{std::move(made), 0};
}

made_statement backup(token_reader& in) {
    auto made = definition("BACKUP DATABASE");
    if (!in.accept("DATABASE")) {
        in.expect("LOG");
        made.verb = "BACKUP LOG";
    }
    made.name = in.expect_name();
    in.expect("TO");
    in.expect("DISK");
    in.expect("=");
    made.names.push_back(in.expect_string());
    if (in.accept("WITH")) do {
            definition_option next;
            next.name = upper(in.take().text);
            if (in.is("(")) in.skip_list();
            if (in.accept("=")) {
                auto given = value_token(in);
                next.text = std::move(given.text);
                next.is_string = given.is_string;
            }
            made.options.push_back(std::move(next));
        } while (in.accept(",") && !in.failed());
    return statement{std::move(made), 0};
}

made_statement plain_drop(token_reader& in, const char* verb) {
    auto made = definition(verb);
    made.if_exists = in.accept_all({"IF", "EXISTS"});
    made.name = in.expect_name();
    return statement{std::move(made), 0};
}

// DBCC command (argument, ...) WITH word, ...: a number may have a sign.
made_statement dbcc(token_reader& in) {
    auto made = definition("DBCC");
    made.action = upper(in.take().text);
    if (in.accept("(")) {
        while (!in.at_end() && !in.failed() && !in.accept(")")) {
            definition_option next;
            if (in.accept("-")) next.text = "-";
            next.text += in.take().text;
            made.options.push_back(std::move(next));
            if (!in.is(")")) in.expect(",");
        }
    }
    if (in.accept("WITH")) do {
            made.names.push_back(upper(in.take().text));
            if (made.names.back() == "TABLERESULTS")
                in.complain(lacks_statement("DBCC WITH TABLERESULTS", in.now().line));
        } while (in.accept(",") && !in.failed());
    const bool of_logs = made.options.size() == 1 && upper(made.options.front().text) == "LOGSPACE";
    if (made.action == "SQLPERF" && !of_logs)
        in.complain(lacks_statement("DBCC SQLPERF", in.now().line));
    return statement{std::move(made), 0};
}

made_statement others(token_reader& in) {
    if (in.accept("GRANT")) return permission(in, "GRANT");
    if (in.accept("REVOKE")) return permission(in, "REVOKE");
    if (in.accept("DENY")) return permission(in, "DENY");
    if (in.accept("BACKUP")) return backup(in);
    if (in.accept("DBCC")) return dbcc(in);
    if (in.accept("KILL")) {
        auto made = definition("KILL");
        made.name = in.take().text;
        return statement{std::move(made), 0};
    }
    if (in.accept("RECONFIGURE")) {
        auto made = definition("RECONFIGURE");
        if (in.accept("WITH")) {
            in.expect("OVERRIDE");
            made.action = "OVERRIDE";
        }
        return statement{std::move(made), 0};
    }
    if (in.accept("SHUTDOWN")) {
        if (in.accept("WITH")) in.expect("NOWAIT");
        return statement{definition("SHUTDOWN"), 0};
    }
    return {};
}

}  // namespace

std::vector<definition_option> parse_options(token_reader& in) {
    const token_reader::level here{in};
    std::vector<definition_option> made;
    in.expect("(");
    while (!in.at_end() && !in.accept(")")) {
        if (in.accept(",")) continue;
        made.push_back(one_option(in));
    }
    return made;
}

std::optional<statement> parse_definition(token_reader& in) {
    if (in.accept_all({"CREATE", "LOGIN"})) return login(in, "CREATE LOGIN");
    if (in.accept_all({"ALTER", "LOGIN"})) return login(in, "ALTER LOGIN");
    if (in.accept_all({"DROP", "LOGIN"})) return login(in, "DROP LOGIN");
    if (in.accept_all({"CREATE", "USER"})) return user(in, "CREATE USER");
    if (in.accept_all({"ALTER", "USER"})) return alter_user(in);
    if (in.accept_all({"DROP", "USER"})) return plain_drop(in, "DROP USER");
    if (in.accept_all({"CREATE", "ROLE"})) return create_role(in);
    if (in.accept_all({"ALTER", "ROLE"})) return change_role(in, "ALTER ROLE");
    if (in.accept_all({"DROP", "ROLE"})) return plain_drop(in, "DROP ROLE");
    if (in.accept_all({"CREATE", "CERTIFICATE"})) return certificate(in, "CREATE CERTIFICATE");
    if (in.accept_all({"DROP", "CERTIFICATE"})) return plain_drop(in, "DROP CERTIFICATE");
    if (in.accept_all({"CREATE", "MASTER", "KEY"})) return master_key(in, "CREATE MASTER KEY");
    if (in.accept_all({"ALTER", "MASTER", "KEY"})) return master_key(in, "ALTER MASTER KEY");
    if (in.accept_all({"DROP", "MASTER", "KEY"}))
        return statement{definition("DROP MASTER KEY"), 0};
    if (in.accept_all({"CREATE", "ENDPOINT"})) return endpoint(in, "CREATE ENDPOINT");
    if (in.accept_all({"ALTER", "ENDPOINT"})) return endpoint(in, "ALTER ENDPOINT");
    if (in.accept_all({"DROP", "ENDPOINT"})) return plain_drop(in, "DROP ENDPOINT");
    if (in.accept_all({"CREATE", "DATABASE"})) return create_database(in);
    if (in.accept_all({"ALTER", "DATABASE"})) return alter_database(in);
    if (in.accept_all({"DROP", "DATABASE"})) return plain_drop(in, "DROP DATABASE");
    if (in.accept_all({"ALTER", "SERVER", "ROLE"})) return change_role(in, "ALTER SERVER ROLE");
    if (in.accept_all({"ALTER", "EVENT", "SESSION"})) return alter_event_session(in);
    return others(in);
}

}  // namespace ha::mssqlsim
