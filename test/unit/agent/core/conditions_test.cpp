// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"

#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// What status says is wrong, in the words that people look for.

namespace {

const condition* find(const std::vector<condition>& all, const std::string& type) {
    for (const auto& one : all)
        if (one.type == type) return &one;
    return nullptr;
}

bool says(const condition* one, const std::string& words) {
    return one && one->words.find(words) != std::string::npos;
}

// db-0 and db-1 synchronous, db-2 asynchronous; without a witness REQUIRED stays 1.
story two_data_voters(bool witness = false) {
    story told;
    told.seen.spec.lease_witness = witness;
    told.seen.spec.replicas[2].mode = availability_mode::asynchronous;
    told.engine_shows(role::secondary);
    return told;
}

}  // namespace

TEST_CASE("a healthy group of three has no condition") {
    story told;
    CHECK(conditions_of(told.seen).empty());
    told.become_primary();
    CHECK(conditions_of(told.seen).empty());
}

TEST_CASE("two data voters without a witness run with REQUIRED = 1, and status says so") {
    auto told = two_data_voters();
    CHECK(wanted_required(told.seen.spec) == 1);
    auto all = conditions_of(told.seen);
    CHECK(says(find(all, "TwoDataVoters"),
               "a lost secondary stops writes and a lost primary is waited for"));
    CHECK_FALSE(find(all, "LostSecondaryStopsWrites"));
    CHECK_FALSE(find(all, "LostPrimaryIsWaitedFor"));
    told.seen.spec.replicas[2].mode = availability_mode::configuration_only;
    told.engine_shows(role::secondary);
    CHECK(conditions_of(told.seen).empty());
    CHECK(wanted_required(told.seen.spec) == 0);
}

TEST_CASE("two data voters: a lost secondary stops writes") {
    auto told = two_data_voters();
    told.become_primary();
    CHECK_FALSE(find(conditions_of(told.seen), "LostSecondaryStopsWrites"));
    auto view = *told.seen.engine.last;
    view.group->replicas[0].state = synchronization::not_synchronizing;
    view.group->replicas[0].connected = false;
    view.group->replicas[2].state = synchronization::synchronizing;
    absorb(told.seen, event::engine_seen{view});
    auto all = conditions_of(told.seen);
    CHECK(find(all, "WritesBlocked"));
    const auto* lost = find(all, "LostSecondaryStopsWrites");
    CHECK(says(lost, "The secondary db-0 is lost"));
    CHECK(says(lost, "a lost secondary stops writes"));
}

TEST_CASE("two data voters: a lost primary is waited for") {
    auto told = two_data_voters();
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    SECTION("while the engine is still connected to it, nothing is lost") {
        CHECK_FALSE(find(conditions_of(told.seen), "LostPrimaryIsWaitedFor"));
    }
    SECTION("its supervisor is silent and the engine has lost it") {
        auto view = *told.seen.engine.last;
        view.group->connected = false;
        absorb(told.seen, event::engine_seen{view});
        auto all = conditions_of(told.seen);
        CHECK(says(find(all, "LostPrimaryIsWaitedFor"), "The primary db-0 is lost"));
        CHECK(says(find(all, "LostPrimaryIsWaitedFor"), "a lost primary is waited for"));
    }
    SECTION("its supervisor answers for a dead engine") {
        told.engine_shows(role::resolving);
        told.peer_shows("db-0", role::absent).engine_known = false;
        told.seen.peers["db-0"].asked_at.reset();
        CHECK(find(conditions_of(told.seen), "LostPrimaryIsWaitedFor"));
    }
    SECTION("a group of three elects another one and waits for nobody") {
        story three;
        absorb(three.seen, event::peer_silent{"db-0", three.seen.now});
        three.engine_shows(role::resolving);
        CHECK_FALSE(find(conditions_of(three.seen), "LostPrimaryIsWaitedFor"));
    }
}

