// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

// What a drain changes in a Node, and how that is seen.

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string path = "/api/v1/nodes";

std::string node_of(visit& at) {
    auto name = at.space() + "-node";
    at.prepare("POST", path, {{"metadata", {{"name", name}}}});
    return name;
}

json cordon(const json& truth) {
    return {{"spec", {{"unschedulable", truth}}}};
}

void cordoned(visit& at) {
    auto one = path + "/" + node_of(at);
    at.expect_status(at.merge(one, cordon(true)), 200);
    auto taken = at.ask("GET", one);
    at.expect(taken.body["spec"]["unschedulable"] == true, "it takes no pods");
    at.expect_status(at.merge(one, cordon(nullptr)), 200);
    at.expect(!at.ask("GET", one).body["spec"].contains("unschedulable"), "it takes pods again");
}

void uncordoned(visit& at) {
    auto one = path + "/" + node_of(at);
    at.prepare("PATCH", one, cordon(true), {"admin", "application/merge-patch+json"});
    auto again = at.merge(one, cordon(false));
    at.expect(!again.body["spec"].contains("unschedulable"), "false is not kept");
}

void by_unschedulable(visit& at) {
    auto name = node_of(at);
    auto list = path + "?fieldSelector=metadata.name%3D" + name + ",spec.unschedulable%3Dtrue";
    at.expect(at.ask("GET", list).body["items"].empty(), "it takes pods");
    at.prepare("PATCH", path + "/" + name, cordon(true), {"admin", "application/merge-patch+json"});
    at.expect(at.ask("GET", list).body["items"].size() == 1, "it takes none");
}

void watched_cordon(visit& at) {
    auto name = node_of(at);
    auto from = at.prepare("GET", path + "/" + name).body["metadata"]["resourceVersion"];
    auto events = at.watch(path + "?watch=true&timeoutSeconds=20&fieldSelector=metadata.name%3D" +
                           name + "&resourceVersion=" + from.get<std::string>());
    for (const json& truth : {json(true), json()})
        at.prepare(
            "PATCH", path + "/" + name, cordon(truth), {"admin", "application/merge-patch+json"});
    at.prepare("DELETE", path + "/" + name);
    at.events(*events, 3);
}

}  // namespace

std::vector<check> checks_of_nodes() {
    auto one = [](const char* name, const char* verb, const char* what, auto run) {
        return check{std::string{"node."} + name, "Node", verb, what, run};
    };
    return {
        one("cordoned", "patch", "spec.unschedulable comes and goes", cordoned),
        one("uncordoned", "patch", "spec.unschedulable: false is none at all", uncordoned),
        one("by_unschedulable", "list", "selected by spec.unschedulable", by_unschedulable),
        one("watched", "watch", "a cordon is MODIFIED, and so is its end", watched_cordon),
    };
}

}  // namespace ha::contract
