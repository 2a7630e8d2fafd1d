// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/kubesim/api/bench.hpp"

using namespace ha::kubesim::test;
using json = nlohmann::json;

namespace {

const std::string as_one = maps + "/m?fieldManager=one";
const std::string as_two = maps + "/m?fieldManager=two";

const json* entry_of(const json& object, const std::string& manager) {
    for (const auto& one : object["metadata"]["managedFields"])
        if (one["manager"] == manager) return &one;
    return nullptr;
}

}  // namespace

TEST_CASE("an apply creates, and owns what it says") {
    bench cluster;
    auto made = cluster.apply(as_one, config_map("m", {{"a", "1"}}));
    CHECK(made.status == 201);
    const auto* mine = entry_of(made.body, "one");
    REQUIRE(mine);
    CHECK((*mine)["operation"] == "Apply");
    CHECK((*mine)["fieldsV1"] == json::parse(R"({"f:data":{"f:a":{}}})"));
}

TEST_CASE("what a manager no longer says goes away") {
    bench cluster;
    cluster.apply(as_one, config_map("m", {{"a", "1"}, {"b", "2"}}));
    auto left = cluster.apply(as_one, config_map("m", {{"a", "1"}}));
    CHECK(left.status == 200);
    CHECK(left.body["data"] == json{{"a", "1"}});
}

TEST_CASE("what another owns too stays") {
    bench cluster;
    cluster.apply(as_one, config_map("m", {{"a", "1"}, {"b", "2"}}));
    CHECK(cluster.apply(as_two, config_map("m", {{"b", "2"}})).status == 200);
    auto left = cluster.apply(as_one, config_map("m", {{"a", "1"}}));
    CHECK(left.body["data"] == json{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("two managers who disagree conflict, unless one forces") {
    bench cluster;
    cluster.apply(as_one, config_map("m", {{"a", "1"}}));
    auto lost = cluster.apply(as_two, config_map("m", {{"a", "2"}}));
    CHECK(lost.status == 409);
    CHECK(lost.body["message"] == "Apply failed with 1 conflict: conflict with \"one\": .data.a");
    CHECK(lost.body["details"]["causes"][0]["reason"] == "FieldManagerConflict");
    auto forced = cluster.apply(as_two + "&force=true", config_map("m", {{"a", "2"}}));
    CHECK(forced.status == 200);
    CHECK(forced.body["data"]["a"] == "2");
    CHECK(entry_of(forced.body, "one") == nullptr);
}

TEST_CASE("a repeated apply changes nothing") {
    bench cluster;
    auto first = cluster.apply(as_one, config_map("m", {{"a", "1"}})).body;
    CHECK(cluster.apply(as_one, config_map("m", {{"a", "1"}})).body == first);
}

TEST_CASE("lists with keys are merged item by item") {
    bench cluster;
    const std::string services = "/api/v1/namespaces/default/services/db";
    json service = {{"apiVersion", "v1"},
                    {"kind", "Service"},
                    {"metadata", {{"name", "db"}}},
                    {"spec", {{"ports", {{{"name", "sql"}, {"port", 1433}}}}}}};
    auto made = cluster.apply(services + "?fieldManager=one", service);
    REQUIRE(made.status == 201);
    auto more = service;
    more["spec"]["ports"] = {{{"name", "peers"}, {"port", 5022}}};
    CHECK(cluster.apply(services + "?fieldManager=two", more).body["spec"]["ports"].size() == 2);
    more["spec"]["ports"] = json::array();
    auto left = cluster.apply(services + "?fieldManager=two", more).body;
    REQUIRE(left["spec"]["ports"].size() == 1);
    CHECK(left["spec"]["ports"][0]["port"] == 1433);
}
