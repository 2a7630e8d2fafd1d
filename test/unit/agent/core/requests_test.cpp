// SPDX-License-Identifier: MIT
#include "agent/core/reasons.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

namespace {

struct asked_story : story {
    asked_story() {
        become_primary();
        absorb(seen, event::answers_seen{{"old"}});
    }
    void ask(const std::string& id, const std::string& target) {
        pass(30ms);
        absorb(seen, event::request_seen{{{id, target}}});
    }
};

}  // namespace

TEST_CASE("a request is judged by a look that is newer than itself") {
    asked_story told;
    told.ask("r1", "db-0");
    REQUIRE(std::holds_alternative<look_now>(told.step()));
    REQUIRE(told.code == "look_before_answering");
    REQUIRE(std::holds_alternative<std::monostate>(told.step()));
    told.pass(5ms);
    told.engine_shows(role::primary);
    auto begun = told.find<begin_step_down>();
    REQUIRE(begun);
    REQUIRE(begun->how.target == "db-0");
}

TEST_CASE("a hand-over renews the Lease once more before OFFLINE, and the engine's lease not") {
    asked_story told;
    told.pass(2s);
    told.ask("r1", "db-0");
    told.pass(5ms);
    told.engine_shows(role::primary);
    REQUIRE(told.find<begin_step_down>());
    auto sent = told.seen.now;
    auto renewal = told.find<put_lease>();
    REQUIRE(renewal);
    REQUIRE(told.code == "renew_for_hand_over");
    REQUIRE_FALSE(told.find<take_offline>());
    REQUIRE(told.seen.label_role == "primary");
    REQUIRE_FALSE(told.find<write_labels>());
    told.pass(10ms);
    SECTION("A is moved on") {
        absorb(told.seen, event::put_committed{renewal->put.wanted, sent});
        REQUIRE(told.seen.held->until == sent + 14s);
    }
    SECTION("no answer does not hold it up") {
        absorb(told.seen, event::put_unanswered{sent, "now"});
        absorb(told.seen, event::lease_read_failed{});
    }
    told.pass(4s);
    told.engine_shows(role::primary);
    auto offline = told.find<take_offline>();
    REQUIRE(offline);
    REQUIRE(offline->synchronized_target == "db-0");
    auto label = told.find<write_labels>();
    REQUIRE(label);
    REQUIRE(label->role == "none");
    REQUIRE_FALSE(told.find<renew_write_lease>());
    REQUIRE_FALSE(told.find<put_lease>());
}

TEST_CASE("what a predecessor answered is not carried out again") {
    asked_story told;
    told.ask("old", "db-0");
    told.pass(5ms);
    told.engine_shows(role::primary);
    REQUIRE_FALSE(told.find<begin_step_down>());
    REQUIRE(told.seen.answers.empty());
}

TEST_CASE("no request is carried out before the answers of predecessors are known") {
    asked_story told;
    told.seen.answered.reset();
    told.ask("r1", "db-0");
    told.pass(5ms);
    told.engine_shows(role::primary);
    REQUIRE_FALSE(told.find<begin_step_down>());
    absorb(told.seen, event::answers_seen{});
    REQUIRE(told.find<begin_step_down>());
}

TEST_CASE("answers are read anew by each primary") {
    asked_story told;
    told.engine_shows(role::resolving);
    REQUIRE_FALSE(told.seen.answered);
}

TEST_CASE("a target that OFFLINE's own check refuses is named as not synchronized") {
    asked_story told;
    told.ask("r1", "db-0");
    told.pass(5ms);
    told.engine_shows(role::primary);
    REQUIRE(told.find<begin_step_down>());
    REQUIRE(told.find<take_offline>());
    event::command_ended refused;
    refused.what = command::offline;
    refused.ended = event::command_ended::how::refused;
    refused.error = 51006;
    refused.by_guard = true;
    told.pass(5ms);
    absorb(told.seen, refused);
    auto answered = told.find<answer_request>();
    REQUIRE(answered);
    REQUIRE(answered->answer.reasons == std::vector{std::string(reason::target_not_synchronized)});
}

TEST_CASE("a target that has too much to redo is refused, and is not the best") {
    asked_story told;
    auto ask_for = [&](const std::string& target) {
        told.ask("r1", target);
        told.pass(5ms);
        told.engine_shows(role::primary);
        auto view = *told.seen.engine.last;
        view.group->replicas[0].redo_queue_kb = 100 * 1024 + 1;
        absorb(told.seen, event::engine_seen{view});
    };
    SECTION("named") {
        ask_for("db-0");
        auto answered = told.find<answer_request>();
        REQUIRE(answered);
        REQUIRE(answered->answer.reasons == std::vector{std::string(reason::target_redo_behind)});
    }
    SECTION("named, without a limit") {
        told.seen.chosen.redo_limit_mb = 0;
        ask_for("db-0");
        REQUIRE(told.find<begin_step_down>());
    }
    SECTION("to be chosen") {
        ask_for("");
        auto begun = told.find<begin_step_down>();
        REQUIRE(begun);
        REQUIRE(begun->how.target == "db-2");
    }
}

TEST_CASE("a configuration commit that waits for its quorum is watched for two seconds") {
    asked_story told;
    told.pass(30ms);
    auto view = *told.seen.engine.last;
    view.sent_at = view.received_at = told.seen.now;
    view.group->commit_pending = true;
    absorb(told.seen, event::engine_seen{view});
    REQUIRE_FALSE(told.find<look_now>());
    REQUIRE(told.look_again_at == told.seen.now + 25ms);
    told.pass(25ms);
    REQUIRE(told.find<look_now>());
    REQUIRE(told.code == "watch_commit");
    told.pass(2s);
    REQUIRE_FALSE(told.find<look_now>());
}

TEST_CASE("a label whose patch had no answer is written again, even where it should be as before") {
    story told;
    told.become_primary();
    told.engine_shows(role::resolving);
    auto off = told.find<write_labels>();
    REQUIRE(off);
    CHECK(off->role == "none");
    absorb(told.seen, event::labels_written{"none", false});  // and yet it may have been done
    story again;
    again.become_primary();
    again.seen.label_failed_at = again.seen.now;
    CHECK_FALSE(again.find<write_labels>());
    again.pass(1s);
    again.engine_shows(role::primary);
    auto on = again.find<write_labels>();
    REQUIRE(on);
    CHECK(on->role == "primary");
    absorb(again.seen, event::labels_written{"primary", true});
    CHECK_FALSE(again.find<write_labels>());
}
