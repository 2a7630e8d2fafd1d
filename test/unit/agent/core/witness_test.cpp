// SPDX-License-Identifier: MIT
#include "agent/core/witness.hpp"

#include "agent/core/reasons.hpp"
#include "agent/core/takeover.hpp"
#include "agent/core/voting.hpp"
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// Rule 27: two data voters, and the Lease as their witness.

namespace {

using names = std::vector<std::string>;

// db-0 and db-1 synchronous, db-2 asynchronous.
struct two_voters : story {
    two_voters() {
        seen.spec.replicas[2].mode = availability_mode::asynchronous;
        engine_shows(role::secondary);
    }

    void lease_has(std::optional<names> set, std::string holder, term of) {
        auto record = *seen.lease.record;
        record.holder = std::move(holder);
        record.transitions = of;
        record.renew_time = std::to_string(++versions);
        record.synchronized = std::move(set);
        absorb(seen, event::lease_seen{record, seen.now, true});
    }

    // As the primary of term 5, this set in the Lease by an answered PUT, the other in step.
    void lead(names set, int required) {
        become_primary();
        seen.lease.record->synchronized = set;
        seen.witness.settled = set;
        seen.witness.settled_at = seen.now;
        shows(true, required);
    }

    // Our engine, and with `tells` the other's status, show this now.
    void shows(bool in_step, int required, bool tells = true) {
        pass(1s);
        auto view = *seen.engine.last;
        stamp(view);
        auto& group = *view.group;
        group.required = required;
        group.replicas[0].connected = in_step;
        group.replicas[0].state =
            in_step ? synchronization::synchronized : synchronization::not_synchronizing;
        absorb(seen, event::engine_seen{view});
        seen.held->until = seen.now + 14s;
        if (tells) other_tells(required);
    }

    void other_tells(int required) {
        auto told = peer_shows("db-0", role::secondary);
        told.working = true;
        told.required = required;
        absorb(seen, event::peer_answered{"db-0", told, seen.now});
    }

    std::optional<lease_put> puts() {
        auto put = find<put_lease>();
        return put ? std::optional{put->put} : std::nullopt;
    }
    void answered(const lease_put& put) {
        absorb(seen, event::put_committed{put.wanted, seen.now});
    }
    void ended(command what) {
        absorb(seen,
               event::command_ended{what, event::command_ended::how::done, 0, false, seen.now});
    }

    // db-0 has let the Lease go and nothing is known against a takeover.
    void free_lease(std::optional<names> set) {
        engine_shows(role::resolving);
        seen.lease.record->released = release_note{"db-0_uid-0", "", "engine_gone", ""};
        lease_has(std::move(set), "", 4);
        pass(5ms);
        engine_shows(role::resolving);
    }
};

const names both{"db-0", "db-1"};
const names me{"db-1"};

}  // namespace

TEST_CASE("alone: the set is written and answered before anything writes without the other") {
    two_voters told;
    told.lead(both, 1);
    told.shows(false, 1, false);
    CHECK_FALSE(told.find<put_lease>());  // it may be back in a moment
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    auto put = told.puts();
    REQUIRE(put);
    CHECK(put->purpose == put_purpose::renew);
    CHECK(put->wanted.synchronized == me);
    CHECK_FALSE(told.find<set_required>());
    told.answered(*put);
    auto lowered = told.find<set_required>();
    REQUIRE(lowered);
    CHECK(lowered->required == 0);
}

TEST_CASE("a secondary that answers is waited for, five seconds") {
    two_voters told;
    told.lead(both, 1);
    told.shows(false, 1);
    CHECK_FALSE(told.find<put_lease>());
    for (int i = 0; i < 5; ++i) told.shows(false, 1);
    auto put = told.puts();
    REQUIRE(put);
    CHECK(put->wanted.synchronized == me);
}

TEST_CASE("a PUT without an answer proves nothing, even when a read shows what it said") {
    two_voters told;
    told.lead(both, 1);
    told.shows(false, 1, false);
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    auto put = told.puts();
    REQUIRE(put);
    absorb(told.seen, event::put_unanswered{told.seen.now, "lost"});
    told.pass(1s);
    auto landed = put->wanted;
    landed.renew_time = "lost";
    absorb(told.seen, event::lease_seen{landed, told.seen.now, true});
    CHECK_FALSE(is_settled_alone(told.seen));
    CHECK(required_now(told.seen) == std::nullopt);
    auto again = told.puts();
    REQUIRE(again);
    told.answered(*again);
    CHECK(told.find<set_required>());
}

