// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string maps = "/api/v1/namespaces/{space}/configmaps";
const std::string services = "/api/v1/namespaces/{space}/services";
const std::string sets = "/apis/apps/v1/namespaces/{space}/statefulsets";
const std::string widgets = "/apis/contract.example.com/v1/namespaces/{space}/widgets";

json map_with(const json& data) {
    return {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "x"}}}, {"data", data}};
}

json service_with(const json& ports) {
    return {{"apiVersion", "v1"},
            {"kind", "Service"},
            {"metadata", {{"name", "x"}}},
            {"spec", {{"ports", ports}}}};
}

json widget_with(const json& spec) {
    return {{"apiVersion", "contract.example.com/v1"},
            {"kind", "Widget"},
            {"metadata", {{"name", "x"}}},
            {"spec", spec}};
}

void shared(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}, {"b", "2"}}));
    at.expect_status(at.apply(maps + "/x", "second", map_with({{"b", "2"}})), 200);
    auto left = at.apply(maps + "/x", "first", map_with({{"a", "1"}}));
    at.expect(left.body["data"].contains("b"), "the other still says it");
    auto gone = at.apply(maps + "/x", "second", map_with({{"c", "3"}}));
    at.expect(!gone.body["data"].contains("b"), "nobody says it any more");
}

void against_update(visit& at) {
    at.prepare("POST", maps, map_with({{"a", "1"}}));
    auto conflict = at.ask_code("PATCH",
                                maps + "/x?fieldManager=first",
                                map_with({{"a", "2"}}),
                                {"admin", "application/apply-patch+yaml"});
    at.expect_status(conflict, 409);
    at.expect_status(at.apply(maps + "/x", "first", map_with({{"a", "2"}}), true), 200);
}

void same_as_update(visit& at) {
    at.prepare("POST", maps, map_with({{"a", "1"}}));
    at.expect_status(at.apply(maps + "/x", "first", map_with({{"a", "1"}})), 200);
}

void update_takes(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}, {"b", "1"}}));
    at.expect_status(at.merge(maps + "/x", {{"data", {{"a", "2"}}}}), 200);
    auto conflict = at.ask_code("PATCH",
                                maps + "/x?fieldManager=first",
                                map_with({{"a", "1"}, {"b", "1"}}),
                                {"admin", "application/apply-patch+yaml"});
    at.expect_status(conflict, 409);
}

void two_others(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}}));
    at.apply(maps + "/x", "second", map_with({{"b", "1"}}));
    auto conflict = at.ask_code("PATCH",
                                maps + "/x?fieldManager=third",
                                map_with({{"a", "2"}, {"b", "2"}}),
                                {"admin", "application/apply-patch+yaml"});
    at.expect_status(conflict, 409);
    // In which order the real server tells them is chance.
    at.expect(conflict.body.at("details").at("causes").size() == 2, "both are told");
}

void no_manager(visit& at) {
    auto answer = at.ask(
        "PATCH", maps + "/x", map_with({{"a", "1"}}), {"admin", "application/apply-patch+yaml"});
    at.expect_status(answer, 422);
}

void no_kind(visit& at) {
    auto object = map_with({{"a", "1"}});
    object.erase("kind");
    auto answer = at.ask_code(
        "PATCH", maps + "/x?fieldManager=first", object, {"admin", "application/apply-patch+yaml"});
    at.expect_status(answer, 400);
}

void owned_fields(visit& at) {
    auto object = map_with({{"a", "1"}});
    object["metadata"]["managedFields"] = {{{"manager", "x"}}};
    auto answer = at.ask_code(
        "PATCH", maps + "/x?fieldManager=first", object, {"admin", "application/apply-patch+yaml"});
    at.expect_status(answer, 400);
}

void stale(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}}));
    auto object = map_with({{"a", "2"}});
    object["metadata"]["resourceVersion"] = "1";
    at.expect_status(at.apply(maps + "/x", "first", object), 409);
}

void everything_dropped(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}}));
    json bare = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "x"}}}};
    auto left = at.apply(maps + "/x", "first", bare);
    at.expect_status(left, 200);
    at.expect(!left.body.contains("data"), "nothing is left");
}

void dry(visit& at) {
    at.apply(maps + "/x", "first", map_with({{"a", "1"}}));
    auto answer = at.ask_code("PATCH",
                              maps + "/x?fieldManager=first&dryRun=All",
                              map_with({{"a", "2"}}),
                              {"admin", "application/apply-patch+yaml"});
    at.expect_status(answer, 200);
    auto left = at.ask("GET", maps + "/x");
    at.expect(left.body["data"]["a"] == "1", "nothing is written");
}

void ports(visit& at) {
    at.apply(services + "/x", "first", service_with({{{"name", "sql"}, {"port", 1433}}}));
    auto both =
        at.apply(services + "/x", "second", service_with({{{"name", "peers"}, {"port", 5022}}}));
    at.expect(both.body["spec"]["ports"].size() == 2, "ports are merged by number");
    auto one = at.apply(services + "/x", "second", service_with(json::array()));
    at.expect(one.body["spec"]["ports"].size() == 1, "and taken away one by one");
}

void port_conflict(visit& at) {
    at.apply(services + "/x", "first", service_with({{{"name", "sql"}, {"port", 1433}}}));
    at.expect_status(
        at.apply(services + "/x", "second", service_with({{{"name", "other"}, {"port", 1433}}})),
        409);
}

void selector(visit& at) {
    auto object = service_with({{{"name", "sql"}, {"port", 1433}}});
    object["spec"]["selector"] = {{"role", "primary"}};
    at.apply(services + "/x", "first", object);
    object["spec"]["selector"] = {{"app", "db"}};
    auto changed = at.apply(services + "/x", "first", object);
    at.expect(changed.body["spec"]["selector"] == json{{"app", "db"}}, "it is one piece");
}

