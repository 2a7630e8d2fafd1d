// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string path = "/apis/contract.example.com/v1/namespaces/{space}/widgets";

json widget(const json& spec) {
    return {{"apiVersion", "contract.example.com/v1"},
            {"kind", "Widget"},
            {"metadata", {{"name", "x"}}},
            {"spec", spec}};
}

void accepted(visit& at, const json& spec) {
    at.expect_status(at.ask("POST", path, widget(spec)), 201);
}

void explained(visit& at, const json& spec) {
    at.expect_status(at.ask("POST", path, widget(spec)), 422);
}

void several(visit& at) {
    auto refused = at.ask_code("POST", path, widget({{"size", 0}, {"color", "blue"}}));
    at.expect_status(refused, 422);
    at.expect(refused.body.at("details").at("causes").size() == 2, "both are told");
}

void no_spec(visit& at) {
    auto object = widget({});
    object.erase("spec");
    at.expect_status(at.ask("POST", path, object), 422);
}

void no_kind(visit& at) {
    auto object = widget({{"size", 1}});
    object.erase("kind");
    at.expect_status(at.ask_code("POST", path, object), 400);
}

void generation(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    auto labelled = at.merge(path + "/x", {{"metadata", {{"labels", {{"a", "b"}}}}}});
    at.expect(labelled.body["metadata"]["generation"] == 1, "labels do not count");
    auto resized = at.merge(path + "/x", {{"spec", {{"size", 2}}}});
    at.expect(resized.body["metadata"]["generation"] == 2, "the spec does");
    json report = {{"status", {{"observedGeneration", 2}}}};
    auto reported = at.merge(path + "/x/status", report);
    at.expect(reported.body["metadata"]["generation"] == 2, "the status does not");
}

void status_alone(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    json both = {{"metadata", {{"labels", {{"a", "b"}}}}},
                 {"spec", {{"size", 2}}},
                 {"status", {{"phase", "Ready"}}}};
    auto after = at.merge(path + "/x/status", both);
    at.expect(after.body["spec"]["size"] == 1, "the spec stays");
    at.expect(!after.body["metadata"].contains("labels"), "and so do the labels");
}

void status_on_create(visit& at) {
    auto object = widget({{"size", 1}});
    object["status"] = {{"phase", "Ready"}};
    auto made = at.ask("POST", path, object);
    at.expect(!made.body.contains("status"), "a new object has no status");
}

void bad_status(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    json wrong = {{"status", {{"phase", 7}}}};
    at.expect_status(
        at.ask_code("PATCH", path + "/x/status", wrong, {"admin", "application/merge-patch+json"}),
        422);
}

void patched_wrong(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    at.expect_status(at.merge(path + "/x", {{"spec", {{"size", 10}}}}), 422);
}

void applied_wrong(visit& at) {
    at.expect_status(at.apply(path + "/x", "first", widget({{"size", 10}})), 422);
}

void defaulted_again(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}, {"color", "green"}}));
    auto left = at.merge(path + "/x", {{"spec", {{"color", nullptr}}}});
    at.expect(left.body["spec"]["color"] == "red", "what is taken away is defaulted");
}

void strategic(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    auto answer = at.ask_code("PATCH",
                              path + "/x",
                              {{"spec", {{"size", 2}}}},
                              {"admin", "application/strategic-merge-patch+json"});
    at.expect_status(answer, 415);
}

void no_definition(visit& at) {
    at.expect_status(at.ask("GET", "/apis/contract.example.com/v1/namespaces/{space}/gadgets/x"),
                     404);
    at.expect_status(at.ask_code("GET", "/apis/contract.example.com/v2/widgets"), 404);
}

// A definition of this check's own: applied, applied again, and served soon after.
void defined(visit& at) {
    const auto group = at.space() + ".example.com";
    const auto target = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets." + group;
    auto definition = widget_definition();
    definition["metadata"]["name"] = "widgets." + group;
    definition["spec"]["group"] = group;
    manner how;
    how.content_type = "application/apply-patch+yaml";
    at.expect_status(at.ask_code("PATCH", target + "?fieldManager=first", definition, how), 201);
    at.expect_status(at.ask_code("PATCH", target + "?fieldManager=first", definition, how), 200);
    auto served = at.eventually("/apis/" + group + "/v1/widgets",
                                [](const said& answer) { return answer.status == 200; });
    at.expect_status(served, 200);
}

