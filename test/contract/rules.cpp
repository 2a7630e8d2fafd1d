// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string maps = "/api/v1/namespaces/{space}/configmaps";
const std::string secrets = "/api/v1/namespaces/{space}/secrets";
const std::string sets = "/apis/apps/v1/namespaces/{space}/statefulsets";

json map_named(const std::string& name) {
    return {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}};
}

void bad_name(visit& at) {
    at.expect_status(at.ask("POST", maps, map_named("Bad_Name")), 422);
}

void bad_label(visit& at) {
    auto object = map_named("x");
    object["metadata"]["labels"] = {{"a", "not a label"}};
    at.expect_status(at.ask_code("POST", maps, object), 422);
}

void label_number(visit& at) {
    auto object = map_named("x");
    object["metadata"]["labels"] = {{"a", 1}};
    at.expect_status(at.ask_code("POST", maps, object), 400);
}

void data_number(visit& at) {
    auto object = map_named("x");
    object["data"] = {{"a", 1}};
    at.expect_status(at.ask_code("POST", maps, object), 400);
}

void not_json(visit& at) {
    auto answer = at.ask_code("POST", maps, "words", {"admin", "application/json"});
    at.expect_status(answer, 400);
}

void other_kind(visit& at) {
    auto object = map_named("x");
    object["kind"] = "Secret";
    at.expect_status(at.ask_code("POST", maps, object), 400);
}

void other_space(visit& at) {
    auto object = map_named("x");
    object["metadata"]["namespace"] = "default";
    at.expect_status(at.ask("POST", maps, object), 400);
}

void no_space(visit& at) {
    const std::string nowhere = "/api/v1/namespaces/there-is-none/configmaps";
    at.expect_status(at.ask("POST", nowhere, map_named("x")), 404);
}

void versioned_create(visit& at) {
    auto object = map_named("x");
    object["metadata"]["resourceVersion"] = "1";
    at.ask_code("POST", maps, object);
}

void no_path(visit& at) {
    at.expect_status(at.ask_code("GET", "/apis/nobody.example.com/v1/things"), 404);
    at.expect_status(at.ask_code("GET", "/api/v1/namespaces/{space}/things"), 404);
}

void no_method(visit& at) {
    at.expect_status(at.ask_code("POST", maps + "/x", map_named("x")), 405);
    at.expect_status(at.ask_code("PUT", maps, map_named("x")), 405);
}

void no_media_type(visit& at) {
    at.prepare("POST", maps, map_named("x"));
    auto answer = at.ask_code("PATCH", maps + "/x", map_named("x"), {"admin", "application/json"});
    at.expect_status(answer, 415);
}

void json_patch(visit& at) {
    auto object = map_named("x");
    object["data"] = {{"a", "1"}};
    at.prepare("POST", maps, object);
    json steps = {{{"op", "replace"}, {"path", "/data/a"}, {"value", "2"}}};
    at.expect_status(at.ask("PATCH", maps + "/x", steps, {"admin", "application/json-patch+json"}),
                     200);
}

void immutable(visit& at) {
    auto object = map_named("x");
    object["data"] = {{"a", "1"}};
    object["immutable"] = true;
    at.prepare("POST", maps, object);
    at.expect_status(at.ask_code("PATCH",
                                 maps + "/x",
                                 {{"data", {{"a", "2"}}}},
                                 {"admin", "application/merge-patch+json"}),
                     422);
}

void bad_base64(visit& at) {
    json secret = {{"metadata", {{"name", "x"}}}, {"data", {{"a", "%%%"}}}};
    at.expect_status(at.ask_code("POST", secrets, secret), 400);
}

void string_data(visit& at) {
    json secret = {{"metadata", {{"name", "x"}}}, {"stringData", {{"password", "abcd"}}}};
    auto made = at.ask("POST", secrets, secret);
    at.expect(made.body["data"]["password"] == "YWJjZA==", "it is stored in base64");
    at.expect(!made.body.contains("stringData"), "and only there");
}

json set() {
    return sample_of("StatefulSet").named("db");
}

void set_selector(visit& at) {
    auto object = set();
    object["spec"]["selector"]["matchLabels"]["app"] = "other";
    at.expect_status(at.ask_code("POST", sets, object), 422);
}

void set_fixed(visit& at) {
    at.prepare("POST", sets, set());
    json other = {{"spec", {{"serviceName", "other"}}}};
    at.expect_status(
        at.ask_code("PATCH", sets + "/db", other, {"admin", "application/merge-patch+json"}), 422);
}

void set_free(visit& at) {
    at.prepare("POST", sets, set());
    json change = {{"spec",
                    {{"updateStrategy", {{"type", "OnDelete"}, {"rollingUpdate", nullptr}}},
                     {"template", {{"spec", {{"terminationGracePeriodSeconds", 120}}}}}}}};
    auto changed = at.merge(sets + "/db", change);
    at.expect(changed.body["metadata"]["generation"] == 2, "the generation counts");
}

void set_labels(visit& at) {
    at.prepare("POST", sets, set());
    auto changed = at.merge(sets + "/db", {{"metadata", {{"labels", {{"a", "b"}}}}}});
    at.expect(changed.body["metadata"]["generation"] == 1, "labels do not count");
}

