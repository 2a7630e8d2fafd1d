// SPDX-License-Identifier: MIT
#include "operator/core/roll.hpp"

#include "operator/core/status.hpp"
#include "operator/core/status_reading.hpp"
#include "test/support/catch.hpp"

using namespace ha::op;
using namespace std::chrono_literals;

// Rule by rule, in the order of roll.hpp.

namespace {

using kind = roll_step::kind;

// Three synchronized replicas that ag-0 leads, all of whose pods are outdated.
roll_view outdated() {
    roll_view seen;
    seen.templates_known = true;
    seen.holder = "ag-0";
    seen.state.emplace();
    seen.state->formed = true;
    seen.state->primary = "ag-0";
    seen.state->term = 7;
    for (const auto* name : {"ag-0", "ag-1", "ag-2"}) {
        const auto* role = name == seen.holder ? "primary" : "secondary";
        seen.pods.push_back({name, true, true, true});
        seen.state->replicas.push_back({name, role, "synchronized", true, "synchronous"});
    }
    return seen;
}

// The same with so many of its last pods replaced.
roll_view rolled(std::size_t replaced) {
    auto seen = outdated();
    seen.begun = true;
    for (std::size_t i = 0; i < replaced; ++i) seen.pods[2 - i].outdated = false;
    return seen;
}

std::string told(const roll_view& seen) {
    auto step = next_roll_step(seen);
    constexpr const char* kinds[] = {"nothing", "unseen", "wait", "hold", "replace", "stopped"};
    std::string words = kinds[static_cast<int>(step.what)];
    if (!step.reason.empty()) words += " " + step.reason;
    if (!step.pod.empty()) words += " " + step.pod;
    if (step.ask) words += ": " + step.ask->id + " to " + step.ask->target;
    return words;
}

}  // namespace

TEST_CASE("1. templates that a StatefulSet does not know yet are waited for in silence") {
    auto seen = outdated();
    seen.templates_known = false;
    CHECK(told(seen) == "unseen");
}

TEST_CASE("2. where nothing is outdated and no roll goes on, nothing is done, come what may") {
    auto seen = rolled(3);
    seen.begun = false;
    CHECK(told(seen) == "nothing");
    seen.pods[1] = {"ag-1", false, false, false};
    seen.holder.clear();
    CHECK(told(seen) == "nothing");
}

TEST_CASE("3. a paused group is not rolled") {
    for (std::size_t replaced = 0; replaced < 3; ++replaced) {
        auto seen = rolled(replaced);
        seen.paused = true;
        CHECK(told(seen) == "hold Paused");
    }
}

TEST_CASE("3. replicas that come or go come first, and a new one's outdated pod is replaced") {
    auto seen = outdated();
    seen.scaled = true;
    CHECK(told(seen) == "hold ScaleFirst");
    seen.pods.push_back({"ag-3", true, false, true});
    CHECK(told(seen) == "replace PodReplaced ag-3");
    seen.pods.back().outdated = false;
    CHECK(told(seen) == "hold ScaleFirst");
}

TEST_CASE("4. a pod that is away, or ends, is waited for") {
    auto seen = rolled(1);
    seen.pods[2].there = false;
    CHECK(told(seen) == "wait PodAway ag-2");
    // The one that ends may be the old one still.
    seen = rolled(2);
    seen.pods[0].there = false;
    CHECK(told(seen) == "wait PodAway ag-0");
}

TEST_CASE("5. the only pod is replaced, and the new one waited for") {
    for (bool in_group : {true, false}) {
        roll_view seen;
        seen.templates_known = true;
        seen.in_group = in_group;
        seen.pods = {{"ag-0", true, false, true}};
        CHECK(told(seen) == "replace PodReplaced ag-0");
        seen.begun = true;
        seen.pods[0].outdated = false;
        CHECK(told(seen) == "wait PodNotReady ag-0");
        seen.pods[0].ready = true;
        CHECK(told(seen) == "nothing");
    }
}

