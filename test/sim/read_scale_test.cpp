// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// Groups with clusterType NONE: supervisors form them, watch them and label their pods; people fail
// them over (docs/read-scale.md). The world finds a violation in any role that a supervisor gives.

namespace {

run_plan read_scale(std::vector<fault_plan> faults) {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 6min;
    plan.read_scale = true;
    plan.faults = std::move(faults);
    return plan;
}

fault_plan typed(int node, duration at, std::string words) {
    auto one = fault(trouble::typed, node, at);
    one.words = std::move(words);
    return one;
}

const std::string resume = "ALTER DATABASE [sales] SET HADR RESUME";

}  // namespace

TEST_CASE("read-scale: formed by the first replica, joined by the others, and written to") {
    played run(read_scale({}));
    CHECK(run.trouble() == "");
    CHECK(run.times("form_read_scale") == 1);
    CHECK(run.times("\"row\":\"join_read_scale\"") == 2);
    CHECK(run.found.promotions == 0);
    CHECK(run.found.writes_acknowledged > 500);
}

TEST_CASE(
    "read-scale: the primary's engine is killed, nobody takes over, it comes back and writes") {
    auto plan = read_scale({fault(trouble::engine_killed, 0, 90s)});
    plan.recovery = 30s;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order({"trouble: engine killed at db-0",
                             "\"condition\":\"NoPrimary\"",
                             "db-0 became PRIMARY",
                             "\"event\":\"condition_cleared\""}));
    CHECK(run.found.promotions == 0);
    CHECK(run.times("became PRIMARY") == 2);
}

TEST_CASE(
    "read-scale: its node off, its supervisor killed, its API away: the primary stays who it is") {
    played run(read_scale({fault(trouble::node_off, 0, 60s, 40s),
                           fault(trouble::supervisor_killed, 0, 130s),
                           fault(trouble::api_outage, 0, 150s, 40s)}));
    CHECK(run.trouble() == "");
    CHECK(run.found.promotions == 0);
}

TEST_CASE("read-scale: a failover request is refused with its reason") {
    played run(read_scale({fault(trouble::switchover, 1, 90s)}));
    CHECK(run.trouble() == "");
    CHECK(run.says("\"reasons\":[\"cluster_type_none\"]"));
    CHECK(run.found.promotions == 0);
}

TEST_CASE("read-scale: a failover by hand without loss: the labels follow") {
    played run(read_scale({typed(0, 90s, "OFFLINE"),
                           typed(2, 91s, "OFFLINE"),
                           typed(1, 95s, "FORCE_FAILOVER_ALLOW_DATA_LOSS"),
                           typed(0, 100s, "SET (ROLE = SECONDARY)"),
                           typed(2, 100s, "SET (ROLE = SECONDARY)"),
                           typed(0, 105s, resume),
                           typed(2, 105s, resume)}));
    CHECK(run.trouble() == "");
    CHECK(run.found.promotions == 1);
    CHECK(
        run.says_in_order({"OFFLINE at db-0", "db-1 became PRIMARY", "SET (ROLE = SECONDARY) at"}));
    CHECK_FALSE(run.says("\"condition\":\"TwoPrimaries\""));
}

TEST_CASE(
    "read-scale: forced while the old primary was away: of two primaries neither is routed to") {
    played run(read_scale({fault(trouble::node_off, 0, 60s, 60s),
                           typed(1, 80s, "FORCE_FAILOVER_ALLOW_DATA_LOSS"),
                           typed(2, 82s, "OFFLINE"),
                           typed(2, 84s, "SET (ROLE = SECONDARY)"),
                           typed(2, 90s, resume),
                           typed(0, 180s, "OFFLINE"),
                           typed(0, 190s, "SET (ROLE = SECONDARY)"),
                           typed(0, 195s, resume)}));
    CHECK(run.trouble() == "");
    CHECK(run.found.promotions == 1);
    CHECK(run.says_in_order({"db-1 became PRIMARY",
                             "over: node powered off at db-0",
                             "db-0 became PRIMARY",
                             "\"condition\":\"TwoPrimaries\"",
                             "somebody types OFFLINE at db-0"}));
    // Each is told "none", and the old one was never told anything else.
    CHECK(run.times("\"row\":\"write_labels\"", "over: node powered", "TwoPrimaries") == 2);
}

TEST_CASE("read-scale: it grows and shrinks by its primary") {
    auto plan = read_scale({});
    plan.sizes = {{60s, 4}, {180s, 3}};
    plan.length = 8min;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.times("\"row\":\"change_read_scale\"") >= 2);
    CHECK(run.says("the pod db-3 is deleted"));
}
