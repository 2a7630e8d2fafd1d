// SPDX-License-Identifier: MIT
#include "agent/actuators/pod_labels.hpp"
#include "agent/actuators/state_writer.hpp"
#include "agent/sensors/watches.hpp"
#include "common/k8s/event_writer.hpp"
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

struct stage {
    boost::asio::io_context io;
    test::sim_clock clock{io};
    test::fake_api api{clock};

    void start(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), boost::asio::detached);
    }
    void pass(duration span) {
        auto end = clock.now() + span;
        while (clock.advance_to(end)) {}
    }
};

json state_map(const std::string& version, const group_state& state) {
    return {{"metadata", {{"name", "ag1-state"}, {"resourceVersion", version}}},
            {"data", write_group_state(state)}};
}

group_state led_by(const std::string& primary, term of) {
    group_state state;
    state.group = "ag1";
    state.primary = primary;
    state.of = of;
    state.transitions = {{"t", "", primary, of, "lease_expired", {}}};
    return state;
}

}  // namespace

TEST_CASE("labels are patched with the pod's uid") {
    stage set;
    pod_labels labels{set.api, "db", "ag1"};
    auto own = [](pod_labels& writer) -> boost::asio::awaitable<void> {
        pod_identity pod{"ag-0", "uid0"};
        pod_identity other{"ag-1", "uid1"};
        co_await writer.set_role(pod, "readable-secondary", 1s);
        co_await writer.set_role(pod, "primary", 1s);
        co_await writer.clear_role(other, 1s);
    };
    set.start(own(labels));
    set.pass(1s);
    REQUIRE(set.api.calls.size() == 3);
    const auto& readable = set.api.calls[0].body["metadata"];
    REQUIRE(readable["uid"] == "uid0");
    REQUIRE(readable["labels"]["sql.mssql.microsoft.com/ag-role"] == "readable-secondary");
    REQUIRE(readable["labels"]["role.ag.mssql.microsoft.com/ag1"] == "secondary");
    const auto& primary = set.api.calls[1].body["metadata"]["labels"];
    REQUIRE(primary["sql.mssql.microsoft.com/ag-role"] == "primary");
    REQUIRE(primary["role.ag.mssql.microsoft.com/ag1"] == "primary");
    const auto& cleared = set.api.calls[2].body["metadata"];
    REQUIRE(cleared["uid"] == "uid1");
    REQUIRE(cleared["labels"]["sql.mssql.microsoft.com/ag-role"].is_null());
}

TEST_CASE("events go out one after another; what does not fit is dropped and counted") {
    stage set;
    k8s::event_writer events{set.clock, set.api, {"mssql-ha-supervisor", "ag-0"}};
    k8s::event_subject pod{"v1", "Pod", "db", "ag-0", "uid0"};
    for (int i = 0; i < 70; ++i)
        events.write(pod, {i % 2 == 1, "Reason", "Act", std::string(2000, 'x')});
    REQUIRE(events.dropped() == 6);
    for (int i = 0; i < 64; ++i) set.api.answers.emplace_back(json::object());
    set.start(events.run());
    set.pass(10s);
    REQUIRE(set.api.calls.size() == 64);
    const auto& body = set.api.calls[0].body;
    REQUIRE(body["note"].get<std::string>().size() == 1024);
    REQUIRE(body["regarding"]["uid"] == "uid0");
    REQUIRE(body["eventTime"].get<std::string>().size() == 27);
    REQUIRE(body["metadata"]["name"] != set.api.calls[1].body["metadata"]["name"]);
    events.write(pod, {true, "Later", "Act", "note"});
    set.pass(10s);  // the API refuses it: dropped
    REQUIRE(set.api.calls.size() == 65);
    REQUIRE(events.dropped() == 7);
}

TEST_CASE("the state is written on change, with what earlier leaders wrote") {
    stage set;
    state_writer writer{set.clock, set.api, config_map_name("db", "ag1-state")};
    set.api.answers = {state_map("4", led_by("ag-1", 1)), json::object()};
    set.start(writer.run());
    set.pass(1s);
    REQUIRE(set.api.calls.empty());
    writer.publish(led_by("ag-0", 2));
    writer.publish(led_by("ag-0", 2));
    set.pass(60s);
    REQUIRE(set.api.calls.size() == 2);
    const auto& put = set.api.calls[1];
    REQUIRE(put.verb == "update");
    REQUIRE(put.body["metadata"]["resourceVersion"] == "4");
    auto written = read_group_state(put.body).value();
    REQUIRE(written.primary == "ag-0");
    REQUIRE(written.transitions.size() == 2);
    REQUIRE(writer.trouble().empty());
}

TEST_CASE("a write that failed is tried again with a fresh read, until the leader retires") {
    using kind = k8s::failure::kind;
    stage set;
    state_writer writer{set.clock, set.api, config_map_name("db", "ag1-state")};
    set.api.answers = {state_map("4", {}),
                       tl::unexpected(test::fake_api::failed(kind::unknown, 409)),
                       state_map("5", {}),
                       json::object()};
    set.start(writer.run());
    writer.publish(led_by("ag-0", 2));
    set.pass(500ms);
    REQUIRE_FALSE(writer.trouble().empty());
    set.pass(60s);
    REQUIRE(set.api.calls.size() == 4);
    REQUIRE(set.api.calls[3].body["metadata"]["resourceVersion"] == "5");
    writer.publish(led_by("ag-0", 3));
    writer.retire();
    set.pass(60s);
    REQUIRE(set.api.calls.size() == 4);
}

TEST_CASE("where several may speak, another's words are replaced, and right ones are left") {
    stage set;
    state_writer writer{set.clock, set.api, config_map_name("db", "ag1-state")};
    auto ours = led_by("ag-0", 0);
    auto wrong = led_by("", 0);
    set.api.answers = {state_map("4", {}),
                       json::object(),
                       state_map("6", wrong),  // written by one that had not heard of ag-0 yet
                       json::object(),
                       state_map("7", ours),
                       state_map("7", ours)};
    set.start(writer.run());
    writer.publish(ours, authorship::shared);
    set.pass(16s);
    std::vector<std::string> verbs;
    for (const auto& one : set.api.calls) verbs.push_back(one.verb);
    REQUIRE(verbs == std::vector<std::string>{"get", "update", "get", "update", "get", "get"});
    REQUIRE(set.api.calls[3].body["metadata"]["resourceVersion"] == "6");
    REQUIRE(read_group_state(set.api.calls[3].body).value().primary == "ag-0");
    writer.retire();
    set.pass(60s);
    REQUIRE(set.api.calls.size() == 6);
}
