// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string maps = "/api/v1/namespaces/{space}/configmaps";

void add(visit& at, const std::string& name, const json& labels = json::object()) {
    at.prepare("POST", maps, {{"metadata", {{"name", name}, {"labels", labels}}}});
}

void add_five(visit& at) {
    for (const auto* name : {"a", "b", "c", "d", "e"}) add(at, name, {{"letter", name}});
}

std::vector<std::string> names(const said& list) {
    std::vector<std::string> found;
    for (const auto& one : list.body.at("items")) found.push_back(one.at("metadata").at("name"));
    return found;
}

void selects(visit& at, const std::string& selector, std::size_t count) {
    add_five(at);
    auto list = at.prepare("GET", maps + "?labelSelector=" + selector);
    at.expect_status(list, 200);
    at.note("names", names(list));
    at.expect(names(list).size() == count, std::to_string(count) + " of five");
}

void empty(visit& at) {
    at.expect_status(at.ask("GET", maps), 200);
}

void paged(visit& at) {
    add_five(at);
    std::string next;
    std::vector<std::string> all;
    for (int page = 0; page < 3; ++page) {
        auto list =
            at.prepare("GET", maps + "?limit=2" + (next.empty() ? "" : "&continue=" + next));
        at.expect_status(list, 200);
        at.note("names", names(list));
        const auto& metadata = list.body.at("metadata");
        at.note("left", metadata.value("remainingItemCount", 0));
        next = metadata.value("continue", "");
        for (const auto& one : names(list)) all.push_back(one);
    }
    at.expect(all.size() == 5 && next.empty(), "five in three pages");
}

// What is written between two pages is not seen by the second.
void paged_as_it_was(visit& at) {
    add_five(at);
    auto first = at.prepare("GET", maps + "?limit=2");
    add(at, "f");
    at.prepare("DELETE", maps + "/d");
    auto next = first.body["metadata"]["continue"].get<std::string>();
    auto second = at.prepare("GET", maps + "?limit=10&continue=" + next);
    at.note("names", names(second));
    at.expect(
        first.body["metadata"]["resourceVersion"] == second.body["metadata"]["resourceVersion"],
        "both pages are of one version");
}

void bad_continue(visit& at) {
    at.expect_status(at.ask_code("GET", maps + "?limit=2&continue=words"), 400);
}

void bad_selector(visit& at) {
    at.expect_status(at.ask_code("GET", maps + "?labelSelector=a%20b%20c"), 400);
}

void bad_version(visit& at) {
    at.expect_status(at.ask_code("GET", maps + "?resourceVersion=words"), 400);
}

void future(visit& at) {
    at.expect_status(at.ask_code("GET", maps + "?resourceVersion=999999999"), 504);
}

void from_cache(visit& at) {
    add(at, "a");
    auto list = at.eventually(maps + "?resourceVersion=0",
                              [](const said& some) { return some.body.at("items").size() == 1; });
    at.note("names", names(list));
}

void not_older(visit& at) {
    add(at, "a");
    auto version = at.prepare("GET", maps + "/a").body["metadata"]["resourceVersion"];
    auto list = at.prepare("GET",
                           maps + "?resourceVersion=" + version.get<std::string>() +
                               "&resourceVersionMatch=NotOlderThan");
    at.note("names", names(list));
    at.expect(names(list).size() == 1, "it is at least as new");
}

void exact(visit& at) {
    add(at, "a");
    auto version = at.prepare("GET", maps + "/a").body["metadata"]["resourceVersion"];
    add(at, "b");
    auto list = at.prepare(
        "GET",
        maps + "?resourceVersion=" + version.get<std::string>() + "&resourceVersionMatch=Exact");
    at.note("names", names(list));
    at.expect(names(list).size() == 1, "as it was then");
}

void bare_items(visit& at) {
    add(at, "a");
    auto list = at.ask("GET", maps);
    at.expect(!list.body["items"][0].contains("kind"), "items do not repeat their kind");
}

void custom_items(visit& at) {
    const auto& kind = sample_of("Widget");
    at.prepare("POST", kind.path, kind.named("x"));
    auto list = at.ask("GET", kind.path);
    at.expect(list.body["items"][0].contains("kind"), "those of custom resources do");
}

void everywhere(visit& at) {
    add(at, "a", {{"everywhere", at.space()}});
    auto list = at.ask("GET", "/api/v1/configmaps?labelSelector=everywhere%3D" + at.space());
    at.expect(names(list).size() == 1, "found without its namespace");
}

void by_space(visit& at) {
    add(at, "a");
    auto list =
        at.ask("GET", "/api/v1/configmaps?fieldSelector=metadata.namespace%3D" + at.space());
    at.expect(names(list).size() == 1, "found by its namespace");
}

void open_paths(visit& at) {
    for (const auto* path : {"/healthz", "/readyz", "/livez"})
        at.expect_status(at.ask("GET", path), 200);
    auto version = at.prepare("GET", "/version", nullptr, {"nobody"});
    at.expect_status(version, 200);
    at.note("version", version.body.value("gitVersion", ""));
}

}  // namespace

std::vector<check> checks_of_lists() {
    auto one = [](const char* name, const char* what, auto run) {
        return check{std::string{"list."} + name, "ConfigMap", "list", what, run};
    };
    auto by = [&](const char* name, const char* selector, std::size_t count) {
        return one(name, "a label selector", [selector, count](visit& at) {
            selects(at, selector, count);
        });
    };
    return {
        by("equals", "letter%3Da", 1),
        by("double_equals", "letter%3D%3Da", 1),
        by("differs", "letter%21%3Da", 4),
        by("in", "letter%20in%20%28a%2Cb%29", 2),
        by("not_in", "letter%20notin%20%28a%2Cb%29", 3),
        by("exists", "letter", 5),
        by("absent", "%21letter", 0),
        by("both", "letter%2Cletter%21%3Da", 4),
        one("empty", "an empty list", empty),
        one("paged", "limit and continue", paged),
        one("paged.as_it_was", "pages are of one version", paged_as_it_was),
        one("bad_continue", "400", bad_continue),
        one("bad_selector", "400", bad_selector),
        one("bad_version", "400", bad_version),
        one("future", "504: a version that is not there yet", future),
        one("from_cache", "resourceVersion 0", from_cache),
        one("not_older", "resourceVersionMatch NotOlderThan", not_older),
        one("exact", "resourceVersionMatch Exact", exact),
        one("bare_items", "items without kind", bare_items),
        {"list.custom_items", "Widget", "list", "items with kind", custom_items},
        one("everywhere", "all namespaces", everywhere),
        one("by_space", "a field selector of the namespace", by_space),
        {"open_paths", "-", "get", "health and version", open_paths},
    };
}

}  // namespace ha::contract
