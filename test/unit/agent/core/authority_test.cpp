// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rules 1 to 9: authority counts from the send, ends at A, and is released last.

TEST_CASE("a primary with fresh authority does nothing until its period is over") {
    story told;
    told.become_primary();
    CHECK(std::holds_alternative<std::monostate>(told.step()));
    REQUIRE(told.look_again_at);
    CHECK(*told.look_again_at <= told.seen.now + told.seen.chosen.times.period);
}

TEST_CASE("the Lease is renewed a period after the send that authority counts from") {
    story told;
    told.become_primary();
    told.pass(3s);
    told.engine_shows(role::primary);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::renew);
    CHECK(put->put.wanted.holder == "db-1_uid-1");
    CHECK(put->put.wanted.transitions == 5);
    CHECK_FALSE(put->put.wanted.released);
}

TEST_CASE("the answer to a PUT counts from when it was sent") {
    story told;
    told.become_primary();
    auto sent = told.seen.now + 3s;
    told.pass(3s);
    told.engine_shows(role::primary);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    told.pass(1500ms);
    auto record = put->put.wanted;
    record.renew_time = "later";
    absorb(told.seen, event::put_committed{record, sent});
    REQUIRE(told.seen.held);
    CHECK(told.seen.held->until == sent + 15s - 1s);
}

TEST_CASE("a PUT without an answer is read again, and counts from its own send when it is found") {
    story told;
    told.become_primary();
    told.pass(3s);
    told.engine_shows(role::primary);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    auto sent = told.seen.now;
    auto before = told.seen.held->until;
    told.pass(2s);
    absorb(told.seen, event::put_unanswered{sent, "unanswered"});
    CHECK(told.seen.held->until == before);
    REQUIRE(told.find<read_lease>());
    auto record = put->put.wanted;
    record.renew_time = "unanswered";
    absorb(told.seen, event::lease_seen{record, told.seen.now, true});
    CHECK(told.seen.held->until == sent + 14s);
}

TEST_CASE("a renewal that somebody else's write overtook is not counted, and authority goes") {
    story told;
    told.become_primary();
    told.lease_of("db-2_uid-2", 6);
    CHECK_FALSE(told.seen.held);
    auto offline = told.find<take_offline>();
    CHECK(offline);
}

TEST_CASE("a watch that tells of the past costs no authority, but makes us read") {
    story told;
    told.become_primary();
    auto old = *told.seen.lease.record;
    old.holder.clear();
    old.transitions = 4;
    old.renew_time = "old";
    absorb(told.seen, event::lease_seen{old, told.seen.now, false});
    CHECK(told.seen.held);
    CHECK(told.find<read_lease>());
}

TEST_CASE("a deleted Lease is no no: authority stands until A") {
    story told;
    told.become_primary();
    absorb(told.seen, event::lease_missing{told.seen.now, true});
    CHECK(holds_authority(told.seen));
    CHECK_FALSE(told.find<take_offline>());
}

TEST_CASE("the guard's limit is counted from the look's ticks and can only be early") {
    story told;
    told.become_primary();
    told.pass(3s);
    told.engine_shows(role::primary);
    auto renewal = told.find<renew_write_lease>();
    REQUIRE(renewal);
    auto received = told.seen.engine.last->received_at;
    auto room =
        std::chrono::floor<std::chrono::milliseconds>(told.seen.held->until - 9s - received);
    CHECK(renewal->when.ticks_limit == told.seen.engine.last->ms_ticks + room.count());
    CHECK(renewal->validity == 9s);
    CHECK(renewal->when.roles == std::vector<role>{role::primary});
}

TEST_CASE("the engine's lease is not renewed where it would end outside A") {
    story told;
    told.become_primary();
    told.seen.lease.unsettled = true;
    told.seen.lease.reading = true;  // the API server is silent
    told.pass(5s);
    told.engine_shows(role::primary);
    CHECK(told.find<renew_write_lease>());
    absorb(told.seen, event::renewal_ended{true, 0, told.seen.now});
    told.pass(3s);
    told.engine_shows(role::primary);
    CHECK_FALSE(told.find<renew_write_lease>());
}

TEST_CASE("a pair of ticks and time older than two periods guards nothing") {
    story told;
    told.become_primary();
    told.pass(3s);
    told.seen.engine.last->received_at = told.seen.now - 7s;
    CHECK_FALSE(told.find<renew_write_lease>());
}

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

