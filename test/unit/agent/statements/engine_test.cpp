// SPDX-License-Identifier: MIT
#include "agent/statements/canary.hpp"
#include "agent/statements/commands.hpp"
#include "agent/statements/databases.hpp"
#include "agent/statements/instance.hpp"
#include "agent/statements/quote.hpp"
#include "agent/statements/refusals.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

// Every text against the model of the engine: that it is understood, that it does what it says, and
// that its guards refuse with their own numbers and change nothing.

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

sql_value converted(const mssqlsim::value& from) {
    if (const auto* number = std::get_if<std::int64_t>(&from)) return *number;
    if (const auto* text = std::get_if<std::string>(&from)) return *text;
    if (const auto* bytes = std::get_if<mssqlsim::binary>(&from))
        return std::vector<std::uint8_t>(bytes->begin(), bytes->end());
    return std::monostate{};
}

engine_answer converted(const mssqlsim::reply& from) {
    engine_answer answer;
    for (const auto& set : from.sets) {
        auto& to = answer.sets.emplace_back();
        for (const auto& one : set.columns) to.columns.push_back(one.name);
        for (const auto& row : set.rows) {
            auto& cells = to.rows.emplace_back();
            for (const auto& cell : row) cells.push_back(converted(cell));
        }
    }
    return answer;
}

// Three instances and what a supervisor would say to each.
struct stage {
    mssqlsim::cluster_harness three;
    std::string group_id;

    // The number of the first error; 0 when there was none.
    std::int32_t send(std::size_t i, const statement& what) {
        auto came = three.run(i, what.text);
        REQUIRE(came.complete);
        return came.error();
    }
    void must(std::size_t i, const statement& what) {
        INFO(what.name << " at " << i << "\n" << what.text);
        REQUIRE(send(i, what) == 0);
    }
    engine_view look(std::size_t i) {
        auto seen = sql::parse_canary(converted(three.run(i, sql::canary("ag1").text)), "ag1");
        INFO((seen ? "" : seen.error().message));
        REQUIRE(seen.has_value());
        return *seen;
    }
    sql::instance_view describe(std::size_t i) {
        auto seen = sql::parse_instance(converted(three.run(i, sql::describe_instance().text)));
        REQUIRE(seen.has_value());
        return *seen;
    }
    guard in_time(std::size_t i, std::vector<role> roles, std::string id) {
        constexpr std::int64_t minute = 60000;
        return {std::move(id), three.name(i), std::move(roles), look(i).ms_ticks + minute};
    }

    void make_instances() {
        std::vector<std::vector<std::uint8_t>> shown;
        for (std::size_t i = 0; i < three.size; ++i) {
            auto own = sql::own_certificate_name(three.name(i), 1);
            must(i, sql::create_master_key("Secret-123"));
            must(i, sql::create_agent_login(sql::default_agent_login, "Secret-123"));
            must(i, sql::grant_agent_rights(sql::default_agent_login));
            must(i, sql::create_own_certificate(own, "endpoint", "20200101", "20360101"));
            must(i, sql::create_endpoint(sql::default_endpoint, 5022, own));
            must(i, sql::grant_endpoint_rights(sql::default_endpoint, sql::default_agent_login));
            auto told = converted(three.run(i, sql::export_certificate(own).text));
            shown.push_back(sql::parse_certificate(told).value());
        }
        for (std::size_t i = 0; i < three.size; ++i)
            for (std::size_t k = 0; k < three.size; ++k) {
                if (i == k) continue;
                auto peer = three.name(k);
                must(i,
                     sql::create_peer(
                         peer, sql::default_endpoint, sql::default_agent_login, "Secret-123"));
                must(i,
                     sql::import_peer_certificate(
                         peer, sql::own_certificate_name(peer, 1), shown[k]));
            }
    }

    group_spec spec() const {
        group_spec made;
        made.name = "ag1";
        for (std::size_t i = 0; i < three.size; ++i) {
            auto name = three.name(i);
            made.replicas.push_back({name,
                                     static_cast<int>(i),
                                     availability_mode::synchronous,
                                     true,
                                     0,
                                     "TCP://" + name + ":5022",
                                     i != 0});
        }
        return made;
    }

