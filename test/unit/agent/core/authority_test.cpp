// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rules 1 to 9: authority counts from the send, and nothing is renewed or sent outside of it.

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