TEST_CASE("a refused login is unknown: nobody is demoted for it while authority stands") {
    story told;
    told.become_primary();
    absorb(told.seen, event::engine_not_seen{reach::login_refused, told.seen.now});
    told.pass(5s);
    CHECK_FALSE(told.find<take_offline>());
    CHECK_FALSE(told.seen.leaving);
}

TEST_CASE("a PRIMARY that nobody promoted is strange: offline, and on record") {
    story told;
    told.engine_shows(role::primary);
    REQUIRE(told.find<take_offline>());
    auto save = told.find<save_record>();
    REQUIRE(save);
    CHECK(save->value.strange == 4);
}

TEST_CASE("a restarted supervisor takes its own primary's Lease up again, in the same term") {
    story told;
    told.become_primary();
    told.seen.held.reset();
    told.seen.started = told.seen.now - 1s;
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::inherit);
    CHECK(put->put.wanted.transitions == 5);
    absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
    REQUIRE(told.seen.held);
    CHECK(told.seen.held->of == 5);
    CHECK_FALSE(told.find<take_offline>());
}

TEST_CASE("a restarted supervisor that cannot take it up within W demotes") {
    story told;
    told.become_primary();
    told.seen.held.reset();
    told.seen.lease.unsettled = told.seen.lease.reading = true;
    told.seen.started = told.seen.now - 9s;
    CHECK(told.find<take_offline>());
}

TEST_CASE("a Lease that was deleted and made anew is no no: the holder is written into it again") {
    story told;
    told.become_primary();
    lease_record empty;
    empty.uid = "another-lease";
    empty.resource_version = "1";
    absorb(told.seen, event::lease_missing{told.seen.now, true});
    told.pass(1s);
    told.engine_shows(role::primary);
    absorb(told.seen, event::lease_seen{empty, told.seen.now, true});
    REQUIRE(holds_authority(told.seen));
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(told.code == "restore_lease");
    CHECK(put->put.wanted.holder == "db-1_uid-1");
    CHECK(put->put.wanted.transitions == 5);
    CHECK(put->put.wanted.group_id == group_id);
    SECTION("but one that somebody released ends authority") {
        story other;
        other.become_primary();
        other.lease_of("", 5, release_note{"db-1_uid-1", "", "switchover", ""});
        CHECK_FALSE(other.seen.held);
    }
}

TEST_CASE("a group that was made again by hand under the same name is not renewed for") {
    story told;
    told.become_primary();
    told.pass(3s);
    told.engine_shows(role::primary);
    auto view = *told.seen.engine.last;
    view.group->group_id = "made-by-hand";
    told.stamp(view);
    absorb(told.seen, event::engine_seen{view});
    CHECK_FALSE(told.find<renew_write_lease>());
    CHECK_FALSE(told.find<put_lease>());
}

TEST_CASE("ticks that do not go as our clock does guard nothing until the next look") {
    story told;
    told.become_primary();
    told.pass(3s);
    auto view = *told.seen.engine.last;
    told.stamp(view);
    view.ms_ticks += 1000;  // the machine was moved: its ticks jumped
    absorb(told.seen, event::engine_seen{view});
    CHECK_FALSE(told.find<renew_write_lease>());
    told.pass(100ms);
    told.stamp(view);
    view.ms_ticks += 1000;
    absorb(told.seen, event::engine_seen{view});
    CHECK(told.find<renew_write_lease>());
}

TEST_CASE("without a write lease the end of authority is enforced before it comes") {
    story told;
    told.become_primary();
    told.seen.hands.fencing_unavailable = true;
    told.seen.lease.reading = told.seen.lease.unsettled = true;
    told.seen.hands.renewing = told.seen.now;
    told.pass(10900ms);
    told.engine_shows(role::primary);
    CHECK_FALSE(told.find<take_offline>());
    told.pass(200ms);
    told.engine_shows(role::primary);
    CHECK(told.find<take_offline>());
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::not_sent, 0, false, told.seen.now});
    told.pass(2s);
    told.engine_shows(role::primary);
    CHECK(told.find<kill_engine>());
    CHECK(told.seen.now < told.seen.held->until);
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

TEST_CASE(
    "restarted between PRIMARY and its record, a supervisor takes the Lease up all the same") {
    story told;
    told.become_primary();
    told.seen.record.value.line = 4;
    told.seen.held.reset();
    told.seen.started = told.seen.now - 1s;
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::inherit);
    absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
    auto save = told.find<save_record>();
    REQUIRE(save);
    CHECK(save->value.line == 5);
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
