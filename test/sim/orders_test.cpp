// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// Rule 30 in the world: pause, fenced pods, failover by name only.

TEST_CASE("a primary that is lost in a pause is replaced when the pause ends") {
    for (auto lost : {trouble::node_off, trouble::engine_killed, trouble::node_isolated}) {
        auto plan = with(trouble::pause, 0, 60s, 60s);
        add(plan, lost, victim::primary, 0, 70s, 25s);
        played run(plan);
        INFO(words(lost));
        CHECK(run.trouble() == "");
        CHECK(run.says("The group is paused since noon by anna"));
        CHECK(run.times("became PRIMARY", "trouble: group paused", "over: group paused") == 0);
        CHECK(run.found.promotions == 1);
    }
}

TEST_CASE("a pause of a group that is well changes nothing, and refuses a switchover") {
    auto plan = with(trouble::pause, 0, 60s, 90s);
    add(plan, trouble::switchover, victim::numbered, 1, 80s);
    add(plan, trouble::supervisor_killed, victim::primary, 0, 100s);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says(R"("request_refused","text":)"));
    CHECK(run.says(R"("reasons":["paused"])"));
    CHECK(run.says("inherit_lease"));
    CHECK(run.found.promotions == 0);
}

// Somebody forces db-1 beside the primary and puts db-2 under it, whose engine suspends its copy.
TEST_CASE("a database that a forced failover by hand suspended moves again under the elected one") {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 6min;
    auto type = [&](int node, duration at, std::string words) {
        plan.faults.push_back(fault(trouble::typed, node, at));
        plan.faults.back().words = std::move(words);
    };
    type(1, 80s, "FORCE_FAILOVER_ALLOW_DATA_LOSS");
    type(2, 80100ms, "OFFLINE");
    type(2, 80200ms, "SET (ROLE = SECONDARY)");
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says_in_order({"FORCE_FAILOVER_ALLOW_DATA_LOSS at db-1",
                             "db-1 became PRIMARY",
                             "SUSPEND_FROM_PARTNER",
                             "\"row\":\"resume_database\""}));
    CHECK(run.times("\"row\":\"resume_database\"") == 1);
    CHECK(run.found.promotions == 2);
}

TEST_CASE("a pause that comes into a switchover leaves nobody without a primary") {
    for (auto after : {5ms, 15ms, 25ms, 40ms, 60ms, 120ms, 200ms}) {
        auto plan = with(trouble::switchover, 1, 60s);
        add(plan, trouble::pause, victim::numbered, 0, 60s + after, 60s);
        played run(plan);
        INFO(after.count() << " ms");
        CHECK(run.trouble() == "");
        CHECK(run.found.writes_refused < 10);
    }
}

TEST_CASE("a fenced primary hands over, and is not primary until the fence is lifted") {
    auto plan = with(trouble::fence, 0, 60s, 90s);
    plan.faults.front().whom = victim::primary;
    add(plan, trouble::engine_killed, victim::primary, 0, 90s);
    add(plan, trouble::engine_killed, victim::primary, 0, 120s);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says("leave_fenced_pod"));
    CHECK(run.times("db-0 became PRIMARY", "trouble: pod fenced", "over: pod fenced") == 0);
    CHECK(run.found.promotions == 3);
}

TEST_CASE("all pods are fenced: nobody is primary, and nothing is lost") {
    auto plan = with(trouble::fence, 0, 60s, 60s);
    plan.faults.front().number = 3;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.times("became PRIMARY", "trouble: pod fenced", "over: pod fenced") == 0);
    CHECK(run.found.promotions == 1);
}

TEST_CASE("failover by name only: an engine that comes back gets its role back") {
    for (auto lost : {trouble::engine_killed, trouble::node_off, trouble::cut_from_api}) {
        auto plan = with(lost, 0, 60s, 40s);
        plan.failover_by_name = true;
        plan.faults.front().whom = victim::primary;
        played run(plan);
        INFO(words(lost));
        CHECK(run.trouble() == "");
        CHECK(run.found.promotions == 1);
        CHECK(run.times("db-0 became PRIMARY") == 2);
    }
}

TEST_CASE("failover by name only: a request names who takes over from a lost primary") {
    auto plan = with(trouble::node_off, 0, 60s, 90s);
    plan.failover_by_name = true;
    add(plan, trouble::switchover, victim::numbered, 2, 100s);
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.times("became PRIMARY", "trouble: node powered off", "trouble: switchover") == 0);
    CHECK(run.times("db-2 became PRIMARY", "trouble: switchover", "over: node powered off") == 1);
    CHECK(run.found.promotions == 1);
}

TEST_CASE("failover by name only: a FAILOVER by hand is undone in a new term") {
    auto plan = with(trouble::failover_by_hand, 1, 60s);
    plan.failover_by_name = true;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says("mark_strange_primary"));
    CHECK(run.says("clear_strange"));
}
