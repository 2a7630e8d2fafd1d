// SPDX-License-Identifier: MIT
#include "agent/probes/probes.hpp"

#include "agent/core/reasons.hpp"
#include "agent/probes/advice.hpp"
#include "agent/probes/agent_metrics.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <regex>
#include <set>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;

namespace {

const instant now{std::chrono::hours{5}};

// A secondary of a formed group that is well.
view healthy() {
    group_report group;
    group.group = "ag1";
    group.published_at = now - 100ms;
    group.engine.reachable = reach::answering;
    group.engine.answered = true;
    engine_view engine;
    engine.received_at = now - 200ms;
    group_view known;
    known.group_id = "G";
    known.local_role = role::secondary;
    known.replicas = {
        {"ag-0", availability_mode::synchronous, "", true, synchronization::synchronized}};
    engine.group = known;
    group.engine.last = engine;
    group.local_role = role::secondary;
    group.role_known = true;
    group.formed = true;
    group.caught_up_once = true;
    view seen;
    seen.self = {"ag-1", "uid1"};
    seen.groups = {group};
    return seen;
}

struct no_writer final : http::body_writer {
    boost::asio::awaitable<bool> begin(http::response) override { co_return false; }
    boost::asio::awaitable<bool> write(std::string_view) override { co_return false; }
    bool gone() const override { return false; }
};

boost::asio::awaitable<prestop_outcome> after(clock_source* clock, duration span) {
    co_await clock->sleep_for(span);
    co_return "handed over to ag-0";
}

struct stage {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    view seen = healthy();
    duration hand_over_takes = 2s;
    http::handler handler = make_probe_handler(clock, sources());

    stage() {
        for (auto& one : seen.groups) {
            one.published_at = clock.now();
            one.engine.last->received_at = clock.now();
        }
    }
    probe_sources sources() {
        probe_sources all;
        all.look = [this]() -> const view& { return seen; };
        all.metrics = [] { return std::string("metric 1\n"); };
        all.hand_over = [this] { return after(&clock, hand_over_takes); };
        all.prestop_limit = 30s;
        return all;
    }
    http::response ask(const std::string& target, const std::string& method = "GET") {
        no_writer out;
        http::incoming came{{method, target, {}, {}}, {}};
        auto answer = boost::asio::co_spawn(io, handler(came, out), boost::asio::use_future);
        while (clock.advance()) {}
        return *answer.get();
    }
};

bool ready(const view& seen) {
    return ready_verdict(seen, now).good;
}

}  // namespace

TEST_CASE("ready: a secondary that caught up once since its engine started") {
    auto seen = healthy();
    REQUIRE(ready(seen));
    seen.groups[0].caught_up_once = false;
    REQUIRE_FALSE(ready(seen));
}

TEST_CASE("ready: a real login answers, lately, and the role is known") {
    for (auto how : {reach::not_tried, reach::silent, reach::login_refused, reach::unreachable}) {
        auto seen = healthy();
        seen.groups[0].engine.reachable = how;
        REQUIRE_FALSE(ready(seen));
    }
    auto old = healthy();
    old.groups[0].engine.last->received_at = now - 11s;
    REQUIRE_FALSE(ready(old));
    auto unknown = healthy();
    unknown.groups[0].role_known = false;
    REQUIRE_FALSE(ready(unknown));
    auto absent = healthy();
    absent.groups[0].local_role = role::absent;
    REQUIRE_FALSE(ready(absent));
}

TEST_CASE("ready: a replica that lost its primary stays so, one of an unformed group is") {
    auto resolving = healthy();
    resolving.groups[0].local_role = role::resolving;
    REQUIRE(ready(resolving));
    auto unformed = healthy();
    unformed.groups[0].formed = false;
    unformed.groups[0].local_role = role::absent;
    unformed.groups[0].caught_up_once = false;
    REQUIRE(ready(unformed));
    auto standalone = healthy();
    standalone.groups[0].standalone = true;
    standalone.groups[0].role_known = false;
    REQUIRE(ready(standalone));
}

