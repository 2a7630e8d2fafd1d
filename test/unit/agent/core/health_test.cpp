// SPDX-License-Identifier: MIT
#include "agent/core/engine_view.hpp"
#include "agent/core/settings.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

// sqlserver.md 1.5: which level trips what, for each policy and each state of each component.

namespace {

constexpr instant now{1h};

engine_knowledge answering() {
    engine_knowledge engine;
    engine.reachable = reach::answering;
    engine.processes = process_state::alive;
    engine_view view;
    view.received_at = now - 1s;
    engine.last = view;
    diagnostics_view set;
    set.received_at = now - 2s;
    set.system = set.resource = set.query_processing = component_state::clean;
    engine.diagnostics = set;
    return engine;
}

settings with_policy(int policy) {
    settings chosen;
    chosen.monitor_policy = policy;
    return chosen;
}

}  // namespace

TEST_CASE("each component trips its own level, and only in state error") {
    struct component {
        component_state diagnostics_view::* which;
        int level;
    };
    const component all[] = {{&diagnostics_view::system, 3},
                             {&diagnostics_view::resource, 4},
                             {&diagnostics_view::query_processing, 5}};
    for (const auto& one : all)
        for (int state = 0; state <= 3; ++state)
            for (int policy = 0; policy <= 5; ++policy) {
                auto engine = answering();
                (*engine.diagnostics).*one.which = static_cast<component_state>(state);
                auto verdict = judge_health(engine, with_policy(policy), now);
                INFO("level " << one.level << " state " << state << " policy " << policy);
                CHECK(verdict.tripped == (state == 3 ? one.level : 0));
                CHECK(verdict.healthy == !(state == 3 && one.level <= policy));
            }
}

TEST_CASE(
    "an engine without sp_server_diagnostics is judged by its answers alone, and that is said") {
    auto engine = answering();
    engine.diagnostics.reset();
    engine.diagnostics_absent = true;
    auto verdict = judge_health(engine, with_policy(5), now);
    CHECK(verdict.healthy);
    CHECK(verdict.tripped == 0);
    CHECK(verdict.reason.find("no sp_server_diagnostics") != std::string::npos);

    engine.silent_since = now - 1h;
    CHECK(judge_health(engine, with_policy(5), now).tripped == 1);
}

TEST_CASE("the worst level that acts first is the lowest") {
    auto engine = answering();
    engine.diagnostics->system = engine.diagnostics->resource = component_state::error;
    CHECK(judge_health(engine, with_policy(5), now).tripped == 3);
}

TEST_CASE("a component that is missing from a set counts as error") {
    auto engine = answering();
    engine.diagnostics = diagnostics_view{};
    engine.diagnostics->received_at = now;
    CHECK(judge_health(engine, with_policy(3), now).tripped == 3);
}

TEST_CASE("silence trips level 1 at its limit, not before") {
    auto engine = answering();
    engine.reachable = reach::silent;
    engine.silent_since = now - 9999ms;
    CHECK(judge_health(engine, with_policy(3), now).healthy);
    engine.silent_since = now - 10s;
    CHECK(judge_health(engine, with_policy(1), now).tripped == 1);
    CHECK_FALSE(judge_health(engine, with_policy(1), now).healthy);
    CHECK(judge_health(engine, with_policy(0), now).healthy);
}

TEST_CASE("diagnostics alone can be bad while the canary answers") {
    auto engine = answering();
    engine.diagnostics->received_at = now - 31s;
    auto verdict = judge_health(engine, with_policy(3), now);
    CHECK(verdict.tripped == 2);
    CHECK_FALSE(verdict.healthy);
    CHECK(judge_health(engine, with_policy(1), now).healthy);
}

TEST_CASE("a refused login trips nothing, a proven death does") {
    auto engine = answering();
    engine.reachable = reach::login_refused;
    engine.silent_since = now - 1min;
    CHECK(judge_health(engine, with_policy(5), now).tripped == 0);
    engine.processes = process_state::gone;
    CHECK(judge_health(engine, with_policy(5), now).tripped == 1);
}
