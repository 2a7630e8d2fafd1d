// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"

#include "agent/core/conditions.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/voting.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rule 30, and failover that waits to be named.

namespace {

struct ordered_story : story {
    void pause() { absorb(seen, event::orders_seen{{standing_order{"noon", "anna"}, {}, {}}}); }
    void fence(std::vector<std::string> pods) {
        absorb(seen, event::orders_seen{{{}, std::move(pods), {"noon", "anna"}}});
    }
    void end_orders() { absorb(seen, event::orders_seen{}); }
    void fail_over_only_by_name() {
        for (auto& one : seen.spec.replicas) one.automatic = false;
    }
    // The primary is gone for longer than its Lease stood, and everybody has seen it.
    void lose_primary() {
        absorb(seen, event::peer_silent{"db-0", seen.now});
        pass(16s);
        engine_shows(role::resolving);
        peer_shows("db-2", role::resolving);
    }
    void ask(const std::string& id, const std::string& target, bool accepts_loss = false) {
        pass(30ms);
        absorb(seen, event::request_seen{{{id, target, accepts_loss}}});
        pass(5ms);
        engine_shows(seen.engine.last->local_role());
    }
    std::vector<std::string> answer() {
        absorb(seen, event::answers_seen{});
        auto found = find<answer_request>();
        REQUIRE(found);
        CHECK_FALSE(found->answer.done);
        return found->answer.reasons;
    }
};

std::string refusals(const story& told) {
    std::string words;
    for (const auto& one : candidate_refusals(told.seen)) words += one + " ";
    return words;
}

using codes = std::vector<std::string>;

}  // namespace

TEST_CASE("in a pause nobody replaces a primary that is lost; afterwards somebody does") {
    ordered_story told;
    told.pause();
    told.lose_primary();
    CHECK(refusals(told) == "paused ");
    CHECK_FALSE(told.find<ask_prevotes>());
    told.end_orders();
    CHECK(told.find<ask_prevotes>());
}

TEST_CASE("in a pause a primary renews both its leases, and obeys when authority ends") {
    ordered_story told;
    told.become_primary();
    told.pause();
    told.pass(4s);
    told.engine_shows(role::primary);
    CHECK(told.find<renew_write_lease>());
    CHECK(told.find<put_lease>());
    told.pass(20s);
    told.engine_shows(role::primary);
    CHECK(told.find<take_offline>());
    CHECK(told.code == "demote_without_authority");
}

TEST_CASE("in a pause a voter seals itself as ever") {
    ordered_story told;
    told.pause();
    told.engine_shows(role::secondary);
    vote_question asked{"db-2", "uid-2", 5, 10s, configuration{4, 17}, 4, {}, false};
    asked.databases = own_positions(told.seen);
    absorb(told.seen, event::vote_asked{1, asked});
    told.lease_of("db-2_uid-2", 5);
    CHECK(told.find<take_offline>());
    CHECK(told.code == "seal_vote");
}

TEST_CASE("in a pause an engine that is sick and PRIMARY stays so; one that is gone is not left") {
    ordered_story told;
    told.become_primary();
    told.pause();
    SECTION("its diagnostics are bad, it answers") {
        diagnostics_view bad;
        bad.received_at = told.seen.now;
        absorb(told.seen, event::diagnostics_seen{bad});
        told.pass(4s);
        told.engine_shows(role::primary);
        REQUIRE_FALSE(judge_health(told.seen.engine, told.seen.chosen, told.seen.now).healthy);
        auto renewal = told.find<put_lease>();
        REQUIRE(renewal);
        CHECK(renewal->put.purpose == put_purpose::renew);
    }
    SECTION("it is gone: the Lease is neither renewed nor released") {
        absorb(told.seen, event::processes_changed{process_state::gone, true});
        told.pass(4s);
        CHECK_FALSE(told.find<begin_step_down>());
        CHECK_FALSE(told.find<put_lease>());
        told.end_orders();
        CHECK(told.find<begin_step_down>());
    }
}

TEST_CASE("in a pause a deleted pod hands nothing over, and a switchover is refused") {
    ordered_story told;
    told.become_primary();
    told.pause();
    told.ask("r1", "db-0");
    CHECK(told.answer() == codes{"paused"});
    absorb(told.seen, event::pod_deleting{});
    CHECK_FALSE(told.find<begin_step_down>());
}

