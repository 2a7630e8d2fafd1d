// SPDX-License-Identifier: MIT
#include "agent/statements/commands.hpp"

#include "agent/statements/refusals.hpp"
#include "test/support/catch.hpp"

using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

const guard expecting{"6F9619FF-8B86-D011-B42D-00C04FC964FF", "ag-0", {role::primary}, 1000};

std::size_t place(const statement& what, std::string_view part) {
    auto found = what.text.find(part);
    INFO("looking for " << part << " in\n" << what.text);
    REQUIRE(found != std::string::npos);
    return found;
}

}  // namespace

TEST_CASE("every check of a guard stands before what the batch does") {
    auto batch = sql::renew_write_lease("ag1", expecting, 9s);
    auto act = place(batch, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9)");
    for (auto check : {"THROW 51001", "THROW 51002", "THROW 51003", "THROW 51004"})
        REQUIRE(place(batch, check) < act);
    REQUIRE(place(batch, "ms_ticks <= 1000") < place(batch, "THROW 51001"));
    REQUIRE(place(batch, "role_desc IN (N'PRIMARY')") < act);
}

TEST_CASE("without a group id the guard wants the group to be absent") {
    guard unformed{"", "ag-0", {}, 1000};
    auto batch = sql::join_group("ag1", unformed);
    REQUIRE(place(batch, "IF EXISTS") < place(batch, "THROW 51005"));
    REQUIRE(batch.text.find("THROW 51002") == std::string::npos);
    REQUIRE(batch.text.find("THROW 51004") == std::string::npos);
}

TEST_CASE("failover renews the lease, sets the context and only then fails over") {
    auto batch = sql::failover("ag1", expecting, 9s);
    auto lease = place(batch, "WRITE_LEASE_VALIDITY = 9");
    auto context = place(batch, "sp_set_session_context @key = N'external_cluster'");
    auto act = place(batch, "ALTER AVAILABILITY GROUP [ag1] FAILOVER");
    REQUIRE(lease < context);
    REQUIRE(context < act);
    auto bare = sql::failover("ag1", expecting, 0s);
    REQUIRE(bare.text.find("WRITE_LEASE_VALIDITY") == std::string::npos);
}

TEST_CASE("offline looks at the target only when there is one, and never at the time") {
    REQUIRE(sql::offline("ag1").text.find("IF ") == std::string::npos);
    auto handed = sql::offline("ag1", "ag-1");
    REQUIRE(place(handed, "THROW 51006") < place(handed, "OFFLINE"));
    REQUIRE(handed.text.find("ms_ticks") == std::string::npos);
}

TEST_CASE("a group is made with its fence, and not inside a block") {
    group_spec spec;
    spec.name = "ag1";
    spec.replicas = {{"ag-0", 0, availability_mode::synchronous, true, 0, "TCP://a:5022", true}};
    auto batch = sql::create_group(spec, guard{"", "ag-0", {}, 1000}, {9s, 1, 10s});
    auto create = place(batch, "CREATE AVAILABILITY GROUP [ag1]");
    place(batch, "CLUSTER_TYPE = EXTERNAL, DB_FAILOVER = ON");
    place(batch, "WRITE_LEASE_VALIDITY = 9");
    REQUIRE(batch.text.rfind("BEGIN") < create);
    REQUIRE(batch.text.rfind("END CATCH;") < create);
}

TEST_CASE("a group without a cluster has no fence, and is failed over by hand") {
    group_spec spec;
    spec.name = "ag1";
    spec.replicas = {{"ag-0", 0, availability_mode::synchronous, true, 0, "TCP://a:5022", true}};
    auto none = cluster_type::none;
    auto batch = sql::create_group(spec, guard{"", "ag-0", {}, 1000}, {9s, 0, 10s, none});
    place(batch, "CLUSTER_TYPE = NONE, REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 0)");
    place(batch, "FAILOVER_MODE = MANUAL");
    REQUIRE(batch.text.find("WRITE_LEASE_VALIDITY") == std::string::npos);
    place(sql::join_group("ag1", guard{"", "ag-0", {}, 1000}, none),
          "JOIN WITH (CLUSTER_TYPE = NONE)");
    place(sql::add_replica("ag1", guard{"", "ag-0", {}, 1000}, spec.replicas[0], 10s, none),
          "FAILOVER_MODE = MANUAL");
}

TEST_CASE("what an answer proves") {
    REQUIRE(sql::is_own_refusal(sql::refused_late));
    REQUIRE(sql::is_own_refusal(sql::refused_other_session));
    REQUIRE_FALSE(sql::is_own_refusal(41142));
    REQUIRE_FALSE(sql::is_own_refusal(0));
    for (auto number : {41142, 41134, 47104, 51004}) REQUIRE(sql::proves_no_failover(number));
    for (auto number : {0, 41113, 41131, 41149, 41104})
        REQUIRE_FALSE(sql::proves_no_failover(number));
    REQUIRE_FALSE(sql::words_for(47116).empty());
    REQUIRE(sql::words_for(1).empty());
}

TEST_CASE("sessions of this program are read with their purpose") {
    engine_answer answer;
    answer.sets = {
        {{"id", "program", "login_time"},
         {{std::int64_t{53}, std::string("mssql-ha-supervisor/role"), std::string("t1")}}}};
    auto found = sql::parse_own_sessions(answer);
    REQUIRE(found.has_value());
    REQUIRE(*found == std::vector<sql::own_session>{{53, "role", "t1"}});
    answer.sets[0].rows[0][1] = sql_value{};
    REQUIRE_FALSE(sql::parse_own_sessions(answer).has_value());
}