// The kind is younger than the server, so that no cache of the server's has its first versions.
void forget(visit& at) {
    at.prepare("POST", path, widget({{"size", 1}}));
    auto now = at.prepare("GET", path).body["metadata"]["resourceVersion"].get<std::string>();
    at.server().forget_before(now);
}

// As an informer asks after a break: not older than what it knows, page by page; then from
// anywhere.
void forgotten_list(visit& at) {
    forget(at);
    at.expect_status(at.ask("GET", path + "?resourceVersion=1&limit=500"), 410);
    at.expect_status(at.ask("GET", path + "?resourceVersion=1&resourceVersionMatch=Exact"), 410);
    at.expect_status(at.ask_code("GET", path + "?resourceVersion=1"), 200);
    at.expect_status(at.ask_code("GET", path + "?limit=500"), 200);
}

void forgotten_watch(visit& at) {
    forget(at);
    auto events = at.watch(path + "?watch=true&timeoutSeconds=20&resourceVersion=1");
    at.events(*events, 1);
    at.server().wait_until([&] { return events->over; });
    at.expect(events->over && events->status == 200, "it begins, says so, and ends");
}

}  // namespace

std::vector<check> checks_of_widgets() {
    auto one = [](const char* name, const char* what, auto run) {
        return check{std::string{"widget."} + name, "Widget", "create", what, run};
    };
    auto fine = [&](const char* name, const char* what, const json& spec) {
        return one(name, what, [spec](visit& at) { accepted(at, spec); });
    };
    auto wrong = [&](const char* name, const char* what, const json& spec) {
        return one(name, what, [spec](visit& at) { explained(at, spec); });
    };
    return {
        fine("defaults", "defaults are filled in", {{"size", 1}, {"nested", json::object()}}),
        fine("list_defaults", "in lists, too", {{"size", 1}, {"replicas", {{{"name", "a"}}}}}),
        fine("pruned", "unknown fields go", {{"size", 1}, {"unknown", 1}}),
        fine("free", "unless they are to stay", {{"size", 1}, {"free", {{"any", {1, "a"}}}}}),
        fine("settings", "a map of strings", {{"size", 1}, {"settings", {{"a", "b"}}}}),
        fine("limit.number", "int or string", {{"size", 1}, {"limit", 5}}),
        fine("limit.text", "int or string", {{"size", 1}, {"limit", "5Gi"}}),
        wrong("required", "422: a required field", json::object()),
        wrong("minimum", "422", {{"size", 0}}),
        wrong("maximum", "422", {{"size", 10}}),
        wrong("type", "422: a string for a number", {{"size", "1"}}),
        wrong("type.object", "422: an object for a string", {{"size", 1}, {"name", {{"a", 1}}}}),
        wrong("enum", "422", {{"size", 1}, {"color", "blue"}}),
        wrong("pattern", "422", {{"size", 1}, {"name", "UPPER"}}),
        wrong("length", "422", {{"size", 1}, {"name", "muchtoolong"}}),
        wrong("settings.type",
              "422: a number in a map of strings",
              {{"size", 1}, {"settings", {{"a", 1}}}}),
        wrong("items",
              "422: too many",
              {{"size", 1},
               {"replicas", {{{"name", "a"}}, {{"name", "b"}}, {{"name", "c"}}, {{"name", "d"}}}}}),
        wrong("item.required",
              "422: a required field of an item",
              {{"size", 1}, {"replicas", {{{"mode", "async"}}}}}),
        one("several", "422: several complaints, in any order", several),
        one("no_spec", "422", no_spec),
        one("no_kind", "400", no_kind),
        one("generation", "what counts as wanted", generation),
        one("status_alone", "the status subresource writes nothing else", status_alone),
        one("status_on_create", "a status is not created", status_on_create),
        one("bad_status", "422", bad_status),
        one("patched_wrong", "422", patched_wrong),
        one("applied_wrong", "422", applied_wrong),
        one("defaulted_again", "defaults come back", defaulted_again),
        one("strategic", "415: no strategic merge of custom resources", strategic),
        one("no_definition", "404", no_definition),
        one("defined", "a definition can be applied, and its kind is served", defined),
        one("forgotten_list", "410 Expired for a version that is gone", forgotten_list),
        one("forgotten_watch", "410 Expired as an event", forgotten_watch),
    };
}

}  // namespace ha::contract
