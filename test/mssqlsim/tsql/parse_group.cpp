// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/token_reader.hpp"

// CREATE, ALTER and DROP AVAILABILITY GROUP.

namespace ha::mssqlsim {

namespace {

// 'server' WITH ( ... ), separated by commas.
void replicas(token_reader& in, definition_statement& made) {
    do {
        definition_option next;
        next.text = in.expect_string();
        in.expect("WITH");
        next.inner = parse_options(in);
        made.replicas.push_back(std::move(next));
    } while (in.accept(",") && !in.failed());
}

void numbered_port(token_reader& in, definition_statement& made) {
    in.expect("=");
    definition_option port;
    port.name = "PORT";
    port.text = in.take().text;
    made.options.push_back(std::move(port));
}

// ( [WITH | ADD] IP ( ('address', 'mask'), ... ), PORT = 1433 ): addresses are options IP, their
// masks are inside.
void listener_options(token_reader& in, definition_statement& made) {
    in.expect("(");
    while (!in.at_end() && !in.failed() && !in.accept(")")) {
        if (in.accept(",") || in.accept("WITH") || in.accept("ADD")) continue;
        if (in.accept("PORT")) {
            numbered_port(in, made);
            continue;
        }
        in.expect("IP");
        const bool several = in.is("(") && in.is(1, "(");
        if (several) in.take();
        do {
            definition_option address;
            address.name = "IP";
            in.expect("(");
            address.text = in.expect_string();
            if (in.accept(",")) address.inner.push_back({{}, in.expect_string(), {}, true, {}});
            in.expect(")");
            made.options.push_back(std::move(address));
        } while (several && in.accept(","));
        if (several) in.expect(")");
    }
}

bool listener_actions(token_reader& in, definition_statement& made) {
    for (const char* verb : {"ADD", "MODIFY", "REMOVE", "RESTART"}) {
        if (!in.accept_all({verb, "LISTENER"})) continue;
        made.action = std::string{verb} + " LISTENER";
        made.names.push_back(in.expect_string());
        if (in.is("(")) listener_options(in, made);
        return true;
    }
    return false;
}

statement create(token_reader& in) {
    definition_statement made;
    made.verb = "CREATE AVAILABILITY GROUP";
    made.name = in.expect_name();
    if (in.accept("WITH")) made.options = parse_options(in);
    in.expect("FOR");
    if (in.accept("DATABASE")) {
        do made.names.push_back(in.expect_name());
        while (in.accept(","));
    }
    in.expect("REPLICA");
    in.expect("ON");
    replicas(in, made);
    return {std::move(made), 0};
}

void databases(token_reader& in, definition_statement& made, const char* action) {
    made.action = action;
    do made.names.push_back(in.expect_name());
    while (in.accept(","));
}

void join(token_reader& in, definition_statement& made) {
    made.action = "JOIN";
    if (in.accept("WITH")) made.options = parse_options(in);
}

bool replica_actions(token_reader& in, definition_statement& made) {
    if (in.accept_all({"ADD", "REPLICA", "ON"}))
        made.action = "ADD REPLICA";
    else if (in.accept_all({"MODIFY", "REPLICA", "ON"}))
        made.action = "MODIFY REPLICA";
    else if (in.accept_all({"REMOVE", "REPLICA", "ON"}))
        made.action = "REMOVE REPLICA";
    else
        return false;
    if (made.action == "REMOVE REPLICA")
        made.names.push_back(in.expect_string());
    else
        replicas(in, made);
    return true;
}

statement alter(token_reader& in) {
    definition_statement made;
    made.verb = "ALTER AVAILABILITY GROUP";
    made.name = in.expect_name();
    if (replica_actions(in, made) || listener_actions(in, made)) return {std::move(made), 0};
    if (in.accept("SET")) {
        made.action = "SET";
        made.options = parse_options(in);
    } else if (in.accept_all({"ADD", "DATABASE"})) {
        databases(in, made, "ADD DATABASE");
    } else if (in.accept_all({"REMOVE", "DATABASE"})) {
        databases(in, made, "REMOVE DATABASE");
    } else if (in.accept("JOIN")) {
        join(in, made);
    } else if (in.accept_all({"GRANT", "CREATE", "ANY", "DATABASE"})) {
        made.action = "GRANT CREATE ANY DATABASE";
    } else if (in.accept_all({"DENY", "CREATE", "ANY", "DATABASE"})) {
        made.action = "DENY CREATE ANY DATABASE";
    } else if (in.is_any({"FAILOVER", "FORCE_FAILOVER_ALLOW_DATA_LOSS", "OFFLINE"})) {
        made.action = upper(in.take().text);
    } else {
        in.complain();
    }
    return {std::move(made), 0};
}

}  // namespace

std::optional<statement> parse_group_definition(token_reader& in) {
    if (in.accept_all({"CREATE", "AVAILABILITY", "GROUP"})) return create(in);
    if (in.accept_all({"ALTER", "AVAILABILITY", "GROUP"})) return alter(in);
    if (in.accept_all({"DROP", "AVAILABILITY", "GROUP"})) {
        definition_statement made;
        made.verb = "DROP AVAILABILITY GROUP";
        made.name = in.expect_name();
        return statement{std::move(made), 0};
    }
    return {};
}

}  // namespace ha::mssqlsim