TEST_CASE("a pause that comes into a hand-over calls it off before OFFLINE, and ends it after") {
    ordered_story told;
    told.become_primary();
    absorb(told.seen, event::answers_seen{});
    told.ask("r1", "db-0");
    REQUIRE(told.find<begin_step_down>());
    SECTION("before") {
        told.pause();
        CHECK(told.find<end_step_down>());
        CHECK(told.code == "call_off_hand_over");
        CHECK(told.answer() == codes{"paused"});
    }
    SECTION("after") {
        REQUIRE(told.find<take_offline>());
        auto sent = told.seen.now;
        told.pause();
        told.pass(10ms);
        event::command_ended done;
        done.what = command::offline;
        done.sent_at = sent;
        absorb(told.seen, done);
        told.pass(10ms);
        told.engine_shows(role::resolving);
        auto put = told.find<put_lease>();
        INFO(told.code);
        REQUIRE(put);
        CHECK(put->put.wanted.released->target == "db-0_uid-0");
    }
}

TEST_CASE("a hand-over that was begun is taken in a pause, for two seconds") {
    ordered_story told;
    told.pause();
    told.engine_shows(role::resolving);
    told.lease_of("", 4, release_note{"db-0_uid-0", "", "switchover", "db-1_uid-1"});
    CHECK(refusals(told) == "");
    told.pass(2s);
    told.engine_shows(role::resolving);
    CHECK(refusals(told) == "paused ");
}

TEST_CASE("in a pause only whom our own seal took off its primary is put under the new one") {
    ordered_story told;
    told.pause();
    told.engine_shows(role::resolving);
    CHECK_FALSE(told.find<set_secondary>());
    told.seen.hands.offline_answered = told.seen.now;
    told.pass(1s);
    told.engine_shows(role::resolving);
    CHECK(told.find<set_secondary>());
}

TEST_CASE("a fenced primary hands over to the best, and to nobody where nobody can take it") {
    ordered_story told;
    told.become_primary();
    told.fence({"db-1"});
    SECTION("the best that is not fenced") {
        auto begun = told.find<begin_step_down>();
        REQUIRE(begun);
        CHECK(begun->how.reason == reason::fenced);
        CHECK(begun->how.target == "db-0");
        CHECK(begun->how.orderly);
    }
    SECTION("the others are fenced, too") {
        told.fence({"db-0", "db-1", "db-2"});
        auto begun = told.find<begin_step_down>();
        REQUIRE(begun);
        CHECK(begun->how.target == "");
        auto offline = told.find<take_offline>();
        REQUIRE(offline);
        CHECK(offline->synchronized_target == "");
    }
    SECTION("in a pause it leaves the role all the same, and nobody is named") {
        told.seen.orders.pause = standing_order{};
        auto begun = told.find<begin_step_down>();
        REQUIRE(begun);
        CHECK(begun->how.target == "");
        CHECK(told.find<take_offline>());
    }
}

TEST_CASE("a fenced pod does not run, is no target, and bars no other by its log") {
    ordered_story told;
    told.fence({"db-1"});
    told.lose_primary();
    CHECK(refusals(told) == "fenced ");
    prevote_question behind{"db-2", "uid-2", configuration{4, 17}, 4, {}};
    behind.databases = {{"sales", log_position("90"), synchronization::synchronized}};
    CHECK(prevote_refusals(told.seen, behind) == codes{});
    told.end_orders();
    CHECK(prevote_refusals(told.seen, behind) == codes{"behind_log"});
    told.become_primary();
    told.fence({"db-2"});
    told.ask("r1", "db-2");
    CHECK(told.answer() == codes{"fenced"});
}

TEST_CASE("failover by name only: an expired Lease and one let go for nobody are left alone") {
    ordered_story told;
    told.fail_over_only_by_name();
    told.lose_primary();
    CHECK(refusals(told) == "manual_failover ");
    told.lease_of("", 4, release_note{"db-0_uid-0", "", "engine_gone", ""});
    CHECK(refusals(told) == "manual_failover ");
    told.lease_of("", 4, release_note{"db-0_uid-0", "", "switchover", "db-2_uid-2"});
    told.pass(3s);
    told.engine_shows(role::resolving);
    CHECK(refusals(told) == "manual_failover ");
}

TEST_CASE("failover by name only: a Lease let go for this replica is taken") {
    ordered_story told;
    told.fail_over_only_by_name();
    told.engine_shows(role::resolving);
    told.lease_of("", 4, release_note{"db-0_uid-0", "", "switchover", "db-1_uid-1"});
    CHECK(refusals(told) == "");
    told.pass(30ms);
    told.engine_shows(role::resolving);
    CHECK(told.find<ask_prevotes>());
}