TEST_CASE("live: an engine that has not answered since its start may recover for an hour") {
    auto seen = healthy();
    auto& group = seen.groups[0];
    group.health = {1, false, "the engine does not answer"};
    group.engine.reachable = reach::unreachable;
    REQUIRE_FALSE(live_verdict(seen, now).good);
    group.engine.answered = false;
    REQUIRE(live_verdict(seen, now).good);
    REQUIRE_FALSE(ready(seen));
    // A container that runs on without its engine is to be restarted.
    group.engine.processes = process_state::gone;
    REQUIRE_FALSE(live_verdict(seen, now).good);
}

TEST_CASE("live: monitorPolicy's verdict and the loop's heartbeat, and nothing else") {
    auto seen = healthy();
    seen.groups[0].engine.reachable = reach::login_refused;
    seen.groups[0].caught_up_once = false;
    REQUIRE(live_verdict(seen, now).good);
    seen.groups[0].health = {3, false, "system is in error"};
    auto sick = live_verdict(seen, now);
    REQUIRE_FALSE(sick.good);
    REQUIRE(own_verdict(seen, now).good);
    REQUIRE(sick.lines.back().find("system is in error, level 3") != std::string::npos);
    seen.groups[0].health = {4, true, "resource is in error"};
    REQUIRE(live_verdict(seen, now).good);
    seen.groups[0].published_at = now - 31s;
    REQUIRE_FALSE(live_verdict(seen, now).good);
    REQUIRE_FALSE(ready_verdict(seen, now).good);
    REQUIRE_FALSE(own_verdict(seen, now).good);
}

TEST_CASE("startup never waits for the engine") {
    view nothing;
    REQUIRE(startup_verdict(nothing).good);
    stage set;
    set.seen.groups[0].engine = {};
    REQUIRE(set.ask("/startupz").status == 200);
    REQUIRE(set.ask("/readyz").status == 503);
}

TEST_CASE("pages answer GET; the body of a failed probe says what failed") {
    stage set;
    for (auto path :
         {"/startupz", "/livez", "/readyz", "/healthz", "/metrics", "/status", "/explain"})
        REQUIRE(set.ask(path).status == 200);
    REQUIRE(set.ask("/livez").body == "ok\n");
    REQUIRE(set.ask("/healthz?verbose").body.find("[+] ag1/login") != std::string::npos);
    set.seen.groups[0].caught_up_once = false;
    auto failed = set.ask("/readyz");
    REQUIRE(failed.status == 503);
    REQUIRE(failed.body ==
            "[-] ag1/caught-up: not yet synchronized since the engine started\nfailed\n");
    REQUIRE(set.ask("/livez").status == 200);
    REQUIRE(set.ask("/healthz").status == 200);
    REQUIRE(set.ask("/healthz?verbose").body.find("[-] ag1/caught-up") != std::string::npos);
    REQUIRE(set.ask("/metrics").body == "metric 1\n");
}

TEST_CASE("other methods and other paths are refused in words") {
    stage set;
    auto posted = set.ask("/livez", "POST");
    REQUIRE(posted.status == 405);
    REQUIRE(posted.header("allow") == "GET");
    REQUIRE(set.ask("/prestop", "POST").status == 405);
    auto lost = set.ask("/promote", "POST");
    REQUIRE(lost.status == 404);
    REQUIRE(lost.body.find("/explain") != std::string::npos);
    REQUIRE(lost.body.find("/prestop") != std::string::npos);
}

TEST_CASE("pre-stop answers when the hand-over is done, or when its time is over") {
    stage set;
    auto begun = set.clock.now();
    auto done = set.ask("/prestop");
    REQUIRE(done.status == 200);
    REQUIRE(done.body == "handed over to ag-0\n");
    REQUIRE(set.clock.now() - begun >= 2s);
    set.hand_over_takes = 10min;
    REQUIRE(set.ask("/prestop").status == 503);
}

TEST_CASE("status is JSON with what people ask for") {
    auto seen = healthy();
    auto& group = seen.groups[0];
    group.lease = lease_record{};
    group.lease->holder = "ag-0_uid0";
    group.lease->transitions = 4;
    group.transitions = {{"t", "ag-1", "ag-0", 4, "lease_expired", {{"lease", 812ms}}}};
    group.peers = {{"ag-0", true, {}, peer_status{}}};
    auto document = nlohmann::json::parse(status_document(seen, now));
    const auto& shown = document["groups"][0];
    REQUIRE(document["times"]["leaseSeconds"] == 15.0);
    REQUIRE(shown["role"] == "secondary");
    REQUIRE(shown["lease"]["term"] == 4);
    REQUIRE(shown["engine"]["reach"] == "answering");
    REQUIRE(shown["transitions"][0]["phases"][0]["afterMs"] == 812);
    REQUIRE(shown["peers"][0]["answers"] == true);
    REQUIRE(shown["replicas"][0]["synchronization"] == "synchronized");
}

