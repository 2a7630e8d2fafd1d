// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/agent/core/story.hpp"

using namespace ha;
using namespace ha::test;

// An engine that hangs is ended by its neighbour, not by a probe; one that starts is left alone.

namespace {

// The canary's attempts of that long, each of three seconds.
void stay_silent(story& told, duration length) {
    for (auto left = length; left > 0s; left -= 3s) {
        absorb(told.seen, event::engine_not_seen{reach::silent, told.seen.now});
        told.pass(3s);
    }
}

bool kills(story& told) {
    return told.find<kill_engine>().has_value();
}

story frozen() {
    story told;
    stay_silent(told, 30s);
    return told;
}

}  // namespace

TEST_CASE("a secondary that hangs is killed twenty seconds after its limit") {
    story told;
    stay_silent(told, 27s);
    CHECK_FALSE(kills(told));
    REQUIRE(told.look_again_at);
    told.pass(3s);
    CHECK(kills(told));
    CHECK(told.code == "kill_silent_engine");
    CHECK_FALSE(kills(told));  // not again at once
}

TEST_CASE("an engine that has not answered since its start is never killed") {
    story told;
    absorb(told.seen, event::processes_changed{process_state::gone, true});
    absorb(told.seen, event::processes_changed{process_state::alive, true});
    stay_silent(told, 1h);
    CHECK_FALSE(kills(told));
    told.engine_shows(role::secondary);
    stay_silent(told, 30s);
    CHECK(kills(told));
}

TEST_CASE("a pause of the whole machine leaves one question without an answer: no reason to kill") {
    story told;
    auto sent = told.seen.now;
    told.pass(10min);
    absorb(told.seen, event::engine_not_seen{reach::silent, sent});
    CHECK_FALSE(kills(told));
}

TEST_CASE("who is being stopped, is out of sight, or is not to be judged is not killed") {
    auto deleted = frozen();
    deleted.seen.deleting = true;
    CHECK_FALSE(kills(deleted));
    auto hidden = frozen();
    hidden.seen.engine.neighbour_visible = false;
    CHECK_FALSE(kills(hidden));
    auto unjudged = frozen();
    unjudged.seen.chosen.monitor_policy = 0;
    CHECK_FALSE(kills(unjudged));
    auto refused = frozen();
    absorb(refused.seen, event::engine_not_seen{reach::login_refused, refused.seen.now});
    CHECK_FALSE(kills(refused));
}