void budget_both(visit& at) {
    auto object = sample_of("PodDisruptionBudget").named("x");
    object["spec"]["minAvailable"] = 1;
    at.expect_status(at.ask_code("POST", sample_of("PodDisruptionBudget").path, object), 422);
}

void job_always(visit& at) {
    auto object = sample_of("Job").named("x");
    object["spec"]["template"]["spec"]["restartPolicy"] = "Always";
    at.expect_status(at.ask_code("POST", sample_of("Job").path, object), 422);
}

void event_lacks(visit& at, const char* field) {
    auto object = sample_of("Event").named("x");
    object["regarding"]["namespace"] = at.space();
    object.erase(field);
    at.expect_status(at.ask_code("POST", sample_of("Event").path, object), 422);
}

void binding_moves(visit& at) {
    const auto& kind = sample_of("RoleBinding");
    at.prepare("POST", kind.path, kind.named("x"));
    json other = {{"roleRef", {{"name", "other"}}}};
    at.expect_status(
        at.ask_code("PATCH", kind.path + "/x", other, {"admin", "application/merge-patch+json"}),
        422);
}

void role_without_verbs(visit& at) {
    auto object = sample_of("Role").named("x");
    object["rules"][0].erase("verbs");
    at.expect_status(at.ask_code("POST", sample_of("Role").path, object), 422);
}

void finalizer_late(visit& at) {
    auto object = map_named("x");
    object["metadata"]["finalizers"] = {"contract.example.com/hold"};
    at.prepare("POST", maps, object);
    at.prepare("DELETE", maps + "/x");
    json more = {
        {"metadata", {{"finalizers", {"contract.example.com/hold", "contract.example.com/more"}}}}};
    at.expect_status(
        at.ask_code("PATCH", maps + "/x", more, {"admin", "application/merge-patch+json"}), 422);
}

void deleted_twice(visit& at) {
    auto object = map_named("x");
    object["metadata"]["finalizers"] = {"contract.example.com/hold"};
    at.prepare("POST", maps, object);
    at.expect_status(at.ask_code("DELETE", maps + "/x"), 200);
    at.expect_status(at.ask_code("DELETE", maps + "/x"), 200);
}

}  // namespace

std::vector<check> checks_of_rules() {
    return {
        {"rules.bad_name", "ConfigMap", "create", "422 with the rule", bad_name},
        {"rules.bad_label", "ConfigMap", "create", "422", bad_label},
        {"rules.label_number", "ConfigMap", "create", "400", label_number},
        {"rules.data_number", "ConfigMap", "create", "400", data_number},
        {"rules.not_json", "ConfigMap", "create", "400", not_json},
        {"rules.other_kind", "ConfigMap", "create", "400", other_kind},
        {"rules.other_space", "ConfigMap", "create", "400", other_space},
        {"rules.no_space", "ConfigMap", "create", "404 of the namespace", no_space},
        {"rules.versioned_create", "ConfigMap", "create", "refused", versioned_create},
        {"rules.no_path", "-", "get", "404", no_path},
        {"rules.no_method", "ConfigMap", "create", "405", no_method},
        {"rules.no_media_type", "ConfigMap", "patch", "415", no_media_type},
        {"rules.json_patch", "ConfigMap", "patch", "200", json_patch},
        {"rules.immutable", "ConfigMap", "patch", "422", immutable},
        {"rules.bad_base64", "Secret", "create", "400", bad_base64},
        {"rules.string_data", "Secret", "create", "stringData becomes data", string_data},
        {"rules.set.selector",
         "StatefulSet",
         "create",
         "422: the selector fits the template",
         set_selector},
        {"rules.set.fixed", "StatefulSet", "patch", "422: serviceName stays", set_fixed},
        {"rules.set.free", "StatefulSet", "patch", "strategy and template change", set_free},
        {"rules.set.labels", "StatefulSet", "patch", "labels are no new generation", set_labels},
        {"rules.budget.both", "PodDisruptionBudget", "create", "422", budget_both},
        {"rules.job.always", "Job", "create", "422", job_always},
        {"rules.event.action",
         "Event",
         "create",
         "422",
         [](visit& at) { event_lacks(at, "action"); }},
        {"rules.event.reason",
         "Event",
         "create",
         "422",
         [](visit& at) { event_lacks(at, "reason"); }},
        {"rules.event.controller",
         "Event",
         "create",
         "422",
         [](visit& at) { event_lacks(at, "reportingController"); }},
        {"rules.event.instance",
         "Event",
         "create",
         "422",
         [](visit& at) { event_lacks(at, "reportingInstance"); }},
        {"rules.event.type", "Event", "create", "422", [](visit& at) { event_lacks(at, "type"); }},
        {"rules.binding.moves", "RoleBinding", "patch", "422: roleRef stays", binding_moves},
        {"rules.role.without_verbs", "Role", "create", "422", role_without_verbs},
        {"rules.finalizer.late",
         "ConfigMap",
         "patch",
         "422: none is added to what is going",
         finalizer_late},
        {"rules.deleted_twice", "ConfigMap", "delete", "200 again while it waits", deleted_twice},
    };
}

}  // namespace ha::contract
