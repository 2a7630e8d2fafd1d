// SPDX-License-Identifier: MIT
#include "agent/statements/canary.hpp"
#include "agent/statements/commands.hpp"
#include "agent/statements/databases.hpp"
#include "agent/statements/instance.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

// Every text the agent can send, as a file that people read and that the double's interpreter is
// tried on.

using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

guard guarded(std::vector<role> roles) {
    return guard{"6F9619FF-8B86-D011-B42D-00C04FC964FF", "ag-0", std::move(roles), 123456789};
}

guard unformed() {
    return guard{"", "ag-0", {}, 123456789};
}

group_spec three() {
    group_spec spec;
    spec.name = "ag1";
    auto url = [](int ordinal) {
        return "TCP://ag-" + std::to_string(ordinal) +
               ".ag-headless.default.svc.cluster.local:5022";
    };
    spec.replicas = {{"ag-0", 0, availability_mode::synchronous, true, 0, url(0), true},
                     {"ag-1", 1, availability_mode::asynchronous, true, 0, url(1), false},
                     {"ag-2", 2, availability_mode::configuration_only, false, 0, url(2), false}};
    return spec;
}

std::vector<statement> group_statements() {
    return {sql::canary("ag1"),
            sql::diagnostics(5),
            sql::renew_write_lease("ag1", guarded({role::primary}), 9s),
            sql::failover("ag1", guarded({role::resolving}), 9s),
            sql::failover("ag1", guarded({role::resolving}), 0s),
            sql::offline("ag1"),
            sql::offline("ag1", "ag-1"),
            sql::set_role_secondary("ag1", guarded({role::resolving})),
            sql::create_group(three(), unformed(), {9s, 1, 10s}),
            sql::join_group("ag1", unformed()),
            sql::create_group(three(), unformed(), {0s, 0, 10s, cluster_type::none}),
            sql::join_group("ag1", unformed(), cluster_type::none),
            sql::grant_create_any_database("ag1"),
            sql::set_required("ag1", guarded({role::primary}), 1),
            sql::add_replica("ag1", guarded({role::primary}), three().replicas[0], 10s),
            sql::modify_replica("ag1", guarded({role::primary}), three().replicas[1]),
            sql::remove_replica("ag1", guarded({role::primary}), "ag-2"),
            sql::list_databases(),
            sql::add_database("ag1", guarded({role::primary}), "it's [mine]"),
            sql::resume_database("ag1", guarded({role::secondary}), "it's [mine]"),
            sql::drop_group("ag1", guarded({role::resolving})),
            sql::stop_endpoint("mssql_ha_endpoint"),
            sql::start_endpoint("mssql_ha_endpoint"),
            sql::list_own_sessions(),
            sql::kill_session({53, "role", "2026-11-20T12:00:00.123"})};
}

std::vector<statement> instance_statements() {
    return {sql::describe_instance(),
            sql::create_master_key("p'w"),
            sql::create_agent_login(sql::default_agent_login, "p'w"),
            sql::set_login_password(sql::default_agent_login, "p'w"),
            sql::grant_agent_rights(sql::default_agent_login),
            sql::create_own_certificate(
                sql::own_certificate_name("ag-0", 1), "ag-0 endpoint", "20261120", "20361121"),
            sql::create_endpoint(sql::default_endpoint, 5022, sql::own_certificate_name("ag-0", 1)),
            sql::grant_endpoint_rights(sql::default_endpoint, sql::default_agent_login),
            sql::create_peer("ag-1", sql::default_endpoint, sql::default_agent_login, "p'w"),
            sql::export_certificate(sql::own_certificate_name("ag-0", 1)),
            sql::import_peer_certificate(
                "ag-1", sql::own_certificate_name("ag-1", 1), {0x30, 0x82, 0x01})};
}

std::string corpus() {
    std::string text =
        "-- Every text the agent can send, with values made up. Written by the unit test of\n"
        "-- agent/statements; not to be edited.\n";
    auto all = group_statements();
    auto more = instance_statements();
    all.insert(all.end(), more.begin(), more.end());
    for (const auto& one : all) text += "\n-- " + one.name + "\n" + one.text + "GO\n";
    return text;
}

}  // namespace

TEST_CASE("the corpus of statements is the one that people have read") {
    REQUIRE(ha::test::differs_from_golden("statements.sql", corpus()) == "");
}

TEST_CASE("every statement ends with its terminator and has a name") {
    for (const auto& one : group_statements()) {
        REQUIRE_FALSE(one.name.empty());
        REQUIRE(one.text.substr(one.text.size() - 2) == ";\n");
    }
}
