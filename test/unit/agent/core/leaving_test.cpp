// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rules 1 to 9: what ends at A, who leaves the role, and that the Lease is released last.

TEST_CASE("at A the engine goes offline, two seconds later it is killed") {
    story told;
    told.become_primary();
    told.seen.lease.reading = true;
    told.seen.lease.unsettled = true;
    told.pass(14s);
    told.engine_shows(role::primary);
    auto first = told.step();
    REQUIRE(std::holds_alternative<take_offline>(first));
    CHECK(told.code == "demote_without_authority");
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::unknown, 0, false, told.seen.now});
    told.pass(2s);
    told.engine_shows(role::primary);
    CHECK(told.find<kill_engine>());
}

TEST_CASE("a pause that ended after A sends nothing but OFFLINE") {
    story told;
    told.become_primary();
    told.pass(1min);
    told.engine_shows(role::primary);
    for (int i = 0; i < 5; ++i) {
        auto what = told.step();
        told.settle(what);
        CHECK_FALSE(std::holds_alternative<renew_write_lease>(what));
        CHECK_FALSE(std::holds_alternative<fail_over>(what));
        CHECK_FALSE(std::holds_alternative<put_lease>(what));
    }
}

TEST_CASE("the Lease is released only after the role is seen left and the mark is off the disk") {
    story told;
    told.become_primary();
    told.seen.leaving = step_down{"switchover", "db-0", told.seen.now, true, "r1"};
    auto offline = told.find<take_offline>();
    REQUIRE(offline);
    CHECK(offline->synchronized_target == "db-0");
    CHECK_FALSE(told.find<put_lease>());
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
    CHECK_FALSE(told.find<put_lease>());
    told.pass(10ms);
    told.engine_shows(role::resolving);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::release);
    REQUIRE(put->put.wanted.released);
    CHECK(put->put.wanted.released->target == "db-0_uid-0");
    CHECK_FALSE(told.seen.record.value.promoting);
    CHECK_FALSE(told.seen.held);
}

TEST_CASE("a proven death releases at once") {
    story told;
    told.become_primary();
    absorb(told.seen, event::processes_changed{process_state::gone, true});
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::release);
    CHECK(put->put.wanted.released->reason == "engine_gone");
}

TEST_CASE("an engine that was started again before its end was seen has ended all the same") {
    story told;
    told.become_primary();
    auto answered = told.seen.engine.last->received_at;
    told.pass(100ms);
    auto alive = process_state::alive;

    absorb(told.seen, event::processes_changed{alive, true, answered});
    CHECK_FALSE(told.find<put_lease>());  // it may be the one that answered
    CHECK(may_be_primary(told.seen));

    absorb(told.seen, event::processes_changed{alive, true, answered + 10ms});
    CHECK_FALSE(engine_answers(told.seen));
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::release);
    CHECK(put->put.wanted.released->reason == "engine_gone");

    told.engine_shows(role::resolving);
    CHECK(engine_answers(told.seen));
}

TEST_CASE("a FAILOVER that may have reached the new engine forbids to count the old one's end") {
    story told;
    told.become_primary();
    auto began = told.seen.engine.last->received_at + 10ms;
    told.seen.hands.failover_sent = began + 1ms;
    told.pass(100ms);
    absorb(told.seen, event::processes_changed{process_state::alive, true, began});
    CHECK(may_be_primary(told.seen));
    CHECK_FALSE(promotion_has_ended(told.seen));
    told.seen.hands.failover_sent = began - 1ms;
    told.seen.hands.role = running_command{command::failover, began - 1ms, {}};
    CHECK(may_be_primary(told.seen));
    told.seen.hands.role.reset();
    CHECK_FALSE(may_be_primary(told.seen));
    CHECK(promotion_has_ended(told.seen));
}

TEST_CASE("a frozen engine is killed, never released while it may be primary") {
    story told;
    told.become_primary();
    auto silent = told.seen.now;
    absorb(told.seen, event::engine_not_seen{reach::silent, silent});
    told.pass(10s);
    auto what = told.find<put_lease>();
    CHECK_FALSE(what);
    REQUIRE(told.seen.leaving);
    CHECK(told.seen.leaving->reason == "engine_unhealthy");
    told.pass(2s);
    CHECK(told.find<kill_engine>());
}

TEST_CASE("a target is named only where OFFLINE's own batch found it synchronized") {
    story told;
    told.become_primary();
    told.seen.leaving = step_down{"switchover", "db-0", told.seen.now, true, "r1"};
    REQUIRE(told.find<take_offline>());
    absorb(told.seen, event::processes_changed{process_state::gone, true});
    auto put = told.find<put_lease>();
    REQUIRE(put);
    REQUIRE(put->put.wanted.released);
    CHECK(put->put.wanted.released->target.empty());
}

TEST_CASE("an engine that left the role by itself costs the Lease at once, for nobody") {
    story told;
    told.become_primary();
    told.pass(1s);
    told.engine_shows(role::resolving);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::release);
    CHECK(put->put.wanted.released->reason == "role_lost");
    CHECK(put->put.wanted.released->target.empty());
}

TEST_CASE("a deleted primary whose best target lags leaves the role for whoever gets the votes") {
    story told;
    told.become_primary();
    absorb(told.seen, event::pod_deleting{});
    auto first = told.find<take_offline>();
    REQUIRE(first);
    CHECK(first->synchronized_target == "db-0");
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::refused, 51006, true, told.seen.now});
    told.pass(300ms);
    told.engine_shows(role::primary);
    auto renewal = told.find<put_lease>();
    REQUIRE(renewal);
    absorb(told.seen, event::put_committed{renewal->put.wanted, told.seen.now});
    auto second = told.find<take_offline>();
    REQUIRE(second);
    CHECK(second->synchronized_target.empty());
}

// sqlserver.md 1.5: what a level trips decides renewal.
TEST_CASE("a primary whose diagnostics trip the policy renews nothing and leaves the role") {
    struct component {
        component_state diagnostics_view::* which;
        int level;
    };
    const component all[] = {{&diagnostics_view::system, 3},
                             {&diagnostics_view::resource, 4},
                             {&diagnostics_view::query_processing, 5}};
    for (const auto& one : all)
        for (int policy = 0; policy <= 5; ++policy) {
            INFO("level " << one.level << " policy " << policy);
            story told;
            told.become_primary();
            told.seen.chosen.monitor_policy = policy;
            told.pass(3s);
            told.engine_shows(role::primary);  // the canary answers all the time
            diagnostics_view set;
            set.received_at = told.seen.now;
            set.system = set.resource = set.query_processing = component_state::clean;
            set.*one.which = component_state::error;
            absorb(told.seen, event::diagnostics_seen{set});
            bool acts = one.level <= policy;
            CHECK(told.find<put_lease>().has_value() == !acts);
            CHECK(told.seen.leaving.has_value() == acts);
        }
}

TEST_CASE("a Lease that was made anew while the role was given up: nothing is held any more") {
    story told;
    told.become_primary();
    told.engine_shows(role::resolving);
    REQUIRE(told.find<begin_step_down>());
    lease_record anew;
    anew.uid = "another-uid";
    anew.resource_version = "1";
    absorb(told.seen, event::lease_seen{anew, told.seen.now, true});
    REQUIRE(told.find<give_up_authority>());
    CHECK_FALSE(told.seen.held);
    CHECK(told.find<end_step_down>());
}