    void make_group() {
        make_instances();
        must(0, sql::create_group(spec(), in_time(0, {}, ""), {3600s, 1, 10s}));
        group_id = look(0).group->group_id;
        must(0, sql::grant_create_any_database("ag1"));
        for (std::size_t i = 1; i < three.size; ++i) {
            must(i, sql::join_group("ag1", in_time(i, {}, "")));
            must(i, sql::grant_create_any_database("ag1"));
            must(i, sql::set_role_secondary("ag1", in_time(i, {role::resolving}, group_id)));
        }
        three.run(0,
                  "CREATE DATABASE shop; ALTER DATABASE shop SET RECOVERY FULL; "
                  "BACKUP DATABASE shop TO DISK = N'NUL'");
        three.run(0, "ALTER AVAILABILITY GROUP [ag1] ADD DATABASE shop");
        REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    }
};

}  // namespace

TEST_CASE("an instance is described before and after it is made ready") {
    stage set;
    auto bare = set.describe(0);
    REQUIRE(bare.server_name == "ag-0");
    REQUIRE(bare.sysadmin);
    REQUIRE_FALSE(bare.master_key);
    REQUIRE_FALSE(bare.endpoint.has_value());
    set.make_instances();
    auto made = set.describe(0);
    REQUIRE(made.master_key);
    REQUIRE(made.endpoint->name == sql::default_endpoint);
    REQUIRE(made.endpoint->started);
    REQUIRE(made.endpoint->port == 5022);
    REQUIRE(made.endpoint->certificate == "mssql_ha_ag-0_1");
    REQUIRE(made.certificates.size() == 3);
    REQUIRE(made.certificates[0].has_private_key);
    REQUIRE(made.certificates[0].expires.substr(0, 10) == "2036-01-01");
    REQUIRE_FALSE(made.certificates[1].has_private_key);
    REQUIRE(made.certificates[1].owner == "mssql_ha_peer_ag-1");
    REQUIRE(made.logins.size() == 3);
    set.make_instances();  // again: everything is there, nothing fails
}

TEST_CASE("a group is made, joined and followed, and the canary tells") {
    stage set;
    set.make_instances();
    REQUIRE(set.look(0).local_role() == role::absent);
    set.three = mssqlsim::cluster_harness{};
    set.make_group();
    auto primary = set.look(0);
    REQUIRE(primary.endpoint_started);
    REQUIRE(primary.group->local_role == role::primary);
    REQUIRE(primary.group->required == 1);
    REQUIRE(primary.group->online);
    REQUIRE(sql::is_guid(primary.group->group_id));
    REQUIRE(primary.group->sequence_number > 0);
    REQUIRE(primary.group->replicas.size() == 3);
    for (const auto& one : primary.group->replicas)
        REQUIRE(one.state == synchronization::synchronized);
    REQUIRE(primary.group->databases.size() == 1);
    REQUIRE(primary.group->databases[0].name == "shop");
    auto secondary = set.look(1);
    REQUIRE(secondary.group->local_role == role::secondary);
    REQUIRE(secondary.group->connected);
    REQUIRE(secondary.group->local_name == "ag-1");
    REQUIRE(secondary.group->databases[0].hardened.known());
    set.must(0,
             sql::renew_write_lease("ag1", set.in_time(0, {role::primary}, set.group_id), 3600s));
    set.must(0, sql::set_required("ag1", set.in_time(0, {role::primary}, set.group_id), 2));
    REQUIRE(set.look(0).group->required == 2);
}

TEST_CASE("what a database is like is told, and one that is fit is added and seeded") {
    stage set;
    set.make_group();
    auto find = [&](const std::string& name) {
        auto all = sql::parse_databases(converted(set.three.run(0, sql::list_databases().text)));
        REQUIRE(all);
        for (const auto& one : *all)
            if (one.name == name) return one;
        return found_database{};
    };
    CHECK(find("msdb").of_system);
    CHECK(find("shop") == found_database{"shop", false, true, true, true, true, true});
    set.three.run(0, "CREATE DATABASE crm; ALTER DATABASE crm SET RECOVERY SIMPLE");
    CHECK(find("crm") == found_database{"crm", false, true, true, false, false, false});
    set.three.run(0, "ALTER DATABASE crm SET RECOVERY FULL");
    CHECK(find("crm") == found_database{"crm", false, true, true, true, false, false});
    auto add = [&] {
        auto when = set.in_time(0, {role::primary}, set.group_id);
        return set.send(0, sql::add_database("ag1", when, "crm"));
    };
    CHECK(add() == 1475);
    set.three.run(0, "BACKUP DATABASE crm TO DISK = N'NUL'");
    CHECK(find("crm").backed_up);
    CHECK(add() == 0);
    CHECK(set.three.eventually([&] { return set.look(0).group->lagging.empty(); }));
    CHECK(set.look(2).group->databases.size() == 2);
    CHECK(find("crm").grouped);
}

