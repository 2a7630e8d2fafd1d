// SPDX-License-Identifier: MIT
#include "agent/core/takeover.hpp"

#include "agent/core/voting.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rules 10 to 16: when the Lease may be reached for, who agrees, and how an engine is promoted.

namespace {

release_note let_go(std::string target = {}) {
    release_note note;
    note.by = "db-0_uid-0";
    note.reason = "engine_gone";
    note.target = std::move(target);
    return note;
}

void say_yes(story& told, std::uint64_t number) {
    absorb(told.seen, event::prevote_answered{number, "db-2", true, {}});
    absorb(told.seen, event::prevotes_ended{number});
}

// db-0 has let the Lease go: db-1 looks, and asks who would vote for it.
ask_prevotes asks_first(story& told) {
    told.engine_shows(role::resolving);
    told.lease_of("", 4, let_go());
    told.peer_shows("db-0", role::resolving).engine_known = false;
    REQUIRE(told.find<look_now>());
    told.pass(5ms);
    told.engine_shows(role::resolving);
    auto asked = told.find<ask_prevotes>();
    REQUIRE(asked);
    return *asked;
}

// A majority would: db-1 reaches for the Lease.
lease_put reaches(story& told, const ask_prevotes& asked) {
    say_yes(told, asked.number);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    return put->put;
}

}  // namespace

TEST_CASE("the instant at which the Lease may be reached for") {
    story told;
    auto seen_at = *told.seen.lease.changed_at;
    CHECK(takeover_due(told.seen, 0) == seen_at + 15s);
    CHECK(takeover_due(told.seen, 2) == seen_at + 16s);
    told.lease_of("", 4, let_go());
    CHECK(takeover_due(told.seen, 1) == told.seen.now + 500ms);
    told.lease_of("", 4, let_go("db-1_uid-1"));
    CHECK(takeover_due(told.seen, 0) == told.seen.now);
    told.lease_of("", 4, let_go("db-2_uid-2"));
    CHECK(takeover_due(told.seen, 0) == told.seen.now + 2s);
    told.lease_of("", 0);
    CHECK(takeover_due(told.seen, 0) == told.seen.now + 15s);
    told.lease_of("db-1_uid-1", 5);
    CHECK_FALSE(takeover_due(told.seen, 0));
}

TEST_CASE("a candidate asks before it touches the Lease, and acquires only with a majority") {
    story told;
    auto asked = asks_first(told);
    CHECK_FALSE(told.find<put_lease>());
    auto put = reaches(told, asked);
    CHECK(put.purpose == put_purpose::acquire);
    CHECK(put.wanted.transitions == 5);
}

TEST_CASE("an acquisition told by the watch, and then by a read, opens one vote of our own") {
    story told;
    auto put = reaches(told, asks_first(told));
    auto sent = told.seen.now;
    absorb(told.seen, event::put_unanswered{sent, "now"});
    auto record = put.wanted;
    record.renew_time = "now";
    absorb(told.seen, event::lease_seen{record, sent + 1s, false});
    REQUIRE(told.seen.held);
    REQUIRE(told.seen.vote);
    told.seen.vote.reset();  // answered
    absorb(told.seen, event::lease_seen{record, sent + 2s, true});
    CHECK(told.seen.held->until == sent + 14s);
    CHECK_FALSE(told.seen.vote);
}

TEST_CASE("the new term is above every term that anybody voted in") {
    story told;
    told.engine_shows(role::resolving);
    told.lease_of("", 4, let_go());
    told.peer_shows("db-2", role::resolving).voted = 9;
    CHECK(next_term(told.seen) == 10);
}

TEST_CASE("the better placed go first") {
    story told;
    told.engine_shows(role::resolving);
    CHECK(takeover_rank(told.seen) == 1);  // db-0 has the lower ordinal
    told.peer_shows("db-0", role::resolving).databases[0].hardened = log_position("90");
    CHECK(takeover_rank(told.seen) == 0);
    told.peer_shows("db-2", role::resolving).databases[0].hardened = log_position("110");
    CHECK(takeover_rank(told.seen) == 1);
    told.peer_shows("db-2", role::resolving).numbered = configuration{3, 99};
    CHECK(takeover_rank(told.seen) == 0);
}

