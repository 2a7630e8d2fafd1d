// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::sim;
using namespace std::chrono_literals;

// Rule 27: two synchronous replicas, alone or with an asynchronous one, and the Lease as witness.
// db-0 makes the group and is its first primary.

namespace {

const std::string names_both = "the Lease has the set {db-0, db-1}";
const std::string names_first = "the Lease has the set {db-0}";
const std::string off_first = "over: node powered off at db-0";
const std::string off_second = "over: node powered off at db-1";

run_plan two(int replicas, std::vector<fault_plan> faults) {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 7min;
    plan.two_data_voters = true;
    plan.replicas = replicas;
    plan.faults = std::move(faults);
    return plan;
}

}  // namespace

TEST_CASE("a lost secondary: writes go on alone, and are protected again when it is back") {
    for (int replicas : {2, 3}) {
        played run(two(replicas, {fault(trouble::node_off, 1, 60s, 100s)}));
        INFO(replicas << " replicas");
        CHECK(run.trouble() == "");
        CHECK(run.says_in_order({names_both,
                                 "trouble: node powered off at db-1",
                                 names_first,
                                 "db-0 takes writes alone and they are not protected since",
                                 off_second,
                                 "condition_cleared",
                                 names_both}));
        CHECK(run.found.promotions == 0);
        CHECK(run.found.writes_refused < 10);
    }
}

TEST_CASE("a lost primary: the other takes over by itself, with the first one's node off") {
    for (int replicas : {2, 3}) {
        played run(two(replicas, {fault(trouble::node_off, 0, 60s, 100s)}));
        INFO(replicas << " replicas");
        CHECK(run.trouble() == "");
        CHECK(run.says_in_order({names_both,
                                 "trouble: node powered off at db-0",
                                 "db-1 became PRIMARY",
                                 "the Lease has the set {db-1}",
                                 "db-1 takes writes alone",
                                 off_first,
                                 names_both}));
        CHECK(run.found.promotions == 1);
    }
}

TEST_CASE("a primary that wrote alone is waited for: nobody else has what it took") {
    for (int replicas : {2, 3}) {
        played run(
            two(replicas,
                {fault(trouble::node_off, 1, 60s, 60s), fault(trouble::node_off, 0, 100s, 100s)}));
        INFO(replicas << " replicas");
        CHECK(run.trouble() == "");
        CHECK(run.says_in_order({names_first,
                                 "trouble: node powered off at db-0",
                                 off_second,
                                 "The primary db-0 took writes alone and is lost",
                                 off_first,
                                 "db-0 became PRIMARY",
                                 names_both}));
        CHECK_FALSE(run.says("db-1 became PRIMARY"));
        CHECK_FALSE(run.says("db-2 became PRIMARY"));
    }
}

TEST_CASE("an asynchronous replica is never promoted, whoever else is gone") {
    played run(
        two(3, {fault(trouble::node_off, 0, 60s, 100s), fault(trouble::node_off, 1, 60s, 120s)}));
    CHECK(run.trouble() == "");
    CHECK_FALSE(run.says("db-2 became PRIMARY"));
}

TEST_CASE("PUTs whose answers are lost: what may stand in the Lease is not relied upon") {
    for (int lost = 1; lost <= 3; ++lost) {
        played run(two(2,
                       {fault(trouble::node_off, 1, 60s, 60s),
                        fault(trouble::lost_response, 0, 60s, 0s, lost),
                        fault(trouble::lost_response, 0, 120s, 0s, lost)}));
        INFO(lost << " answers lost");
        CHECK(run.trouble() == "");
        CHECK(run.says_in_order({names_first, "takes writes alone", names_both}));
    }
}

TEST_CASE("a Lease made anew keeps no set: its holder writes it again, or both must be up") {
    played soon(two(2, {fault(trouble::lease_made_anew, 0, 60s, 3s)}));
    CHECK(soon.trouble() == "");
    CHECK(soon.says_in_order({names_both, "restore_lease", "go_alone", "come_together"}));
    CHECK(soon.found.promotions == 0);
    played late(two(2, {fault(trouble::lease_made_anew, 0, 60s, 40s)}));
    CHECK(late.trouble() == "");
    CHECK(late.found.promotions == 1);
    played one_off(two(
        2, {fault(trouble::lease_made_anew, 0, 60s, 40s), fault(trouble::node_off, 0, 70s, 100s)}));
    CHECK(one_off.trouble() == "");
    CHECK(one_off.says("The Lease was made anew and does not say who has"));
    CHECK(one_off.says_in_order({off_first, "became PRIMARY"}));
}

TEST_CASE("FAILOVER typed by hand at the other of two: one primary is left, nothing is lost") {
    for (auto what : {trouble::failover_by_hand, trouble::force_by_hand}) {
        played run(two(2, {fault(what, 1, 60s)}));
        INFO((what == trouble::force_by_hand ? "forced" : "plain"));
        CHECK(run.trouble() == "");
        CHECK(run.says("mark_strange_primary"));
        CHECK(run.says("clear_strange"));
    }
}

TEST_CASE("without a witness a lost primary is waited for, a lost secondary stops writes") {
    for (int node = 0; node < 2; ++node) {
        auto plan = two(3, {fault(trouble::node_off, node, 60s, 40s)});
        plan.lease_witness = false;
        played run(plan);
        INFO("node " << node);
        CHECK(run.trouble() == "");
        bool waited = run.says("a lost primary is waited for: neither");
        bool stopped = run.says("a lost secondary stops writes: they go on");
        CHECK(waited != stopped);
        CHECK_FALSE(run.says("the Lease has the set"));
    }
}