TEST_CASE("6. a group that was never formed is replaced pod by pod, what is not ready first") {
    auto seen = outdated();
    seen.state.emplace();
    seen.holder.clear();
    seen.pods[1].ready = false;
    CHECK(told(seen) == "replace PodReplaced ag-1");
    seen.pods[1].outdated = false;
    CHECK(told(seen) == "replace PodReplaced ag-2");
    for (auto& pod : seen.pods) pod.outdated = false;
    seen.begun = true;
    CHECK(told(seen) == "nothing");
}

TEST_CASE("7. where nobody leads, or nobody can say how replicas are, nothing is taken away") {
    auto seen = rolled(1);
    seen.holder.clear();
    seen.pods[1].ready = false;
    CHECK(told(seen) == "wait NoPrimary");
    // Superseded, and the state is still its predecessor's.
    seen.holder = "ag-1";
    CHECK(told(seen) == "wait NoPrimary");
    seen = rolled(1);
    seen.state.reset();
    CHECK(told(seen) == "wait NoPrimary");
}

TEST_CASE("8. a new pod, and the primary's, must be ready before the next is replaced") {
    auto seen = rolled(1);
    seen.pods[2].ready = false;
    CHECK(told(seen) == "wait PodNotReady ag-2");
    seen = rolled(1);
    seen.pods[0].ready = false;
    CHECK(told(seen) == "wait PodNotReady ag-0");
}

TEST_CASE("9. a replaced replica must be synchronized again before the next is replaced") {
    auto seen = rolled(1);
    auto& one = seen.state->replicas[2];
    one.synchronization = "synchronizing";
    CHECK(told(seen) == "wait NotSynchronized ag-2");
    one.mode = "asynchronous";
    CHECK(told(seen) == "replace PodReplaced ag-1");
    one.connected = false;
    CHECK(told(seen) == "wait NotSynchronized ag-2");
    seen.state->replicas.pop_back();
    CHECK(told(seen) == "wait NotSynchronized ag-2");
}

TEST_CASE("10. an outdated replica that is of no use now is replaced before one that is") {
    auto seen = outdated();
    seen.pods[1].ready = false;
    CHECK(told(seen) == "replace PodReplaced ag-1");
    seen = outdated();
    seen.state->replicas[1].synchronization = "notSynchronizing";
    CHECK(told(seen) == "replace PodReplaced ag-1");
}

TEST_CASE("11. secondaries are replaced one at a time, whoever leads") {
    CHECK(told(outdated()) == "replace PodReplaced ag-2");
    CHECK(told(rolled(1)) == "replace PodReplaced ag-1");
    auto seen = outdated();
    seen.holder = "ag-2";
    seen.state->primary = "ag-2";
    CHECK(told(seen) == "replace PodReplaced ag-1");
}

TEST_CASE("12. the primary hands over before its pod is replaced") {
    auto seen = rolled(2);
    CHECK(told(seen) == "wait SwitchoverAsked ag-0: roll-7-1 to ag-1");
    SECTION("asked once, whoever looks") {
        seen.asked = {"roll-7-1", "ag-2", "roll"};
        CHECK(told(seen) == "wait SwitchoverAsked ag-0: roll-7-1 to ag-2");
    }
    SECTION("not a fenced one, and another when that one falls behind") {
        seen.fenced = {"ag-1"};
        CHECK(told(seen) == "wait SwitchoverAsked ag-0: roll-7-1 to ag-2");
        seen.fenced = {"ag-2"};
        seen.asked = {"roll-7-1", "ag-2", "roll"};
        CHECK(told(seen) == "wait SwitchoverAsked ag-0: roll-7-2 to ag-1");
    }
    SECTION("nobody can take over") {
        seen.fenced = {"ag-1", "ag-2"};
        CHECK(told(seen) == "stopped NoTarget ag-0");
    }
    SECTION("refused, and asked again later; what was refused is told until it is answered") {
        seen.asked = {"roll-7-1", "ag-1", "roll"};
        seen.state->answers = {{"roll-7-1", false, "The target has redo to do."}};
        CHECK(told(seen) == "stopped SwitchoverRefused ag-0: roll-7-1 to ag-1");
        CHECK(next_roll_step(seen).words ==
              "2 of 3 pods are as asked. ag-0 is to hand over to ag-1 and refuses: The target has "
              "redo to do.");
        seen.ask_again = true;
        CHECK(told(seen) == "stopped SwitchoverRefused ag-0: roll-7-2 to ag-1");
    }
    SECTION("done: the former primary's pod is like any other's") {
        seen.holder = "ag-1";
        seen.state->primary = "ag-1";
        seen.state->replicas[0].role = "secondary";
        CHECK(told(seen) == "replace PodReplaced ag-0");
    }
}