TEST_CASE("from the Lease to PRIMARY: seal, votes, record, FAILOVER, line, in this order") {
    story told;
    auto put = reaches(told, asks_first(told));
    absorb(told.seen, event::put_committed{put.wanted, told.seen.now});
    REQUIRE(told.seen.held);

    auto seal = told.find<take_offline>();
    REQUIRE(seal);
    CHECK(told.seen.record.value.voted == 5);
    CHECK(told.seen.record.value.voted_for == "uid-1");
    told.pass(5ms);
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
    CHECK_FALSE(told.find<ask_votes>());
    told.pass(5ms);
    told.engine_shows(role::resolving);
    auto votes = told.find<ask_votes>();
    REQUIRE(votes);
    CHECK(votes->question.wanted == 5);
    CHECK_FALSE(told.find<fail_over>());

    absorb(told.seen, event::vote_answered{votes->number, "db-2", true, {}});
    auto order = told.find<fail_over>();
    REQUIRE(order);
    CHECK(told.seen.record.value.promoting == 5);
    CHECK(order->when.roles == std::vector<role>{role::resolving});
    absorb(told.seen,
           event::command_ended{
               command::failover, event::command_ended::how::done, 0, false, told.seen.now});
    told.pass(100ms);
    told.engine_shows(role::primary);
    REQUIRE(told.find<push_primary>());
    CHECK(told.seen.record.value.line == 5);
}

TEST_CASE("an engine that refuses makes the candidate let go and wait") {
    story told;
    told.engine_shows(role::resolving);
    auto& record = told.seen.record.value;
    record.voted = 5;
    record.voted_for = "uid-1";
    record.promoting = 5;
    record.promoting_engine = "2026-01-01T00:00:00";
    told.lease_of("db-1_uid-1", 5);
    told.seen.held = authority{5, told.seen.now + 14s};
    told.seen.running.acquired_at = told.seen.now - 200ms;
    told.seen.hands.failover_sent = told.seen.now - 10ms;
    absorb(told.seen,
           event::command_ended{
               command::failover, event::command_ended::how::refused, 41142, false, told.seen.now});
    auto offline = told.find<take_offline>();
    REQUIRE(told.seen.leaving);
    CHECK(told.seen.leaving->reason == "not_synchronized");
    REQUIRE(offline);
    absorb(told.seen,
           event::command_ended{
               command::offline, event::command_ended::how::done, 0, false, told.seen.now});
    told.pass(10ms);
    told.engine_shows(role::resolving);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.purpose == put_purpose::release);
    absorb(told.seen, event::put_committed{put->put.wanted, told.seen.now});
    auto done = told.find<end_step_down>();
    REQUIRE(told.seen.vetoed);
    CHECK(told.seen.vetoed->length == 15s);
    CHECK(done);
}

TEST_CASE("a promotion that nobody watched, and that left nothing behind, is given up") {
    story told;
    told.engine_shows(role::resolving);
    auto& hands = told.seen.hands;
    told.seen.record.value.voted = 5;
    told.seen.record.value.promoting = 5;
    told.lease_of("db-1_uid-1", 5);
    told.seen.held = authority{5, told.seen.now + 60s};
    told.seen.running.acquired_at = told.seen.now;
    hands.failover_sent = told.seen.now;
    hands.failover_accepted = true;
    SECTION("its machine stood still for longer than the write lease") {
        told.pass(25s);
        told.engine_shows(role::resolving);
        CHECK_FALSE(told.find<begin_step_down>());
        told.pass(5s);
        told.engine_shows(role::resolving);
        auto left = told.find<begin_step_down>();
        REQUIRE(left);
        CHECK(left->how.reason == "promotion_late");
    }
    SECTION("one that is watched may take its time") {
        for (int i = 0; i < 30; ++i) {
            told.pass(1s);
            told.engine_shows(role::resolving);
        }
        CHECK_FALSE(told.find<begin_step_down>());
    }
}

TEST_CASE("a promotion that has ended says nothing of the next one") {
    story told;
    told.become_primary();
    auto& hands = told.seen.hands;
    hands.failover_sent = told.seen.now - 1h;
    hands.failover_accepted = true;
    hands.last_role_command = command::failover;
    hands.last_role_error = 41142;
    auto ended = told.seen.record.value;
    ended.promoting.reset();
    absorb(told.seen, event::record_saved{ended});
    REQUIRE_FALSE(hands.failover_sent);
    REQUIRE_FALSE(hands.failover_accepted);
    REQUIRE(hands.last_role_error == 0);
}

TEST_CASE("who may not lead says why") {
    story told;
    CHECK(candidate_refusals(told.seen).empty());
    auto refused = [](auto change) {
        story one;
        change(one.seen);
        auto codes = candidate_refusals(one.seen);
        return codes.empty() ? std::string("none") : codes.front();
    };
    CHECK(refused([](auto& s) { s.engine.reachable = reach::silent; }) == "engine_unknown");
    CHECK(refused([](auto& s) { s.record.intact = false; }) == "record_missing");
    CHECK(refused([](auto& s) { s.spec.replicas[1].may_lead = false; }) == "may_not_lead");
    CHECK(refused([](auto& s) { s.record.value.strange = true; }) == "strange_primary");
    CHECK(refused([](auto& s) { s.deleting = true; }) == "pod_deleted");
    CHECK(refused([](auto& s) { s.lease.record->lower_bound = configuration{5, 1}; }) ==
          "below_lease");
    CHECK(refused([](auto& s) { s.lease.record->format = 2; }) == "newer_format");
    CHECK(refused([](auto& s) { s.lease.record->group_id = "another"; }) == "other_group");
    CHECK(refused([](auto& s) { s.spec.replicas[1].mode = availability_mode::asynchronous; }) ==
          "not_synchronous");
}

