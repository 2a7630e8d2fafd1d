// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// Databases come by the list of the specification while a client writes into another one, and
// nothing that was acknowledged is missing from any primary.

namespace {

run_plan named(std::vector<database_plan> databases) {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 6min;
    plan.databases = std::move(databases);
    return plan;
}

}  // namespace

TEST_CASE("databases that are named are added one after the other, and writes go on") {
    played run(named({{40s, "crm"}, {41s, "hr"}}));
    CHECK(run.trouble() == "");
    CHECK(run.times("\"row\":\"add_database\"") == 2);
    CHECK(run.says_in_order({"specified: databases", "crm is made", "crm is in the group"}));
    CHECK(run.says("hr is in the group"));
    CHECK(run.found.promotions == 0);
}

TEST_CASE("while a replica is cut off a named database waits, and comes when it is back") {
    auto plan = named({{60s, "crm"}});
    auto cut = fault(trouble::cut_from_peers, 0, 50s, 40s);
    cut.whom = victim::not_primary;
    plan.faults.push_back(cut);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order(
        {"DatabaseWaits", "over: cut from its peers", "\"row\":\"add_database\""}));
}

TEST_CASE("the primary dies before, while and after a database comes") {
    for (auto at : {40500ms, 41000ms, 41500ms, 42000ms, 42500ms, 43000ms}) {
        auto plan = named({{40s, "crm"}});
        add(plan, trouble::node_off, victim::primary, 0, at, 20s);
        played run(plan);
        INFO("at " << at / 1ms);
        CHECK(run.trouble() == "");
    }
}

TEST_CASE("a secondary dies while a database is seeded to it") {
    for (auto at : {41000ms, 41500ms, 42000ms, 42500ms}) {
        auto plan = named({{40s, "crm"}});
        add(plan, trouble::engine_killed, victim::not_primary, 0, at);
        played run(plan);
        INFO("at " << at / 1ms);
        CHECK(run.trouble() == "");
    }
}

TEST_CASE("between two data voters a database comes as well, and either may be lost after it") {
    for (auto whom : {victim::primary, victim::not_primary}) {
        auto plan = named({{40s, "crm"}});
        plan.replicas = 2;
        plan.two_data_voters = true;
        add(plan, trouble::node_off, whom, 0, 90s, 30s);
        played run(plan);
        CHECK(run.trouble() == "");
        CHECK(run.says("\"row\":\"add_database\""));
    }
}
