// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string path = "/api/v1/namespaces/{space}/pods";

json pod(const json& labels = json::object()) {
    return {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"metadata", {{"name", "db-0"}, {"labels", labels}}},
            {"spec", pod_spec()}};
}

void relabelled(visit& at) {
    auto made = at.prepare("POST", path, pod({{"app", "db"}})).body;
    json guarded = {
        {"metadata", {{"uid", made["metadata"]["uid"]}, {"labels", {{"role", "primary"}}}}}};
    at.expect_status(at.merge(path + "/db-0", guarded), 200);
    guarded["metadata"]["labels"]["role"] = nullptr;
    auto left = at.merge(path + "/db-0", guarded);
    at.expect(left.body["metadata"]["labels"] == json{{"app", "db"}}, "null takes a label away");
}

void succeeded(visit& at) {
    auto first = at.prepare("POST", path, pod()).body;
    at.prepare("DELETE", path + "/db-0?gracePeriodSeconds=0");
    at.prepare("POST", path, pod());
    json guarded = {
        {"metadata", {{"uid", first["metadata"]["uid"]}, {"labels", {{"role", "primary"}}}}}};
    at.expect_status(at.merge(path + "/db-0", guarded), 422);
    auto left = at.prepare("GET", path + "/db-0");
    at.expect(!left.body["metadata"].contains("labels"), "the successor is not labelled");
}

void fixed_spec(visit& at) {
    at.prepare("POST", path, pod());
    json other = {{"spec", {{"serviceAccountName", "other"}}}};
    auto refused =
        at.ask_code("PATCH", path + "/db-0", other, {"admin", "application/merge-patch+json"});
    at.expect_status(refused, 422);
}

void graceful(visit& at) {
    at.prepare("POST", path, pod());
    at.expect_status(at.ask("DELETE", path + "/db-0"), 200);
    auto going = at.ask("GET", path + "/db-0");
    at.expect(going.body["metadata"].contains("deletionTimestamp"), "it is going");
    at.expect(going.body["metadata"]["deletionGracePeriodSeconds"] == 30, "in thirty seconds");
    at.expect_status(at.ask("DELETE", path + "/db-0?gracePeriodSeconds=0"), 200);
    at.expect_status(at.ask_code("GET", path + "/db-0"), 404);
}

json eviction(const json& uid) {
    return {{"apiVersion", "policy/v1"},
            {"kind", "Eviction"},
            {"metadata", {{"name", "db-0"}}},
            {"deleteOptions", {{"preconditions", {{"uid", uid}}}}}};
}

void evicted(visit& at) {
    auto made = at.prepare("POST", path, pod()).body;
    auto uid = made["metadata"]["uid"];
    at.expect_status(at.ask("POST", path + "/db-0/eviction", eviction(uid)), 201);
    auto going = at.ask("GET", path + "/db-0");
    at.expect(going.body["metadata"].contains("deletionTimestamp"), "it is going");
}

void evicted_successor(visit& at) {
    auto first = at.prepare("POST", path, pod()).body;
    at.prepare("DELETE", path + "/db-0?gracePeriodSeconds=0");
    at.prepare("POST", path, pod());
    auto uid = first["metadata"]["uid"];
    at.expect_status(at.ask_code("POST", path + "/db-0/eviction", eviction(uid)), 409);
    at.prepare("DELETE", path + "/db-0?gracePeriodSeconds=0");
    at.expect_status(at.ask_code("POST", path + "/db-0/eviction", eviction(uid)), 404);
}

void graceful_options(visit& at) {
    auto made = at.prepare("POST", path, pod()).body;
    json options = {{"gracePeriodSeconds", 5},
                    {"preconditions", {{"uid", made["metadata"]["uid"]}}}};
    auto going = at.ask("DELETE", path + "/db-0", options);
    at.expect(going.body["metadata"]["deletionGracePeriodSeconds"] == 5, "in five seconds");
}

void unscheduled(visit& at) {
    auto object = pod();
    object["spec"].erase("nodeName");
    at.prepare("POST", path, object);
    at.expect_status(at.ask("DELETE", path + "/db-0"), 200);
    at.expect_status(at.ask_code("GET", path + "/db-0"), 404);
}

void terminated_labels(visit& at) {
    at.prepare("POST", path, pod());
    at.prepare("DELETE", path + "/db-0");
    json label = {{"metadata", {{"labels", {{"role", "secondary"}}}}}};
    at.expect_status(at.merge(path + "/db-0", label), 200);
}

void by_phase(visit& at) {
    at.prepare("POST", path, pod());
    auto found = at.ask("GET", path + "?fieldSelector=status.phase%3DPending");
    at.expect(found.body["items"].size() == 1, "one is pending");
    auto none = at.ask("GET", path + "?fieldSelector=status.phase%3DRunning");
    at.expect(none.body["items"].empty(), "none is running");
}

void by_node(visit& at) {
    at.prepare("POST", path, pod());
    auto found = at.ask("GET", path + "?fieldSelector=spec.nodeName%3Dcontract-node");
    at.expect(found.body["items"].size() == 1, "the node has the pod");
}

void by_unknown_field(visit& at) {
    at.expect_status(at.ask_code("GET", path + "?fieldSelector=spec.colour%3Dred"), 400);
}

void no_containers(visit& at) {
    auto object = pod();
    object["spec"].erase("containers");
    at.expect_status(at.ask_code("POST", path, object), 422);
}

void conditions(visit& at) {
    at.prepare("POST", path, pod());
    json ready = {{"status",
                   {{"conditions",
                     {{{"type", "Ready"},
                       {"status", "False"},
                       {"reason", "ContainersNotReady"},
                       {"lastTransitionTime", "2026-01-01T00:00:00Z"}}}}}}};
    at.expect_status(at.merge(path + "/db-0/status", ready), 200);
    ready["status"]["conditions"][0]["status"] = "True";
    at.expect_status(at.merge(path + "/db-0/status", ready), 200);
}

}  // namespace

std::vector<check> checks_of_pods() {
    auto one = [](const char* name, const char* verb, const char* what, auto run) {
        return check{std::string{"pod."} + name, "Pod", verb, what, run};
    };
    return {
        one("relabelled", "patch", "a label comes and goes, guarded by uid", relabelled),
        one("succeeded", "patch", "the successor of the same name is spared", succeeded),
        one("fixed_spec", "patch", "422: the spec stays", fixed_spec),
        one("graceful", "delete", "a pod on a node is given its grace", graceful),
        one("graceful.options", "delete", "grace and uid in the options", graceful_options),
        one("evicted", "create", "an eviction is a pod's graceful deletion", evicted),
        one("evicted.successor", "create", "409: the uid is another's; 404", evicted_successor),
        one("unscheduled", "delete", "a pod on no node goes at once", unscheduled),
        one("terminating.labels",
            "patch",
            "a pod that is going can be labelled",
            terminated_labels),
        one("by_phase", "list", "selected by status.phase", by_phase),
        one("by_node", "list", "selected by spec.nodeName", by_node),
        one("by_unknown_field", "list", "400: a field that selects nothing", by_unknown_field),
        one("no_containers", "create", "422", no_containers),
        one("conditions", "patch", "conditions through the status subresource", conditions),
    };
}

}  // namespace ha::contract