TEST_CASE("FAILOVER goes only to the engine that the promotion on record names") {
    story told;
    told.engine_shows(role::resolving);
    auto& record = told.seen.record.value;
    record.voted = 5;
    record.voted_for = "uid-1";
    record.promoting = 5;
    record.promoting_engine = "2026-01-01T00:00:00";
    told.lease_of("db-1_uid-1", 5);
    told.seen.held = authority{5, told.seen.now + 14s};
    told.seen.running.acquired_at = told.seen.now;
    told.seen.running.own_vote = true;
    told.seen.running.votes = ha::agent::round{};
    told.seen.running.votes->yes["db-2"] = true;

    SECTION("the same engine: at once") {
        CHECK(told.find<fail_over>());
    }
    SECTION("started anew: the mark is cleared, and nothing is sent while that is written") {
        told.pass(5ms);
        auto view = *told.seen.engine.last;
        told.stamp(view);
        view.started = "2026-01-01T01:00:00";
        absorb(told.seen, event::engine_seen{view});
        auto clear = told.step();
        REQUIRE(std::holds_alternative<save_record>(clear));
        CHECK_FALSE(std::get<save_record>(clear).value.promoting);
        for (int i = 0; i < 5; ++i) CHECK_FALSE(std::holds_alternative<fail_over>(told.step()));
        absorb(told.seen, event::record_saved{std::get<save_record>(clear).value});
        auto order = told.find<fail_over>();
        REQUIRE(order);
        CHECK(told.seen.record.value.promoting_engine == "2026-01-01T01:00:00");
    }
}

TEST_CASE("nobody reaches for the Lease while a command of his own may still run") {
    story told;
    told.engine_shows(role::resolving);
    told.lease_of("", 4, let_go());
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    told.pass(600ms);
    told.engine_shows(role::resolving);
    auto reaches = [&] { return told.find<ask_prevotes>().has_value(); };
    SECTION("idle hands") {
        CHECK(reaches());
    }
    SECTION("a session to end") {
        told.seen.hands.sessions_to_end = told.seen.hands.ending_sessions = true;
        CHECK_FALSE(reaches());
    }
    SECTION("SET ROLE under way") {
        told.seen.hands.role = running_command{command::set_role, told.seen.now, {}};
        CHECK_FALSE(reaches());
    }
    SECTION("a promotion that was not seen to end") {
        told.seen.record.value.promoting = 4;
        told.seen.record.value.promoting_engine = "2026-01-01T00:00:00";
        CHECK_FALSE(reaches());
    }
}

TEST_CASE("a yes of another group, or of a replica without a history, counts for nothing") {
    story told;
    told.engine_shows(role::resolving);
    ha::agent::round asked;
    asked.yes["db-2"] = true;
    CHECK(has_majority(told.seen, asked, true));
    told.peer_shows("db-2", role::resolving).group_id = "another";
    CHECK_FALSE(has_majority(told.seen, asked, true));
    told.peer_shows("db-2", role::resolving).numbered = configuration{};
    CHECK_FALSE(has_majority(told.seen, asked, true));
}

TEST_CASE("a Lease that was made anew is no beginning: votes decide, and the primary marks it") {
    story told;
    told.engine_shows(role::resolving);
    lease_record empty;
    empty.uid = "another-lease";
    empty.resource_version = "1";
    absorb(told.seen, event::lease_seen{empty, told.seen.now, true});
    CHECK_FALSE(before_bootstrap(told.seen));
    for (const auto* name : {"db-0", "db-2"}) told.peer_shows(name, role::resolving);
    CHECK_FALSE(told.find<ask_prevotes>());
    told.pass(16s);  // a full L
    told.engine_shows(role::resolving);
    auto asked = told.find<ask_prevotes>();
    REQUIRE(asked);
    say_yes(told, asked->number);
    auto put = told.find<put_lease>();
    REQUIRE(put);
    CHECK(put->put.wanted.transitions == 5);
}

TEST_CASE("a group without WRITE_LEASE_VALIDITY promotes nobody by itself") {
    story told;
    absorb(told.seen,
           event::command_ended{
               command::failover, event::command_ended::how::refused, 47116, false, told.seen.now});
    auto no = candidate_refusals(told.seen);
    CHECK(std::find(no.begin(), no.end(), "fencing_unavailable") != no.end());
}
