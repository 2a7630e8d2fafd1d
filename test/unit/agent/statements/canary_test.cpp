// SPDX-License-Identifier: MIT
#include "agent/statements/canary.hpp"

#include "test/support/catch.hpp"

using namespace ha::agent;

namespace {

sql_value text(const char* value) {
    return std::string(value);
}

const sql_value null{};

engine_answer healthy_primary() {
    engine_answer answer;
    answer.sent_at = ha::instant{ha::duration{1000}};
    answer.received_at = ha::instant{ha::duration{2000}};
    answer.sets = {
        {{"ms_ticks", "started", "server_name", "hadr_enabled", "sees_state", "sees_groups"},
         {{5000, text("2026-11-20T12:00:00"), text("ag-0"), 1, 1, 1}}},
        {{"name", "state", "port"}, {{text("e"), text("STARTED"), 5022}}},
        {{"group_id", "name", "cluster_type", "sequence_number", "required"},
         {{text("G"), text("ag1"), text("external"), 4294967297, 1}}},
        {{"replica", "role", "operational", "connected", "commit_started"},
         {{text("ag-0"), text("PRIMARY"), text("ONLINE"), text("CONNECTED"), null}}},
        {{"replica", "replica_id", "mode", "endpoint_url", "connected"},
         {{text("ag-0"),
           text("R0"),
           text("SYNCHRONOUS_COMMIT"),
           text("TCP://a:5022"),
           text("CONNECTED")},
          {text("ag-1"),
           text("R1"),
           text("SYNCHRONOUS_COMMIT"),
           text("TCP://b:5022"),
           text("DISCONNECTED")},
          {text("ag-2"), text("R2"), text("ASYNCHRONOUS_COMMIT"), text("TCP://c:5022"), null}}},
        {{"replica",
          "database",
          "is_local",
          "state",
          "hardened",
          "redo_queue",
          "suspended",
          "database_state",
          "suspended_by"},
         {{text("ag-0"),
           text("db1"),
           1,
           text("SYNCHRONIZED"),
           text("37000000012300001"),
           null,
           0,
           text("ONLINE"),
           null},
          {text("ag-0"), null, 1, text("SYNCHRONIZED"), null, null, 0, text("ONLINE"), null},
          {text("ag-1"), text("db1"), 0, text("SYNCHRONIZED"), null, 3000, 0, null, null},
          {text("ag-1"), text("db2"), 0, text("NOT SYNCHRONIZING"), null, 400, 0, null, null}}}};
    return answer;
}

}  // namespace

TEST_CASE("a primary's answer is read whole") {
    auto seen = sql::parse_canary(healthy_primary(), "ag1");
    REQUIRE(seen.has_value());
    REQUIRE(seen->ms_ticks == 5000);
    REQUIRE(seen->endpoint_started);
    REQUIRE(seen->endpoint_url == "TCP://ag-0:5022");
    REQUIRE(seen->group.has_value());
    const auto& group = *seen->group;
    REQUIRE(group.sequence_number == 4294967297);
    REQUIRE(group.local_role == role::primary);
    REQUIRE(group.online);
    REQUIRE(group.connected);
    REQUIRE_FALSE(group.commit_pending);
    REQUIRE_FALSE(group.pending_failover);
    REQUIRE(group.replicas.size() == 3);
    REQUIRE(group.find("ag-1")->id == "R1");
    REQUIRE(group.find("ag-9") == nullptr);
    REQUIRE(group.replicas[1].connected == false);
    REQUIRE(group.replicas[1].state == synchronization::not_synchronizing);
    REQUIRE(group.replicas[1].redo_queue_kb == 3400);
    REQUIRE_FALSE(group.replicas[2].connected.has_value());
    REQUIRE(group.replicas[2].state == synchronization::unknown);
    REQUIRE(group.databases.size() == 2);
    REQUIRE(group.databases[0].hardened == log_position{"37000000012300001"});
    REQUIRE_FALSE(group.databases[1].hardened.known());
    REQUIRE(group.lagging ==
            std::vector{database_copy{"db2", "ag-1", synchronization::not_synchronizing}});
}

TEST_CASE("a group without a cluster is told from others") {
    auto answer = healthy_primary();
    CHECK(sql::parse_canary(answer, "ag1")->group->cluster == cluster_type::external);
    answer.sets[2].rows[0][2] = std::string("none");
    CHECK(sql::parse_canary(answer, "ag1")->group->cluster == cluster_type::none);
}

TEST_CASE("no row of the group means that it is absent, if the login may see groups") {
    auto answer = healthy_primary();
    for (std::size_t i = 2; i < answer.sets.size(); ++i) answer.sets[i].rows.clear();
    auto seen = sql::parse_canary(answer, "ag1");
    REQUIRE(seen.has_value());
    REQUIRE(seen->local_role() == role::absent);
    answer.sets[0].rows[0][5] = std::int64_t{0};
    auto blind = sql::parse_canary(answer, "ag1");
    REQUIRE_FALSE(blind.has_value());
    REQUIRE(blind.error().message.find("VIEW ANY DEFINITION") != std::string::npos);
}

