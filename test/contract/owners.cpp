// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string maps = "/api/v1/namespaces/{space}/configmaps";
const std::string widgets = "/apis/contract.example.com/v1/namespaces/{space}/widgets";

json reference(const json& owner, bool blocks = false) {
    json made = {{"apiVersion", owner.at("apiVersion")},
                 {"kind", owner.at("kind")},
                 {"name", owner.at("metadata").at("name")},
                 {"uid", owner.at("metadata").at("uid")}};
    if (blocks) made["blockOwnerDeletion"] = true;
    return made;
}

json child_of(const std::vector<json>& owners) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", "child"}, {"ownerReferences", owners}}}};
}

json add_map(visit& at, const std::string& name) {
    return at
        .prepare("POST",
                 maps,
                 {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}})
        .body;
}

void is_gone(visit& at, const std::string& path) {
    at.eventually(path, [](const said& answer) { return answer.status == 404; });
}

void background(visit& at) {
    auto owner = add_map(at, "owner");
    at.prepare("POST", maps, child_of({reference(owner)}));
    at.expect_status(at.ask("DELETE", maps + "/owner"), 200);
    is_gone(at, maps + "/child");
}

void background_in_options(visit& at) {
    auto owner = add_map(at, "owner");
    at.prepare("POST", maps, child_of({reference(owner)}));
    at.expect_status(at.ask("DELETE", maps + "/owner", {{"propagationPolicy", "Background"}}), 200);
    is_gone(at, maps + "/child");
}

void foreground(visit& at) {
    auto owner = add_map(at, "owner");
    at.prepare("POST", maps, child_of({reference(owner, true)}));
    at.expect_status(at.ask("DELETE", maps + "/owner", {{"propagationPolicy", "Foreground"}}), 200);
    is_gone(at, maps + "/child");
    is_gone(at, maps + "/owner");
}

void orphaned(visit& at) {
    auto owner = add_map(at, "owner");
    at.prepare("POST", maps, child_of({reference(owner)}));
    at.expect_status(at.ask("DELETE", maps + "/owner", {{"propagationPolicy", "Orphan"}}), 200);
    is_gone(at, maps + "/owner");
    auto left = at.ask("GET", maps + "/child");
    at.expect(!left.body["metadata"].contains("ownerReferences"), "nobody owns it");
}

void second_owner(visit& at) {
    auto first = add_map(at, "first");
    auto second = add_map(at, "second");
    at.prepare("POST", maps, child_of({reference(first), reference(second)}));
    at.prepare("DELETE", maps + "/first");
    at.eventually(maps + "/child", [](const said& answer) {
        return answer.body.at("metadata").value("ownerReferences", json::array()).size() == 1;
    });
    at.prepare("DELETE", maps + "/second");
    is_gone(at, maps + "/child");
}

void never_there(visit& at) {
    auto owner = add_map(at, "owner");
    owner["metadata"]["uid"] = "00000000-1111-2222-3333-444444444444";
    at.prepare("POST", maps, child_of({reference(owner)}));
    is_gone(at, maps + "/child");
}

void chain(visit& at) {
    auto first = add_map(at, "first");
    auto second = child_of({reference(first)});
    second["metadata"]["name"] = "second";
    auto made = at.prepare("POST", maps, second).body;
    at.prepare("POST", maps, child_of({reference(made)}));
    at.prepare("DELETE", maps + "/first");
    is_gone(at, maps + "/second");
    is_gone(at, maps + "/child");
}

void held_child(visit& at) {
    auto owner = add_map(at, "owner");
    auto child = child_of({reference(owner)});
    child["metadata"]["finalizers"] = {"contract.example.com/hold"};
    at.prepare("POST", maps, child);
    at.prepare("DELETE", maps + "/owner");
    at.eventually(maps + "/child", [](const said& answer) {
        return answer.body.at("metadata").contains("deletionTimestamp");
    });
    at.prepare("PATCH",
               maps + "/child",
               {{"metadata", {{"finalizers", nullptr}}}},
               {"admin", "application/merge-patch+json"});
    is_gone(at, maps + "/child");
}

void custom_owner(visit& at) {
    auto owner = at.prepare("POST", widgets, sample_of("Widget").named("x")).body;
    auto set = sample_of("StatefulSet").named("db");
    set["metadata"]["ownerReferences"] = json::array({reference(owner, true)});
    at.prepare("POST", sample_of("StatefulSet").path, set);
    at.expect_status(at.ask("DELETE", widgets + "/x"), 200);
    is_gone(at, sample_of("StatefulSet").path + "/db");
}

void nameless_reference(visit& at) {
    json broken = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "x"}};
    at.expect_status(at.ask_code("POST", maps, child_of({broken})), 422);
}

void two_controllers(visit& at) {
    auto first = reference(add_map(at, "first"));
    auto second = reference(add_map(at, "second"));
    first["controller"] = true;
    second["controller"] = true;
    at.expect_status(at.ask_code("POST", maps, child_of({first, second})), 422);
}

}  // namespace

std::vector<check> checks_of_owners() {
    auto one = [](const char* name, const char* what, auto run) {
        return check{std::string{"owner."} + name, "ConfigMap", "delete", what, run};
    };
    return {
        one("background", "what it owned goes after it", background),
        one("background.options", "the same, asked for", background_in_options),
        one("foreground", "what it owned goes before it", foreground),
        one("orphaned", "what it owned stays, unowned", orphaned),
        one("second_owner", "the last owner takes it along", second_owner),
        one("never_there", "an owner that never was", never_there),
        one("chain", "owners of owners", chain),
        one("held_child", "a finalizer holds what is owned", held_child),
        one("custom", "a custom resource owns a StatefulSet", custom_owner),
        one("nameless", "422: a reference without uid", nameless_reference),
        one("two_controllers", "422: two controllers", two_controllers),
    };
}

}  // namespace ha::contract