TEST_CASE("an engine that is down is told apart from a replica that is gone") {
    story told;
    told.become_primary();
    told.peer_shows("db-2", role::absent).engine_known = false;
    auto all = conditions_of(told.seen);
    CHECK(says(find(all, "EngineDown"), "db-2's supervisor answers and its engine does not"));
    CHECK_FALSE(says(find(all, "EngineDown"), "db-0"));
    absorb(told.seen, event::peer_silent{"db-2", told.seen.now});
    CHECK_FALSE(find(conditions_of(told.seen), "EngineDown"));
}

TEST_CASE("whether the own engine does not run, recovers or hangs is said") {
    story told;
    absorb(told.seen, event::processes_changed{process_state::gone, true});
    CHECK(says(find(conditions_of(told.seen), "EngineDown"), "does not run"));
    absorb(told.seen, event::processes_changed{process_state::alive, true});
    absorb(told.seen, event::engine_not_seen{reach::unreachable, told.seen.now});
    CHECK(says(find(conditions_of(told.seen), "EngineDown"), "it recovers"));
    told.engine_shows(role::secondary);
    CHECK_FALSE(find(conditions_of(told.seen), "EngineDown"));
    absorb(told.seen, event::engine_not_seen{reach::silent, told.seen.now});
    CHECK(says(find(conditions_of(told.seen), "EngineDown"), "runs and does not answer"));
}

TEST_CASE("the Lease as witness: status says so, and whom it names") {
    auto told = two_data_voters(true);
    auto& set = told.seen.lease.record->synchronized;
    auto says_now = [&](const std::string& type, const std::string& words) {
        return says(find(conditions_of(told.seen), type), words);
    };
    CHECK_FALSE(find(conditions_of(told.seen), "TwoDataVoters"));
    CHECK(says_now("LeaseIsWitness", "It does not say yet"));
    set = {"db-0", "db-1"};
    CHECK(says_now("LeaseIsWitness", "It names both"));
    set = {"db-0"};
    CHECK(says_now("LeaseIsWitness", "It names db-0 alone"));
    SECTION("the primary that wrote alone is lost") {
        told.engine_shows(role::resolving);
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
        CHECK(says_now("LostPrimaryIsWaitedFor", "this replica lacks them"));
        set = {"db-0", "db-1"};
        CHECK_FALSE(find(conditions_of(told.seen), "LostPrimaryIsWaitedFor"));
    }
}

TEST_CASE("the Lease as witness: a primary alone says since when, or why it may not write") {
    auto told = two_data_voters(true);
    told.become_primary();
    auto view = *told.seen.engine.last;
    view.group->replicas[0].connected = false;
    absorb(told.seen, event::engine_seen{view});
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    CHECK_FALSE(find(conditions_of(told.seen), "LostSecondaryStopsWrites"));
    auto put = told.find<put_lease>();
    REQUIRE(put);
    put->put.wanted.renew_time = "2026-11-21T15:00:00.123456Z";
    absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
    CHECK_FALSE(find(conditions_of(told.seen), "WritesUnprotected"));
    SECTION("REQUIRED was lowered") {
        view.group->required = 0;
        absorb(told.seen, event::engine_seen{view});
        CHECK(says(find(conditions_of(told.seen), "WritesUnprotected"),
                   "not protected since 2026-11-21T15:00:00Z: db-0 is not synchronized"));
    }
    SECTION("REQUIRED was not lowered in ten seconds") {
        told.pass(9s);
        told.engine_shows(role::primary);
        absorb(told.seen, event::engine_seen{view});
        CHECK_FALSE(find(conditions_of(told.seen), "RequiredNotLowered"));
        told.pass(1s);
        told.stamp(view);
        absorb(told.seen, event::engine_seen{view});
        CHECK(
            says(find(conditions_of(told.seen), "RequiredNotLowered"),
                 "ALTER AVAILABILITY GROUP [ag1] SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT "
                 "= 0)"));
    }
}

TEST_CASE("every condition's reason has a sentence") {
    auto told = two_data_voters();
    told.seen.hands.fencing_unavailable = true;
    told.seen.record.value.strange = 4;
    told.seen.record.trouble = "written by a newer version";
    for (const auto& one : conditions_of(told.seen)) {
        INFO(one.type << " " << one.reason);
        CHECK(reason::sentence(one.reason) != one.reason);
        CHECK_FALSE(one.words.empty());
    }
}