TEST_CASE("a group without a local row is not an absent group") {
    auto answer = healthy_primary();
    answer.sets[3].rows.clear();
    REQUIRE_FALSE(sql::parse_canary(answer, "ag1").has_value());
}

TEST_CASE("answers that make no sense are malformed, with the column named") {
    auto answer = healthy_primary();
    answer.sets[3].rows[0][1] = text("QUEEN");
    auto seen = sql::parse_canary(answer, "ag1");
    REQUIRE_FALSE(seen.has_value());
    REQUIRE(seen.error().kind == ha::errc::malformed);
    REQUIRE(seen.error().message.find("role") != std::string::npos);

    answer = healthy_primary();
    answer.sets[2].rows[0][2] = text("WSFC");
    REQUIRE_FALSE(sql::parse_canary(answer, "ag1").has_value());

    answer = healthy_primary();
    answer.sets[4].columns[3] = "renamed";
    REQUIRE_FALSE(sql::parse_canary(answer, "ag1").has_value());

    answer = healthy_primary();
    answer.sets.pop_back();
    REQUIRE_FALSE(sql::parse_canary(answer, "ag1").has_value());
}

TEST_CASE("a pending configuration commit and a pending failover are seen") {
    auto answer = healthy_primary();
    answer.sets[3].rows[0][2] = text("PENDING_FAILOVER");
    answer.sets[3].rows[0][4] = text("2026-11-20T12:00:01");
    auto seen = sql::parse_canary(answer, "ag1");
    REQUIRE(seen.has_value());
    REQUIRE(seen->group->pending_failover);
    REQUIRE_FALSE(seen->group->online);
    REQUIRE(seen->group->commit_pending);
}

TEST_CASE("a database that gets nothing is told from one that is suspended or being seeded") {
    auto stalled = [](sql_value name, int suspended, const char* state) {
        auto answer = healthy_primary();
        auto& row = answer.sets[5].rows[0];
        row[1] = std::move(name);
        row[3] = text("NOT SYNCHRONIZING");
        row[6] = std::int64_t{suspended};
        row[7] = text(state);
        return sql::parse_canary(answer, "ag1")->group->stalled;
    };
    REQUIRE_FALSE(sql::parse_canary(healthy_primary(), "ag1")->group->stalled);
    REQUIRE(stalled(text("db1"), 0, "ONLINE"));
    REQUIRE(stalled(text("db1"), 0, "RECOVERY_PENDING"));
    REQUIRE_FALSE(stalled(text("db1"), 1, "ONLINE"));
    REQUIRE_FALSE(stalled(text("db1"), 0, "RESTORING"));
    REQUIRE_FALSE(stalled(null, 0, "ONLINE"));
}

TEST_CASE("what a forced primary made the engine suspend is told from what others suspended") {
    auto suspended = [](std::size_t which, const char* why) {
        auto answer = healthy_primary();
        auto& row = answer.sets[5].rows[which];
        row[6] = std::int64_t{1};
        row[8] = text(why);
        return sql::parse_canary(answer, "ag1")->group->suspended_by_force;
    };
    REQUIRE(sql::parse_canary(healthy_primary(), "ag1")->group->suspended_by_force.empty());
    REQUIRE(suspended(0, "SUSPEND_FROM_PARTNER") == std::vector<std::string>{"db1"});
    REQUIRE(suspended(0, "SUSPEND_FROM_USER").empty());
    REQUIRE(suspended(0, "SUSPEND_FROM_REDO").empty());
    REQUIRE(suspended(2, "SUSPEND_FROM_PARTNER").empty());  // at another replica
}

TEST_CASE("diagnostics are read by place, whatever order the components come in") {
    result_set set{
        {"create_time", "component_type", "component_name", "state", "state_desc", "data"},
        {{text("t"), text("instance"), text("query_processing"), 2, text("warning"), null},
         {text("t"), text("instance"), text("System"), 1, text("clean"), null},
         {text("t"), text("instance"), text("io_subsystem"), 1, text("clean"), null}}};
    auto view = sql::parse_diagnostics(set, ha::instant{});
    REQUIRE(view.has_value());
    REQUIRE(view->system == component_state::clean);
    REQUIRE(view->query_processing == component_state::warning);
    REQUIRE(view->resource == component_state::error);  // missing: as Microsoft's agent has it
    set.rows[0][3] = std::int64_t{7};
    REQUIRE_FALSE(sql::parse_diagnostics(set, ha::instant{}).has_value());
    REQUIRE(sql::diagnostics(1).text.find("sp_server_diagnostics 5") != std::string::npos);
}
