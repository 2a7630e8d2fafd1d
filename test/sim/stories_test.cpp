// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// What a rule promises is seen in the trace.

TEST_CASE("engines that are apart while supervisors speak come together by restarted endpoints") {
    for (int node = 0; node < 3; ++node) {
        played run(with(trouble::endpoints_stuck, node, 60s));
        INFO("node " << node);
        CHECK(run.trouble() == "");
        CHECK(run.says("are stuck"));
        CHECK(run.times("\"event\":\"endpoint_restarted\"") == 2);
        CHECK_FALSE(run.says("ReplicaRecoveryFailed"));
    }
}

TEST_CASE("an engine that latches (41104) is let in again by OFFLINE and both endpoints") {
    auto plan = with(trouble::engine_killed, 0, 60s);
    fault_plan second = plan.faults.front();
    second.node = 1;
    second.at = 90s;
    plan.faults.push_back(second);
    plan.engine_latches = true;
    plan.length = 8min;
    played run(plan);
    CHECK(run.trouble() == "");
    CHECK(run.says("41104"));
}

TEST_CASE("FAILOVER typed by hand: one primary is left, nothing is lost, the strange one follows") {
    for (int times = 1; times <= 3; ++times)
        for (auto what : {trouble::failover_by_hand, trouble::force_by_hand}) {
            for (bool raises : {true, false}) {
                INFO("times " << times << (what == trouble::force_by_hand ? " forced" : "")
                              << " raises " << raises);
                auto plan = with(what, 1, 60s, {}, times);
                plan.promotion_raises_number = raises;
                played run(plan);
                CHECK(run.trouble() == "");
                CHECK(run.says("mark_strange_primary"));
                CHECK(run.says("clear_strange"));
            }
        }
}

TEST_CASE("a Lease that was deleted and made anew: its holder is written into it again") {
    played soon(with(trouble::lease_made_anew, 0, 60s, 3s));
    CHECK(soon.trouble() == "");
    CHECK(soon.says("restore_lease"));
    CHECK(soon.found.promotions == 0);  // nobody failed over
    played late(with(trouble::lease_made_anew, 0, 60s, 40s));
    CHECK(late.trouble() == "");
    // Its write lease ends before its authority does.
    CHECK(late.says("leave_lost_role"));
    CHECK(late.found.promotions == 1);
}

TEST_CASE("nothing is asked over the connections of an engine that is gone") {
    auto plan = with(trouble::engine_killed, 0, 60s);
    plan.faults.front().whom = victim::primary;
    for (auto at : {90s, 120s, 150s}) {
        plan.faults.push_back(plan.faults.front());
        plan.faults.back().at = at;
    }
    for (bool seen : {true, false}) {
        plan.neighbour_visible = seen;
        played run(plan);
        INFO("processes are " << (seen ? "seen" : "not seen"));
        CHECK(run.trouble() == "");
        CHECK(run.found.promotions == 4);
        CHECK_FALSE(run.says("promotion_refused"));
        // Where nobody proves its end, the next look at the engine is the first to tell.
        CHECK((run.times("no answer") == 0 || !seen));
    }
}

TEST_CASE("an engine that recovers for a minute is left alone, whatever it was before") {
    for (auto whom : {victim::primary, victim::not_primary}) {
        auto plan = with(trouble::engine_killed, 0, 150s);
        plan.faults.front().whom = whom;
        plan.recovery = 60s;
        played run(plan);
        INFO((whom == victim::primary ? "it was primary" : "it was not primary"));
        CHECK(run.trouble() == "");
        CHECK(run.says("it recovers"));
        CHECK(run.times("\"event\":\"engine_killed\"") == 0);
    }
}
