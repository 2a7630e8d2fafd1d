// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// Rule 29 under a writing client: the list grows and shrinks, and nothing that was acknowledged is
// missing from any primary. Pods go as the operator lets them go.

namespace {

run_plan sized(std::vector<size_plan> sizes) {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 6min;
    plan.sizes = std::move(sizes);
    return plan;
}

}  // namespace

TEST_CASE("three grow to five and shrink to three, one at a time, and writes go on") {
    played run(sized({{40s, 5}, {90s, 3}}));
    CHECK(run.trouble() == "");
    CHECK(run.times("\"row\":\"change_members\"") == 4);
    CHECK(run.says_in_order({"the pod db-4 is deleted", "the pod db-3 is deleted"}));
    CHECK(run.found.promotions == 0);
    CHECK(run.found.writes_refused == 0);
}

TEST_CASE("three shrink to two and grow to three, by way of the primary alone") {
    played run(sized({{40s, 2}, {90s, 3}}));
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order({"the Lease has the set {db-0}",
                             "the pod db-2 is deleted",
                             "the Lease has the set {db-0, db-1}",
                             "specified: 3 replicas",
                             "the Lease has the set {db-0}"}));
    CHECK(run.times("\"row\":\"change_members\"") == 2);
    CHECK(run.found.promotions == 0);
}

TEST_CASE("one alone grows to two and to three, by way of itself alone, and shrinks to two") {
    auto plan = sized({{40s, 2}, {80s, 3}, {130s, 2}});
    plan.replicas = 1;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order({"specified: 2 replicas",
                             "the Lease has the set {db-0}",
                             "the Lease has the set {db-0, db-1}",
                             "specified: 3 replicas",
                             "the Lease has the set {db-0}",
                             "the pod db-2 is deleted",
                             "the Lease has the set {db-0, db-1}"}));
    CHECK(run.times("\"row\":\"change_members\"") == 3);
    CHECK(run.found.promotions == 0);
    CHECK(run.found.writes_refused == 0);
}

TEST_CASE("a tail that is primary hands the role to one that stays before it goes") {
    auto plan = sized({{40s, 5}, {110s, 3}});
    plan.faults.push_back(fault(trouble::switchover, 4, 80s));
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order({"db-4 became PRIMARY", "step_aside", "the pod db-4 is deleted"}));
    CHECK(run.found.promotions == 2);
}

TEST_CASE("scaled up again on kept volumes: the old copy is dropped, the replica joins anew") {
    played run(sized({{40s, 5}, {80s, 3}, {120s, 5}}));
    CHECK(run.trouble() == "");
    CHECK(run.times("\"row\":\"forget_group\"") >= 2);
    CHECK(run.times("\"row\":\"change_members\"") == 6);
}

TEST_CASE("the primary dies while the group grows, and while it shrinks") {
    for (auto at : {41s, 43s, 45s, 91s, 93s}) {
        auto plan = sized({{40s, 5}, {90s, 3}});
        add(plan, trouble::node_off, victim::primary, 0, at, 20s);
        played run(plan);
        INFO("at " << at / 1s);
        CHECK(run.trouble() == "");
    }
}

TEST_CASE(
    "a replica that is away while it is removed never votes again, and goes when it is back") {
    auto plan = sized({{40s, 5}, {90s, 3}, {150s, 4}});
    plan.faults.push_back(fault(trouble::node_isolated, 3, 85s, 50s));
    played run(plan);
    CHECK(run.trouble() == "");
}

TEST_CASE("where too few would be left for a majority, nobody is removed until they are back") {
    auto plan = sized({{60s, 2}});
    plan.faults.push_back(fault(trouble::node_off, 1, 50s, 60s));
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order(
        {"MembershipWaits", "over: node powered off", "the pod db-2 is deleted"}));
}
