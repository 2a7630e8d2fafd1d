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
    if (replica_actions(in, made)) return {std::move(made), 0};
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
