// SPDX-License-Identifier: MIT
#include "operator/core/orders.hpp"

#include "operator/codec/json.hpp"
#include "operator/core/cordon.hpp"
#include "operator/core/group.hpp"
#include "operator/core/status.hpp"
#include "test/support/catch.hpp"

using namespace ha::op;

namespace {

group of_three() {
    group made;
    made.name = "ag";
    for (const auto* name : {"primary", "sync", "spare"}) made.replicas.push_back({name});
    return made;
}

struct read_orders_of {
    explicit read_orders_of(const std::string& resource) {
        auto parsed = parse_json(resource);
        REQUIRE(parsed);
        found = read_orders(*parsed, of_three(), complaints);
    }
    std::vector<std::string> complaints;
    orders found;
};

std::string entries(const orders& all) {
    return json_text(order_entries(all));
}

reported_state led_by(const std::string& primary) {
    reported_state state;
    state.formed = true;
    state.primary = primary;
    state.term = 7;
    for (const auto* name : {"ag-0", "ag-1", "ag-2"})
        state.replicas.push_back(
            {name, name == primary ? "primary" : "secondary", "synchronized", true});
    return state;
}

}  // namespace

TEST_CASE("a resource that orders nothing writes nothing") {
    read_orders_of none(R"({"metadata":{"name":"ag"},"spec":{"ha":{"pause":false,"fenced":[]}}})");
    CHECK(none.complaints.empty());
    CHECK(entries(none.found) == "{}");
    CHECK(request_statuses(none.found, {}).is_null());
}

TEST_CASE("spec and annotations say the same to supervisors, and who said it") {
    read_orders_of spec(R"({"spec":{"ha":{"pause":true,"fenced":["ag-1","spare"]}},
        "askers":{"spec.ha.pause":"kubectl-edit","spec.ha.fenced":"argocd"}})");
    CHECK(spec.complaints.empty());
    CHECK(spec.found.pause == order{"", "kubectl-edit"});
    CHECK(spec.found.fenced == std::vector<std::string>{"ag-1", "ag-2"});
    CHECK(spec.found.fence.by == "argocd");
    read_orders_of noted(R"({"metadata":{"annotations":{"ha.mssql/pause":"anna: new disks",
        "ha.mssql/fence":"ag-0, sync","ha.mssql/switchover":"spare"}},
        "askers":{"ha.mssql/switchover":"kubectl-annotate"}})");
    CHECK(noted.found.pause == order{"", "anna: new disks"});
    CHECK(noted.found.fenced == std::vector<std::string>{"ag-0", "ag-1"});
    CHECK(noted.found.asked == switchover{"", "ag-2", "kubectl-annotate"});
    read_orders_of ended(R"({"metadata":{"annotations":{"ha.mssql/pause":"false"}}})");
    CHECK_FALSE(ended.found.pause);
}

TEST_CASE("a fence that names none of the group's pods, and a pause that is no boolean, are told") {
    read_orders_of wrong(R"({"spec":{"ha":{"pause":"yes","fenced":["ag-9"]}}})");
    CHECK(
        wrong.complaints ==
        std::vector<std::string>{"spec.ha.pause is neither true nor false",
                                 "spec.ha.fenced names 'ag-9', which is none of the group's pods"});
}

TEST_CASE("what stands keeps its time and its id; what is new gets them") {
    read_orders_of asked(R"({"metadata":{"annotations":{"ha.mssql/pause":"anna",
        "ha.mssql/fence":"ag-0","ha.mssql/switchover":"ag-1"}}})");
    auto first = settled(asked.found, {}, "morning", "r1");
    CHECK(
        entries(first) ==
        R"({"pause":"{\"since\":\"morning\",\"by\":\"anna\"}",)"
        R"("fence":"{\"pods\":[\"ag-0\"],\"since\":\"morning\",\"by\":\"ha.mssql/fence\"}",)"
        R"("operatorSwitchover":"{\"id\":\"r1\",\"target\":\"ag-1\",\"by\":\"ha.mssql/switchover\"}"})");
    CHECK(settled(asked.found, first, "noon", "r2") == first);
    auto moved = asked.found;
    moved.asked->target = "ag-2";
    moved.fenced = {"ag-1"};
    auto second = settled(moved, first, "noon", "r2");
    CHECK(second.pause->since == "morning");
    CHECK(second.fence.since == "noon");
    CHECK(second.asked->id == "r2");
    // Taken away and asked again: another request.
    auto none = settled({}, second, "night", "r3");
    CHECK(settled(moved, none, "night", "r4").asked->id == "r4");
}

TEST_CASE("a request is pending until it is answered, and one event tells the answer") {
    orders all;
    all.asked = switchover{"r1", "ag-1", "anna"};
    findings seen;
    seen.state = led_by("ag-0");
    seen.orders = all;
    auto pending = status_of(seen, {}, "noon");
    CHECK(*pending.find({"requests"})->items()->at(0).find({"outcome"}) == value{"Pending"});
    seen.state.answers = {{"r1", false, "The target is not synchronized in every database."}};
    auto refused = status_of(seen, pending, "noon");
    CHECK(json_text(*refused.find({"requests"})) ==
          R"([{"id":"r1","target":"ag-1","by":"anna","outcome":"Refused",)"
          R"("message":"The target is not synchronized in every database."}])");
    auto told = transitions(pending, refused);
    REQUIRE(told.size() == 1);
    CHECK(told[0] == transition{true,
                                "SwitchoverRefused",
                                "r1: The target is not synchronized in every database."});
    CHECK(transitions(refused, refused).empty());
    seen.state.answers = {{"r1", true, ""}};
    CHECK(transitions(pending, status_of(seen, pending, "noon")).at(0).reason == "SwitchoverDone");
}

TEST_CASE("pause and fence are told as they stand, whatever a primary last reported") {
    std::vector<reported_condition> all{{"Paused", "paused", "old"}, {"WritesBlocked", "x", "y"}};
    tell_orders({}, all);
    REQUIRE(all.size() == 1);
    orders standing;
    standing.pause = order{"noon", "anna"};
    standing.fenced = {"ag-0", "ag-2"};
    tell_orders(standing, all);
    REQUIRE(all.size() == 3);
    CHECK(all[1].words.starts_with("The group is paused since noon by anna:"));
    CHECK(all[2].words == "Fenced, and so not primary: ag-0, ag-2.");
}

TEST_CASE("the primary of a cordoned node is asked to hand over to one whose node is not") {
    std::map<std::string, place> places{
        {"ag-0", {"n0", true}}, {"ag-1", {"n1", true}}, {"ag-2", {"n2", false}}};
    auto asked = cordon_request(led_by("ag-0"), {}, places);
    CHECK(asked == switchover{"cordon-7-ag-2", "ag-2", "cordon of n0"});
    CHECK_FALSE(cordon_request(led_by("ag-2"), {}, places));
    CHECK_FALSE(cordon_request(led_by("ag-0"), {"ag-2"}, places));
    CHECK_FALSE(cordon_request(led_by(""), {}, places));
    auto behind = led_by("ag-0");
    behind.replicas[2].synchronization = "synchronizing";
    CHECK_FALSE(cordon_request(behind, {}, places));
    places["ag-2"].cordoned = true;
    CHECK_FALSE(cordon_request(led_by("ag-0"), {}, places));
}
