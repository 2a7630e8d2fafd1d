// SPDX-License-Identifier: MIT
#include "agent/sensors/watches.hpp"

#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"
#include "test/unit/agent/fake_api.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace ha;
using namespace ha::agent;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json lease_object(const std::string& version, const std::string& holder) {
    return {{"metadata", {{"name", "ag1"}, {"uid", "u"}, {"resourceVersion", version}}},
            {"spec", {{"holderIdentity", holder}}}};
}

json list_of(const std::string& version, std::vector<json> items) {
    return {{"metadata", {{"resourceVersion", version}}}, {"items", items}};
}

k8s::watch_event event(k8s::watch_event::kind what, json object) {
    return {what, std::make_shared<const json>(std::move(object))};
}

struct stage {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::fake_api api{clock};
    std::vector<lease_sight> sights;
    std::unique_ptr<object_watch> watch =
        watch_lease(clock, api, lease_name("db", "ag1"), [this](const lease_sight& one) {
            sights.push_back(one);
        });

    void pass(duration span) {
        auto end = clock.now() + span;
        while (clock.advance_to(end)) {}
    }
    void start() { boost::asio::co_spawn(io, watch->run(), boost::asio::detached); }
};

using kind = k8s::watch_event::kind;
using how = k8s::failure::kind;

}  // namespace

TEST_CASE("the object is read, then watched from where the read was") {
    stage set;
    set.api.answers = {list_of("10", {lease_object("7", "a")})};
    set.api.watches = {{{{1s, event(kind::modified, lease_object("11", "b"))},
                         {1s, event(kind::bookmark, lease_object("20", ""))},
                         {1s, event(kind::deleted, lease_object("21", "b"))}},
                        300s,
                        std::size_t{3}}};
    set.start();
    set.pass(400s);
    REQUIRE(set.sights.size() == 3);
    REQUIRE(set.sights[0].what == sight::seen);
    REQUIRE(set.sights[0].record->holder == "a");
    REQUIRE(set.sights[1].record->holder == "b");
    REQUIRE(set.sights[1].raw != nullptr);
    REQUIRE(set.sights[2].what == sight::missing);
    REQUIRE(set.api.calls.size() == 3);
    REQUIRE(set.api.calls[1].resource_version == "10");
    REQUIRE(set.api.calls[2].verb == "watch");
    REQUIRE(set.api.calls[2].resource_version == "21");
}

TEST_CASE("after a watch that broke the object is read again") {
    stage set;
    set.api.answers = {list_of("10", {lease_object("7", "a")}),
                       list_of("30", {lease_object("29", "c")})};
    set.api.watches = {{{}, 2s, tl::unexpected(test::fake_api::failed(how::unknown))}};
    set.start();
    set.pass(10s);
    REQUIRE(set.sights.size() == 3);
    REQUIRE(set.sights[1].what == sight::out_of_step);
    REQUIRE(set.sights[1].why.find("because") != std::string::npos);
    REQUIRE(set.sights[2].record->holder == "c");
    REQUIRE(set.api.calls[3].resource_version == "30");
}

TEST_CASE("an API server that is away is asked less and less often, and at once on demand") {
    stage set;
    set.start();
    set.pass(60s);
    auto calls = set.api.calls.size();
    REQUIRE(calls >= 8);
    REQUIRE(calls <= 12);
    REQUIRE(set.sights.back().what == sight::out_of_step);
    set.api.answers = {list_of("10", {})};
    set.watch->look_now();
    set.pass(10ms);
    REQUIRE(set.sights.back().what == sight::missing);
    REQUIRE_FALSE(set.sights.back().record.has_value());
}

TEST_CASE("a watch that the server ends at once counts as broken") {
    stage set;
    for (int i = 0; i < 100; ++i) {
        set.api.answers.emplace_back(list_of("10", {}));
        set.api.watches.push_back({{}, 1ms, std::size_t{0}});
    }
    set.start();
    set.pass(30s);
    REQUIRE(set.api.calls.size() < 20);
}

TEST_CASE("a Lease that this version cannot read is told so") {
    stage set;
    auto newer = lease_object("7", "a");
    newer["metadata"]["annotations"]["ha.mssql/format"] = "9";
    set.api.answers = {list_of("10", {newer})};
    set.start();
    set.pass(1s);
    REQUIRE(set.sights.size() == 1);
    REQUIRE(set.sights[0].what == sight::unreadable);
    REQUIRE(set.sights[0].why.find("format 9") != std::string::npos);
}