TEST_CASE("explain names every row, every refusal and every condition") {
    auto seen = healthy();
    auto& group = seen.groups[0];
    group.rows = {{"renew", "The Lease is renewed.", true}, {"vote", "A vote is given.", false}};
    group.refusals = {"no_majority"};
    group.conditions = {{"WritesBlocked", true, "r", "words"}, {"Old", false, "r", "gone"}};
    auto text = explain_document(seen, now);
    REQUIRE(text.find("[x] renew: The Lease is renewed.") != std::string::npos);
    REQUIRE(text.find("[ ] vote: A vote is given.") != std::string::npos);
    REQUIRE(text.find("no_majority: ") != std::string::npos);
    REQUIRE(text.find("condition WritesBlocked") != std::string::npos);
    REQUIRE(text.find("gone") == std::string::npos);
}

TEST_CASE("metrics: the table is sound and shows the view") {
    REQUIRE(metrics::faults(agent_families()).empty());
    metrics::registry all(agent_families());
    auto seen = healthy();
    seen.groups[0].certificates = {{"c", "2026-11-22T00:00:00"}};
    seen.wall_time = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};
    seen.groups[0].conditions = {{"WritesBlocked", true, "r", "words"}};
    show(all, seen, now);
    auto text = all.text();
    REQUIRE(text.find("mssql_ha_role{group=\"ag1\",role=\"secondary\"} 1") != std::string::npos);
    REQUIRE(
        text.find("mssql_ha_certificate_expires_seconds{certificate=\"c\",group=\"ag1\"} 86400") !=
        std::string::npos);
    REQUIRE(text.find("mssql_ha_condition{group=\"ag1\",type=\"WritesBlocked\"} 1") !=
            std::string::npos);
    seen.groups[0].conditions.clear();
    show(all, seen, now);
    REQUIRE(all.text().find("type=\"WritesBlocked\"} 0") != std::string::npos);
}

TEST_CASE("the pages of metrics, reasons and conditions are the ones in the documents") {
    auto numbers = metrics::page(agent_families(), "The supervisor's metrics");
    CHECK(test::differs_from_golden("../../docs/metrics.md", numbers) == "");
    CHECK(test::differs_from_golden("../../docs/reasons.md", reasons_page()) == "");
}

TEST_CASE("whoever reads a reason or a condition is told what helps") {
    for (auto code : reason::codes()) {
        INFO(code);
        CHECK(advice_on(code).ends_with('.'));
    }
    for (const auto& one : known_conditions()) {
        INFO(one.type);
        CHECK(one.meaning.ends_with('.'));
        CHECK(one.advice.ends_with('.'));
    }
}

TEST_CASE("every condition that the core tells of is known to metrics and to the page") {
    auto source = test::source_text("agent/core/conditions.cpp") +
                  test::source_text("agent/core/conditions_read_scale.cpp") +
                  test::source_text("agent/core/conditions_two_voters.cpp");
    static const std::regex type{R"((?:set\(\s*all,|push_back\(\s*\{)\s*"(\w+)\")"};
    std::set<std::string> told;
    for (std::sregex_iterator at{source.begin(), source.end(), type}, end; at != end; ++at)
        told.insert((*at)[1].str());
    std::set<std::string> known;
    for (const auto& one : known_conditions()) known.insert(std::string(one.type));
    CHECK(told == known);
}

TEST_CASE("metrics: calls of the driver are counted up") {
    metrics::registry all(agent_families());
    auto seen = healthy();
    seen.driver.calls_abandoned = 2;
    seen.driver.logins_refused = 1;
    show(all, seen, now);
    CHECK(all.text().find("mssql_ha_odbc_calls_abandoned_total 2\n") != std::string::npos);
    CHECK(all.text().find("mssql_ha_odbc_logins_refused_total 1\n") != std::string::npos);
    seen.driver.calls_abandoned = 3;
    show(all, seen, now);
    CHECK(all.text().find("mssql_ha_odbc_calls_abandoned_total 3\n") != std::string::npos);
}
