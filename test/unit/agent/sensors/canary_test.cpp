// SPDX-License-Identifier: MIT
#include "agent/sensors/canary.hpp"

#include "agent/sensors/diagnostics.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"
#include "test/unit/agent/sensors/scripted_session.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

sql_value text(const char* value) {
    return std::string(value);
}

engine_answer without_group() {
    engine_answer answer;
    answer.sets = {
        {{"ms_ticks", "started", "server_name", "hadr_enabled", "sees_state", "sees_groups"},
         {{5000, text("t"), text("ag-0"), 1, 1, 1}}},
        {},
        {},
        {},
        {},
        {}};
    return answer;
}

engine_reply failed(engine_failure::kind how) {
    return tl::unexpected(engine_failure{how, {{18456, "28000", "Login failed"}}, {}});
}

struct stage {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::scripted_session session{clock};
    std::vector<canary_outcome> outcomes;
    canary sensor{clock, session, {"ag1", 1s, 10s}, [this](const canary_outcome& one) {
                      outcomes.push_back(one);
                  }};

    void start() { boost::asio::co_spawn(io, sensor.run(), boost::asio::detached); }
    void pass(duration span) {
        auto end = clock.now() + span;
        while (clock.advance_to(end)) {}
    }
};

}  // namespace

TEST_CASE("the canary asks once a period and reports what it saw") {
    stage set;
    set.session.script = {{10ms, without_group()}};
    auto begun = set.clock.now();
    set.start();
    set.pass(3500ms);
    REQUIRE(set.outcomes.size() == 4);
    REQUIRE(set.outcomes[1].sent_at == begun + 1s);
    REQUIRE(set.outcomes[1].received_at == begun + 1010ms);
    REQUIRE(set.outcomes[0].reachable == reach::answering);
    REQUIRE(set.outcomes[0].view->local_role() == role::absent);
}

TEST_CASE(
    "a question that gets no answer is silent after its limit, and never asked twice at once") {
    stage set;
    set.session.script = {{1h, without_group()}};
    auto begun = set.clock.now();
    set.start();
    set.pass(5s);
    set.sensor.ask_now();
    set.pass(4999ms);
    REQUIRE(set.outcomes.empty());
    set.pass(1ms);
    REQUIRE(set.outcomes.size() == 1);
    REQUIRE(set.outcomes[0].reachable == reach::silent);
    REQUIRE(set.outcomes[0].sent_at == begun);
    set.pass(20s);
    REQUIRE(set.session.at_once_most == 1);
}

TEST_CASE("whoever asks for a look gets one at once") {
    stage set;
    set.session.script = {{10ms, without_group()}};
    set.start();
    set.pass(100ms);
    set.sensor.ask_now();
    set.pass(50ms);
    REQUIRE(set.outcomes.size() == 2);
}

TEST_CASE("how an engine fails to answer is told apart") {
    using kind = engine_failure::kind;
    stage set;
    set.session.script = {{0ms, failed(kind::login_failed)},
                          {0ms, failed(kind::refused)},
                          {0ms, failed(kind::not_sent)},
                          {0ms, failed(kind::unknown)},
                          {0ms, engine_answer{}}};
    set.start();
    set.pass(4500ms);
    REQUIRE(set.outcomes.size() == 5);
    REQUIRE(set.outcomes[0].reachable == reach::login_refused);
    REQUIRE(set.outcomes[0].why.find("18456") != std::string::npos);
    REQUIRE(set.outcomes[1].reachable == reach::login_refused);
    REQUIRE(set.outcomes[2].reachable == reach::unreachable);
    REQUIRE(set.outcomes[3].reachable == reach::silent);
    REQUIRE(set.outcomes[4].reachable == reach::login_refused);
}

TEST_CASE("where there is no sp_server_diagnostics that is told, and asked again after a minute") {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::scripted_session session{clock};
    std::vector<diagnostics_report> reports;
    diagnostics_stream stream{
        clock, session, {}, [&](const diagnostics_report& one) { reports.push_back(one); }};
    session.stream_refusal = 2812;
    boost::asio::co_spawn(io, stream.run(), boost::asio::detached);
    auto begun = clock.now();
    while (clock.advance_to(begun + 61s)) {}
    using kind = diagnostics_report::kind;
    REQUIRE(reports.size() == 4);
    CHECK(reports[1].what == kind::missing);
    CHECK(reports[2].what == kind::opened);
    CHECK(reports[2].at == begun + 60s);
}

TEST_CASE("the stream of diagnostics is opened again after its end") {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::scripted_session session{clock};
    session.sets = {{{}, {{text("t"), text("i"), text("system"), 3, text("error"), sql_value{}}}}};
    std::vector<diagnostics_report> reports;
    diagnostics_stream stream{
        clock, session, {}, [&](const diagnostics_report& one) { reports.push_back(one); }};
    boost::asio::co_spawn(io, stream.run(), boost::asio::detached);
    auto begun = clock.now();
    while (clock.advance_to(begun + 42s)) {}
    using kind = diagnostics_report::kind;
    REQUIRE(reports.size() == 5);
    REQUIRE(reports[0].what == kind::opened);
    REQUIRE(reports[1].what == kind::set);
    REQUIRE(reports[1].view->system == component_state::error);
    REQUIRE(reports[1].at == begun + 5s);
    REQUIRE(reports[2].what == kind::ended);
    REQUIRE(reports[2].at == begun + 35s);
    REQUIRE(reports[3].what == kind::opened);
    REQUIRE(reports[3].at == begun + 37s);
}