TEST_CASE("13. the last replica is synchronized again: the roll is over") {
    auto seen = rolled(3);
    CHECK(told(seen) == "nothing");
    seen.pods[0].ready = false;
    CHECK(told(seen) == "wait PodNotReady ag-0");
}

TEST_CASE("a step that takes too long has stopped; a pause and what is done never have") {
    auto seen = rolled(1);
    seen.pods[2].ready = false;
    auto step = next_roll_step(seen);
    CHECK(overdue(step, 9min).what == kind::wait);
    CHECK(overdue(step, 10min).what == kind::stopped);
    seen.paused = true;
    CHECK(overdue(next_roll_step(seen), 100h).what == kind::hold);
    CHECK(overdue(next_roll_step(outdated()), 100h).what == kind::replace);
}

TEST_CASE("a roll is told in the status, and what nobody knows yet changes nothing there") {
    findings now;
    now.pods = 3;
    now.state = *outdated().state;
    now.holder = "ag-0";
    auto idle = status_of(now, {}, "2026-01-02T03:04:05Z");
    now.roll = next_roll_step(outdated());
    auto rolling = status_of(now, idle, "2026-01-02T03:04:06Z");
    CHECK(tells_of_roll(rolling));
    CHECK(
        transitions(idle, rolling) ==
        std::vector<transition>{{false, "Rolling", "0 of 3 pods are as asked. ag-2 is replaced."}});
    now.roll = {};
    now.roll.what = kind::unseen;
    CHECK(status_of(now, rolling, "2026-01-02T03:04:07Z") == rolling);

    auto seen = rolled(1);
    seen.pods[2].ready = false;
    now.roll = overdue(next_roll_step(seen), 1h);
    auto stopped = status_of(now, rolling, "2026-01-02T03:04:08Z");
    CHECK(has_condition(stopped, "RollStopped", "PodNotReady"));
    CHECK_FALSE(has_condition(stopped, "RollStopped", "NoTarget"));
    auto told = transitions(rolling, stopped);
    REQUIRE(told.size() == 1);
    CHECK(told[0].warning);
    CHECK(told[0].words ==
          "1 of 3 pods are as asked. ag-2 is not ready. `kubectl describe pod ag-2` says what it "
          "waits for: mend that, or change the resource once more; the roll goes on by itself.");
    now.roll = {};
    CHECK(transitions(stopped, status_of(now, stopped, "2026-01-02T03:04:09Z")) ==
          std::vector<transition>{{false, "Rolled", "All pods are as asked."}});
}

TEST_CASE("without a cluster the primary's pod is the last, and is replaced without a switchover") {
    for (std::size_t replaced = 0; replaced < 2; ++replaced) {
        auto seen = rolled(replaced);
        seen.read_scale = true;
        CHECK(told(seen) == "replace PodReplaced " + seen.pods[2 - replaced].name);
    }
    auto seen = rolled(2);
    seen.read_scale = true;
    CHECK(told(seen) == "replace PodReplaced ag-0");
    CHECK(next_roll_step(seen).words.find("no writes until it is back") != std::string::npos);
    seen.pods[0].there = false;
    CHECK(told(seen) == "wait PodAway ag-0");
    seen = rolled(3);
    seen.read_scale = true;
    seen.holder = seen.state->primary = "";
    CHECK(told(seen) == "wait NoPrimary");
}