TEST_CASE(
    "failover by name only: with no primary, a request that came since names who takes over") {
    ordered_story told;
    told.fail_over_only_by_name();
    SECTION("it came after the last renewal, while we watched") {
        absorb(told.seen, event::request_seen{});
        told.lose_primary();
        told.ask("r1", "db-1");
        CHECK(refusals(told) == "");
        CHECK(told.find<ask_prevotes>());
    }
    SECTION("it names another") {
        absorb(told.seen, event::request_seen{});
        told.lose_primary();
        told.ask("r1", "db-2");
        CHECK(refusals(told) == "manual_failover ");
    }
    SECTION("it is older than the last renewal") {
        absorb(told.seen, event::request_seen{});
        told.ask("r1", "db-1");
        told.pass(1s);
        told.lease_of("db-0_uid-0", 4);
        told.lose_primary();
        CHECK(refusals(told) == "manual_failover ");
    }
    SECTION("it stood when we began to watch") {
        told.lose_primary();
        told.ask("r1", "db-1");
        CHECK(refusals(told) == "manual_failover ");
    }
    SECTION("it asks for loss of data") {
        absorb(told.seen, event::request_seen{});
        told.lose_primary();
        told.ask("r1", "db-1", true);
        CHECK(refusals(told) == "manual_failover ");
    }
}

TEST_CASE("failover by name only: who lets go for nobody names itself") {
    ordered_story told;
    told.fail_over_only_by_name();
    told.become_primary();
    absorb(told.seen, event::processes_changed{process_state::gone, true});
    told.pass(1s);
    REQUIRE(told.find<begin_step_down>());
    auto clear = told.find<put_lease>();
    REQUIRE(clear);
    REQUIRE(clear->put.purpose == put_purpose::release);
    CHECK(clear->put.wanted.released->target == "db-1_uid-1");
    CHECK(clear->put.wanted.released->reason == reason::engine_gone);
    SECTION(
        "its log is excused if it led in that term: what others have more was not acknowledged") {
        ordered_story voter;
        voter.fail_over_only_by_name();
        voter.seen.self = {"db-2", "uid-2"};
        voter.engine_shows(role::resolving);
        voter.lease_of("", 5, clear->put.wanted.released);
        prevote_question behind{"db-1", "uid-1", configuration{4, 17}, 4, {}};
        behind.databases = {{"sales", log_position("90"), synchronization::synchronized}};
        CHECK(prevote_refusals(voter.seen, behind) == codes{"behind_log"});
        behind.line = 5;
        CHECK(prevote_refusals(voter.seen, behind) == codes{});
    }
}

TEST_CASE("a forced failover is refused, with every other reason at once") {
    ordered_story told;
    told.become_primary();
    told.pause();
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    told.ask("r1", "db-0", true);
    CHECK(told.answer() == codes{"data_loss_refused", "paused", "target_silent"});
}

TEST_CASE("two requests stand: each is answered, the first first") {
    ordered_story told;
    told.become_primary();
    absorb(told.seen, event::answers_seen{});
    absorb(told.seen, event::request_seen{{{"r1", "db-9"}, {"r2", "db-1"}}});
    told.pass(5ms);
    told.engine_shows(role::primary);
    auto first = told.find<answer_request>();
    REQUIRE(first);
    CHECK(first->answer.id == "r1");
    auto second = told.find<answer_request>();
    REQUIRE(second);
    CHECK(second->answer.id == "r2");
    CHECK(second->answer.done);
    CHECK_FALSE(told.find<answer_request>());
}

TEST_CASE("a request that names nobody is done when the role has moved, and moves it no further") {
    ordered_story told;
    absorb(told.seen, event::request_seen{{{"r1", ""}}});
    told.pass(1s);
    told.become_primary();
    told.seen.running.acquired_at = told.seen.now;
    absorb(told.seen, event::answers_seen{});
    auto answered = told.find<answer_request>();
    REQUIRE(answered);
    CHECK(answered->answer.done);
    told.ask("r2", "");
    CHECK(told.find<begin_step_down>());
}

TEST_CASE("pause and fence are conditions that say since when and by whom") {
    ordered_story told;
    told.pause();
    told.seen.orders.fenced = {"db-0", "db-2"};
    auto all = conditions_of(told.seen);
    REQUIRE(all.size() == 2);
    CHECK(all[0].type == "Paused");
    CHECK(all[0].words.starts_with("The group is paused since noon by anna:"));
    CHECK(all[1].type == "PodFenced");
    CHECK(all[1].words == "db-0, db-2 are fenced: not primary until the fence is lifted.");
}