TEST_CASE("together again: REQUIRED on both, then SYNCHRONIZED, then the set") {
    two_voters told;
    told.lead(me, 0);
    auto raised = told.find<set_required>();
    REQUIRE(raised);
    CHECK(raised->required == 1);
    told.shows(true, 1, false);
    CHECK_FALSE(told.find<put_lease>());  // the command still runs
    told.ended(command::set_required);
    told.other_tells(1);
    CHECK_FALSE(told.find<put_lease>());  // what was seen before it ended does not count
    told.shows(true, 1, false);
    told.other_tells(0);
    told.shows(true, 1, false);
    CHECK_FALSE(told.find<put_lease>());  // the other's copy does not have it
    told.other_tells(1);
    CHECK_FALSE(told.find<put_lease>());  // SYNCHRONIZED was seen before that
    told.shows(true, 1, false);
    auto put = told.puts();
    REQUIRE(put);
    CHECK(put->wanted.synchronized == both);
    // From its send on it may stand.
    CHECK_FALSE(is_settled_alone(told.seen));
    absorb(told.seen, event::put_unanswered{told.seen.now, "lost"});
    told.shows(false, 1, false);
    absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    CHECK_FALSE(told.find<set_required>());
}

TEST_CASE("a command on REQUIRED that was given up: its session is gone before both are named") {
    two_voters told;
    told.lead(me, 1);
    told.shows(true, 1);
    told.shows(true, 1);
    told.seen.hands.sessions_to_end = true;
    CHECK(told.find<end_sessions>());
    CHECK_FALSE(told.find<put_lease>());
    absorb(told.seen, event::sessions_ended{true});
    CHECK_FALSE(told.find<put_lease>());
    told.shows(true, 1);
    told.shows(true, 1);
    auto put = told.puts();
    REQUIRE(put);
    CHECK(put->wanted.synchronized == both);
}

TEST_CASE("what the other has must be our configuration, taken under our term") {
    two_voters told;
    told.lead(me, 1);
    told.shows(true, 1);
    REQUIRE(told.seen.witness.both_required);
    auto status = *told.seen.peers["db-0"].status;
    SECTION("an older one") {
        status.numbered.number -= 1;
    }
    SECTION("of an older primary") {
        status.line -= 1;
    }
    SECTION("not connected to us") {
        status.working = false;
    }
    SECTION("its engine is not known") {
        status.engine_known = false;
    }
    absorb(told.seen, event::peer_answered{"db-0", status, told.seen.now});
    CHECK_FALSE(told.seen.witness.both_required);
}

TEST_CASE("a Lease without a set gets one that names its primary alone") {
    two_voters told;
    told.lead(both, 1);
    told.seen.lease.record->synchronized.reset();
    told.seen.witness = {};
    auto put = told.puts();
    REQUIRE(put);
    CHECK(put->wanted.synchronized == me);
}

TEST_CASE("a REQUIRED in the spec is never lowered; 0 never names both; None needs no set") {
    two_voters told;
    told.lead(both, 1);
    SECTION("1") {
        told.seen.spec.required = 1;
        told.shows(false, 1, false);
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
        CHECK_FALSE(told.find<put_lease>());
    }
    SECTION("0") {
        told.lead(me, 1);
        told.seen.spec.required = 0;
        CHECK(required_now(told.seen) == 0);
        told.shows(true, 1);
        told.shows(true, 1);
        CHECK_FALSE(told.find<put_lease>());
    }
    SECTION("None") {
        told.seen.spec.lease_witness = false;
        told.shows(true, 1);
        told.shows(true, 1);
        auto put = told.puts();
        REQUIRE(put);
        CHECK_FALSE(put->wanted.synchronized);
    }
}

TEST_CASE("outside the set nobody is promoted, however many voters there are") {
    two_voters told;
    told.free_lease(names{"db-0"});
    CHECK(candidate_refusals(told.seen) == names{std::string(reason::not_in_set)});
    told.seen.spec.replicas[2].mode = availability_mode::synchronous;
    told.engine_shows(role::resolving);
    CHECK(candidate_refusals(told.seen) == names{std::string(reason::not_in_set)});
    told.lease_has(both, "", 4);
    CHECK(candidate_refusals(told.seen).empty());
}