void containers(visit& at) {
    auto set = sample_of("StatefulSet").named("x");
    at.apply(sets + "/x", "first", set);
    auto& list = set["spec"]["template"]["spec"]["containers"];
    list[0]["env"].push_back({{"name", "B"}, {"value", "2"}});
    list[0]["env"].erase(0);
    auto changed = at.apply(sets + "/x", "first", set);
    at.expect(changed.body["spec"]["template"]["spec"]["containers"][0]["env"].size() == 2,
              "variables are merged by name");
}

void other_container(visit& at) {
    at.apply(sets + "/x", "first", sample_of("StatefulSet").named("x"));
    json side = {{"name", "side"}, {"image", "registry/side:1"}};
    json more = {{"apiVersion", "apps/v1"},
                 {"kind", "StatefulSet"},
                 {"metadata", {{"name", "x"}}},
                 {"spec", {{"template", {{"spec", {{"containers", {side}}}}}}}}};
    auto both = at.apply(sets + "/x", "second", more);
    at.expect(both.body["spec"]["template"]["spec"]["containers"].size() == 2,
              "containers are merged by name");
}

void finalizers(visit& at) {
    auto object = map_with({{"a", "1"}});
    object["metadata"]["finalizers"] = {"contract.example.com/one"};
    at.apply(maps + "/x", "first", object);
    object["metadata"]["finalizers"] = {"contract.example.com/two"};
    object.erase("data");
    auto both = at.apply(maps + "/x", "second", object);
    at.expect(both.body["metadata"]["finalizers"].size() == 2, "they are a set");
}

void owners(visit& at) {
    auto owner = at.prepare("POST", maps, sample_of("ConfigMap").named("owner")).body;
    auto object = map_with({{"a", "1"}});
    object["metadata"]["ownerReferences"] = {{{"apiVersion", "v1"},
                                              {"kind", "ConfigMap"},
                                              {"name", "owner"},
                                              {"uid", owner["metadata"]["uid"]}}};
    auto made = at.apply(maps + "/x", "first", object);
    at.expect_status(made, 201);
}

void custom_map(visit& at) {
    at.apply(widgets + "/x", "first", widget_with({{"size", 1}, {"replicas", {{{"name", "a"}}}}}));
    auto both = at.apply(
        widgets + "/x", "second", widget_with({{"size", 1}, {"replicas", {{{"name", "b"}}}}}));
    at.expect(both.body["spec"]["replicas"].size() == 2, "merged by the schema's keys");
}

void custom_list(visit& at) {
    json first = {{"size", 1}, {"nested", {{"list", {"a"}}}}};
    at.apply(widgets + "/x", "first", widget_with(first));
    json second = {{"size", 1}, {"nested", {{"list", {"b"}}}}};
    at.expect_status(at.apply(widgets + "/x", "second", widget_with(second)), 409);
}

void conditions(visit& at) {
    at.prepare("POST", widgets, widget_with({{"size", 1}}));
    auto condition = [](const char* type) {
        json object = {{"apiVersion", "contract.example.com/v1"},
                       {"kind", "Widget"},
                       {"metadata", {{"name", "x"}}}};
        object["status"]["conditions"] = {{{"type", type}, {"status", "True"}}};
        return object;
    };
    at.apply(widgets + "/x/status", "first", condition("Ready"));
    auto both = at.apply(widgets + "/x/status", "second", condition("Healthy"));
    at.expect(both.body["status"]["conditions"].size() == 2, "conditions are merged by type");
}

void status_missing(visit& at) {
    json object = {{"apiVersion", "contract.example.com/v1"},
                   {"kind", "Widget"},
                   {"metadata", {{"name", "x"}}},
                   {"status", {{"phase", "Ready"}}}};
    at.expect_status(at.apply(widgets + "/x/status", "first", object), 404);
}

}  // namespace

std::vector<check> checks_of_applies() {
    auto one = [](const char* name, const char* kind, const char* what, auto run) {
        return check{std::string{"apply."} + name, kind, "patch", what, run};
    };
    return {
        one("shared", "ConfigMap", "a field of two goes with the last", shared),
        one("against_update", "ConfigMap", "409 with who wrote without applying", against_update),
        one("same_as_update", "ConfigMap", "saying the same is no conflict", same_as_update),
        one("update_takes", "ConfigMap", "a patch takes a field over", update_takes),
        one("two_others", "ConfigMap", "conflicts with two managers", two_others),
        one("no_manager", "ConfigMap", "422", no_manager),
        one("no_kind", "ConfigMap", "400", no_kind),
        one("owned_fields", "ConfigMap", "400: managedFields cannot be applied", owned_fields),
        one("stale", "ConfigMap", "409: a resourceVersion that does not fit", stale),
        one("everything_dropped", "ConfigMap", "an empty map goes", everything_dropped),
        one("dry", "ConfigMap", "dryRun", dry),
        one("ports", "Service", "keyed lists", ports),
        one("port_conflict", "Service", "409 in a keyed list", port_conflict),
        one("selector", "Service", "an atomic map", selector),
        one("containers", "StatefulSet", "keyed lists in keyed lists", containers),
        one("other_container", "StatefulSet", "a second manager's container", other_container),
        one("finalizers", "ConfigMap", "a set", finalizers),
        one("owners", "ConfigMap", "owner references", owners),
        one("custom_map", "Widget", "keyed lists of a schema", custom_map),
        one("custom_list", "Widget", "409: other lists are one piece", custom_list),
        one("conditions", "Widget", "conditions of two reporters", conditions),
        one("status_missing", "Widget", "404: a status alone makes no object", status_missing),
    };
}

}  // namespace ha::contract