TEST_CASE("each guard refuses with its own number, and nothing happens") {
    stage set;
    set.make_group();
    auto good = set.in_time(0, {role::primary}, set.group_id);
    auto refused = [&](guard when) { return set.send(0, sql::set_required("ag1", when, 2)); };
    auto late = good;
    late.ticks_limit = set.look(0).ms_ticks - 1;
    REQUIRE(refused(late) == sql::refused_late);
    auto other = good;
    other.group_id = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
    REQUIRE(refused(other) == sql::refused_group);
    auto elsewhere = good;
    elsewhere.replica = "ag-1";
    REQUIRE(refused(elsewhere) == sql::refused_replica);
    auto resolving = good;
    resolving.roles = {role::resolving, role::secondary};
    REQUIRE(refused(resolving) == sql::refused_role);
    auto unformed = good;
    unformed.group_id.clear();
    REQUIRE(set.send(0, sql::create_group(set.spec(), unformed, {9s, 1, 10s})) ==
            sql::refused_group_exists);
    REQUIRE(set.look(0).group->required == 1);
    REQUIRE(refused(good) == 0);
}

TEST_CASE("a switchover: offline only for a target that has everything, then failover") {
    stage set;
    set.make_group();
    REQUIRE(set.send(0, sql::offline("ag1", "ag-9")) == sql::refused_target_behind);
    set.three.cut(0, 2);
    REQUIRE(set.three.eventually(
        [&] { return set.look(0).group->replicas[2].state != synchronization::synchronized; }));
    REQUIRE(set.send(0, sql::offline("ag1", "ag-2")) == sql::refused_target_behind);
    REQUIRE(set.look(0).group->local_role == role::primary);
    set.must(0, sql::offline("ag1", "ag-1"));
    REQUIRE(set.three.eventually([&] { return set.three.role(0) == "RESOLVING"; }));
    set.must(1, sql::offline("ag1"));
    REQUIRE(set.three.eventually([&] { return set.three.role(1) == "RESOLVING"; }));
    auto when = set.in_time(1, {role::resolving}, set.group_id);
    set.must(1, sql::failover("ag1", when, 3600s));
    REQUIRE(set.three.eventually([&] { return set.three.role(1) == "PRIMARY"; }));
    set.must(0, sql::set_role_secondary("ag1", set.in_time(0, {role::resolving}, set.group_id)));
    REQUIRE(set.three.eventually([&] { return set.three.role(0) == "SECONDARY"; }));
}

TEST_CASE("endpoints are stopped and started; sessions that are not ours are left alone") {
    stage set;
    set.make_instances();
    set.must(0, sql::stop_endpoint(sql::default_endpoint));
    REQUIRE_FALSE(set.look(0).endpoint_started);
    set.must(0, sql::start_endpoint(sql::default_endpoint));
    REQUIRE(set.look(0).endpoint_started);
    auto sessions =
        sql::parse_own_sessions(converted(set.three.run(0, sql::list_own_sessions().text)));
    REQUIRE(sessions.has_value());
    REQUIRE(set.send(0, sql::kill_session({51, "role", "2026-01-01T00:00:00"})) ==
            sql::refused_other_session);
}

TEST_CASE("diagnostics come in sets that are understood") {
    stage set;
    auto stream = set.three.send(0, sql::diagnostics(5).text);
    set.three.pass(12s);
    REQUIRE(stream->sets.size() >= 2);
    auto answer = converted(*stream);
    auto view = sql::parse_diagnostics(answer.sets.front(), instant{});
    REQUIRE(view.has_value());
    REQUIRE(view->system == component_state::clean);
    REQUIRE(view->resource == component_state::clean);
    REQUIRE(view->query_processing == component_state::clean);
}