TEST_CASE("a member needs the seal of one that can be reached, of a silent one nothing") {
    two_voters told;
    told.free_lease(both);
    agent::round asked{1, told.seen.now, true, {}, {}};
    SECTION("asked and not heard yet") {
        CHECK_FALSE(has_majority(told.seen, asked, true));
    }
    SECTION("silent through the round") {
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
        CHECK_FALSE(has_majority(told.seen, asked, true));
        asked.running = false;
        CHECK(has_majority(told.seen, asked, true));
        CHECK_FALSE(has_majority(told.seen, asked, false));
    }
    SECTION("it says no") {
        asked.running = false;
        asked.yes["db-0"] = false;
        asked.reasons["db-0"] = {"primary_lives"};
        CHECK_FALSE(has_majority(told.seen, asked, true));
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
        CHECK_FALSE(has_majority(told.seen, asked, true));
    }
    SECTION("it says yes") {
        asked.yes["db-0"] = true;
        CHECK(has_majority(told.seen, asked, true));
    }
    SECTION("the asynchronous one's yes is none") {
        asked.running = false;
        asked.yes["db-2"] = true;
        asked.reasons["db-0"] = {"engine_unknown"};
        CHECK_FALSE(has_majority(told.seen, asked, true));
    }
}

TEST_CASE("without a set: the other's yes, and nothing there unknown or above what is here") {
    two_voters told;
    told.free_lease(std::nullopt);
    agent::round asked{1, told.seen.now, false, {{"db-0", true}}, {{"db-0", {}}}};
    auto& other = told.peer_shows("db-0", role::resolving);
    CHECK(has_majority(told.seen, asked, true));
    SECTION("its log is longer") {
        other.databases[0].hardened = log_position("101");
    }
    SECTION("its log is not known") {
        other.databases[0].hardened = log_position();
    }
    SECTION("it has a database more") {
        other.databases.push_back({"more", log_position("1"), synchronization::unknown});
    }
    SECTION("its line is higher") {
        other.line += 1;
    }
    SECTION("its configuration is higher") {
        other.numbered.number += 1;
    }
    SECTION("its engine is dead") {
        other.engine_known = false;
    }
    SECTION("it is silent") {
        asked.yes.clear();
        asked.reasons.clear();
        absorb(told.seen, event::peer_silent{"db-0", told.seen.now});
    }
    CHECK_FALSE(has_majority(told.seen, asked, true));
}

TEST_CASE("a member's question: logs, a dead engine, a mark of rule 32 do not refuse it") {
    two_voters told;
    told.engine_shows(role::resolving);
    told.lease_has(both, "db-0_uid-0", 5);
    vote_question asked;
    asked.candidate = "db-0";
    asked.candidate_uid = "uid-0";
    asked.wanted = 5;
    asked.numbered = told.seen.record.value.numbered;
    asked.line = 4;
    asked.databases = {{"sales", log_position("90"), synchronization::synchronized}};
    CHECK(vote_refusals(told.seen, asked) == names{std::string(reason::behind_log)});
    asked.member = true;
    CHECK(vote_refusals(told.seen, asked).empty());
    SECTION("made primary by hand: its configuration is nobody's") {
        told.seen.record.value.strange = 4;
        asked.numbered.number -= 1;
        CHECK(vote_refusals(told.seen, asked).empty());
    }
    SECTION("a configuration that is higher here") {
        asked.numbered.number -= 1;
        CHECK(vote_refusals(told.seen, asked) == names{std::string(reason::behind_configuration)});
    }
    SECTION("a configuration that is higher here and was never committed") {
        auto& here = told.seen.record.value;
        asked.numbered = configuration{3, here.numbered.number - 1};
        SECTION("of an older line than the member's") {
            asked.line = 5;
            CHECK(vote_refusals(told.seen, asked).empty());
        }
        SECTION("of an older line, and the member's primary has been followed since") {
            here.numbered.line = 3;
            CHECK(vote_refusals(told.seen, asked).empty());
        }
        SECTION("of an older line, and its own primary led the next with it") {
            here.numbered.line = 3;
            here.voted_for = told.seen.self.uid;
            CHECK(vote_refusals(told.seen, asked) ==
                  names{std::string(reason::behind_configuration)});
        }
        asked.member = false;
        CHECK(vote_refusals(told.seen, asked).front() == reason::behind_configuration);
    }
    SECTION("a dead engine: on disk, then yes") {
        absorb(told.seen, event::processes_changed{process_state::gone, true, {}});
        CHECK(vote_refusals(told.seen, asked).empty());
        absorb(told.seen, event::vote_asked{7, asked});
        auto save = told.find<save_record>();
        REQUIRE(save);
        CHECK(save->value.voted_for == "uid-0");
        absorb(told.seen, event::record_saved{save->value});
        auto said = told.find<answer_vote>();
        REQUIRE(said);
        CHECK(said->yes);
    }
    SECTION("an engine that only does not answer") {
        told.seen.engine.reachable = reach::silent;
        CHECK(vote_refusals(told.seen, asked) == names{std::string(reason::engine_unknown)});
    }
}
