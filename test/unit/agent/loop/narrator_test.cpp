// SPDX-License-Identifier: MIT
#include "agent/loop/narrator.hpp"

#include "common/log/sinks.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

namespace {

struct told_story : story {
    boost::asio::io_context io;
    sim_clock clock{io};
    log::memory_sink lines;
    narrator tells{clock, log::logger{lines, clock, log::level::info}};

    void tell() { tells.tell(seen); }

    // Takes the empty Lease, and becomes the engine's PRIMARY with a label.
    void take_over(term of) {
        seen.running.prevotes = agent::round{1, seen.now, false, {}, {}};
        tell();
        pass(10ms);
        lease_of(seen.self.holder(), of);
        seen.held = authority{of, seen.now + 14s};
        seen.running = candidacy{};
        seen.running.acquired_at = seen.now;
        tell();
        pass(100ms);
        seen.record.value.promoting = of;
        tell();
        pass(200ms);
        engine_shows(role::primary);
        seen.record.value.line = of;
        seen.label_role = "primary";
        tell();
    }
};

release_note released_by(std::string who, std::string why) {
    release_note note;
    note.by = std::move(who);
    note.reason = std::move(why);
    return note;
}

}  // namespace

TEST_CASE("a transition tells who led before and why the Lease was let go") {
    told_story told;
    told.tell();
    told.lease_of("", 4, released_by("db-0_uid-0", "engine_gone"));
    told.tell();
    told.take_over(5);
    REQUIRE(told.tells.transitions().size() == 1);
    const auto& done = told.tells.transitions().front();
    REQUIRE(done.from == "db-0");
    REQUIRE(done.to == "db-1");
    REQUIRE(done.reason == "engine_gone");
    REQUIRE(done.phases.front().name == "detected");
    REQUIRE(done.phases.back().after == 310ms);
}

TEST_CASE("a Lease that nobody released has expired") {
    told_story told;
    told.tell();
    told.take_over(5);
    REQUIRE(told.tells.transitions().back().from == "db-0");
    REQUIRE(told.tells.transitions().back().reason == "lease_expired");
}

TEST_CASE(
    "one who takes the role again after its own engine died says so, with phases of its own") {
    told_story told;
    told.tell();
    told.take_over(5);
    told.seen.held.reset();
    told.seen.record.value.promoting.reset();
    told.engine_shows(role::resolving);
    told.seen.label_role = "none";
    told.lease_of("", 5, released_by("db-1_uid-1", "engine_gone"));
    told.tell();
    told.pass(1s);
    told.take_over(6);
    REQUIRE(told.tells.transitions().size() == 2);
    const auto& again = told.tells.transitions().back();
    REQUIRE(again.from == "db-1");
    REQUIRE(again.reason == "engine_gone");
    REQUIRE(again.phases.back().after == 310ms);
}

TEST_CASE("who came too late once counts the next transition from its own beginning") {
    told_story told;
    told.tell();
    told.seen.running.prevotes = agent::round{1, told.seen.now, false, {}, {}};
    told.tell();
    told.pass(10ms);
    told.lease_of("db-2_uid-2", 5);
    told.tell();
    told.pass(2s);
    told.lease_of("", 5, released_by("db-2_uid-2", "engine_gone"));
    told.tell();
    told.pass(1s);
    told.take_over(6);
    const auto& phases = told.tells.transitions().back().phases;
    REQUIRE(phases.front().name == "detected");
    REQUIRE(phases.back().after == 310ms);
}

TEST_CASE("a supervisor that goes on beside its own primary reports no transition") {
    told_story told;
    told.become_primary();
    told.tell();
    told.pass(1s);
    told.tell();
    REQUIRE(told.tells.transitions().empty());
}
