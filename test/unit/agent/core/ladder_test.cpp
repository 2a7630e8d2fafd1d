// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// The ladder of rule 31: engines that do not reach each other while their supervisors do.

namespace {

// db-1 was told to follow db-0 and its engine does not come under it.
story apart() {
    story told;
    auto& record = told.seen.record.value;
    record.voted = record.line = 4;
    record.voted_for = "uid-0";
    told.seen.follows.asked = told.seen.now;
    auto view = *told.seen.engine.last;
    told.stamp(view);
    view.group->connected = false;
    absorb(told.seen, event::engine_seen{view});
    return told;
}

void speaks(story& told) {
    auto& first = *told.seen.peers["db-0"].status;
    first.authority = first.working = true;
    told.seen.peers["db-0"].answered_at = told.seen.now;
    told.seen.status_asked = told.seen.now;
}

// Half a minute in which both supervisors speak and SET ROLE changes nothing.
void wait(story& told, duration span, role shown) {
    told.pass(span);
    auto view = *told.seen.engine.last;
    told.stamp(view);
    view.group->connected = false;
    view.group->local_role = shown;
    absorb(told.seen, event::engine_seen{view});
    speaks(told);
}

void offline_answered(story& told) {
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
}

}  // namespace

TEST_CASE("engines apart while supervisors speak: both endpoints are restarted after 30 seconds") {
    auto told = apart();
    wait(told, 16s, role::secondary);
    CHECK_FALSE(told.find<restart_endpoints>());
    offline_answered(told);
    told.seen.hands.role.reset();
    wait(told, 13s, role::resolving);
    CHECK_FALSE(told.find<restart_endpoints>());
    told.seen.hands.role.reset();
    wait(told, 2s, role::resolving);
    auto order = told.find<restart_endpoints>();
    REQUIRE(order);
    CHECK(order->primary == "db-0");
    CHECK(told.seen.follows.endpoint_restarts == 1);
    CHECK_FALSE(told.find<restart_endpoints>());
}

TEST_CASE("endpoints are restarted five times, ever later, and then a person is called") {
    auto told = apart();
    std::vector<duration> pauses;
    auto last = told.seen.now;
    for (int second = 0; second < 3600; ++second) {
        wait(told, 1s, role::resolving);
        told.seen.hands.role.reset();
        for (int i = 0; i < 5; ++i) {
            auto what = told.step();
            if (std::holds_alternative<take_offline>(what)) offline_answered(told);
            if (!std::holds_alternative<restart_endpoints>(what)) continue;
            pauses.push_back(told.seen.now - last);
            last = told.seen.now;
        }
    }
    REQUIRE(pauses.size() == 5);
    CHECK(pauses[0] >= 30s);
    CHECK(pauses[1] >= 30s);
    CHECK(pauses[2] >= 60s);
    CHECK(pauses[3] >= 120s);
    CHECK(pauses[4] >= 240s);
    CHECK(pauses[4] < 260s);
    auto all = conditions_of(told.seen);
    CHECK(std::any_of(all.begin(), all.end(), [](const auto& one) {
        return one.type == "ReplicaRecoveryFailed";
    }));
    SECTION("what was counted is forgotten when it is in step again, not before") {
        auto view = *told.seen.engine.last;
        view.group->connected = true;
        view.group->local_role = role::secondary;
        view.group->databases[0].state = synchronization::synchronizing;
        told.stamp(view);
        absorb(told.seen, event::engine_seen{view});
        CHECK(told.seen.follows.endpoint_restarts == 5);
        view.group->databases[0].state = synchronization::synchronized;
        absorb(told.seen, event::engine_seen{view});
        CHECK(told.seen.follows.endpoint_restarts == 0);
    }
}

TEST_CASE("under its primary without getting anything: its own endpoint first, then both") {
    auto told = apart();
    auto shows = [&](synchronization state, duration span) {
        told.pass(span);
        auto view = *told.seen.engine.last;
        told.stamp(view);
        view.group->connected = true;
        view.group->stalled = state == synchronization::not_synchronizing;
        view.group->databases[0].state = state;
        absorb(told.seen, event::engine_seen{view});
        speaks(told);
    };
    constexpr auto nothing = synchronization::not_synchronizing;
    shows(nothing, 1s);
    shows(nothing, 14s);
    CHECK_FALSE(told.find<restart_own_endpoint>());
    SECTION("what passes by itself is left alone") {
        shows(synchronization::synchronizing, 1s);
        shows(nothing, 1s);
        shows(nothing, 14s);
        CHECK_FALSE(told.find<restart_own_endpoint>());
    }
    SECTION("its own, then both") {
        shows(nothing, 1s);
        auto own = told.find<restart_own_endpoint>();
        REQUIRE(own);
        CHECK(told.seen.follows.endpoint_restarts == 0);
        wait(told, 4s, role::secondary);  // apart while the endpoint is down
        shows(nothing, 1s);
        shows(nothing, 14s);
        CHECK_FALSE(told.find<restart_endpoints>());
        shows(nothing, 1s);
        CHECK_FALSE(told.find<restart_endpoints>());
        REQUIRE(told.seen.hands.offline);
        wait(told, 1s, role::resolving);  // seen before OFFLINE is answered
        offline_answered(told);
        auto both = told.find<restart_endpoints>();
        REQUIRE(both);
        CHECK(both->primary == "db-0");
    }
}

TEST_CASE("let in and unable to join: its own endpoint first, then both, without an OFFLINE") {
    auto told = apart();
    auto joining = [&](duration span) {
        told.pass(span);
        auto view = *told.seen.engine.last;
        told.stamp(view);
        view.group.reset();
        absorb(told.seen, event::engine_seen{view});
        speaks(told);
        told.seen.hands.role.reset();  // a JOIN that nobody answered
        told.seen.peers["db-0"].status->members = {{"db-0", "R0"}, {"db-1", "R1"}};
    };
    joining(1s);
    SECTION("which the primary knows of") {
        joining(13s);
        CHECK_FALSE(told.find<restart_own_endpoint>());
        joining(1s);
        REQUIRE(told.find<restart_own_endpoint>());
        joining(14s);
        CHECK_FALSE(told.find<restart_endpoints>());
        joining(1s);
        auto both = told.find<restart_endpoints>();
        REQUIRE(both);
        CHECK(both->primary == "db-0");
        CHECK_FALSE(told.find<take_offline>());
    }
    SECTION("not for one that was not let in") {
        joining(60s);
        told.seen.peers["db-0"].status->members = {{"db-0", "R0"}, {"db-2", "R2"}};
        CHECK_FALSE(told.find<restart_own_endpoint>());
        CHECK_FALSE(told.find<restart_endpoints>());
    }
    SECTION("not where the primary does not say whom it has let in") {
        joining(60s);
        told.seen.peers["db-0"].status->members.clear();
        CHECK_FALSE(told.find<restart_own_endpoint>());
        CHECK_FALSE(told.find<restart_endpoints>());
    }
}

TEST_CASE(
    "nothing is restarted for a primary whose supervisor is silent, or that was never asked") {
    auto told = apart();
    SECTION("silent") {
        wait(told, 31s, role::resolving);
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    }
    SECTION("never told to follow") {
        told.seen.follows.asked.reset();
        wait(told, 31s, role::resolving);
    }
    SECTION("of another group") {
        wait(told, 31s, role::resolving);
        told.seen.peers["db-0"].status->group_id = "another";
    }
    offline_answered(told);
    CHECK_FALSE(told.find<restart_endpoints>());
}
