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

void label(visit& at, const std::string& name, const json& value) {
    at.prepare("PATCH",
               maps + "/" + name,
               {{"metadata", {{"labels", {{"role", value}}}}}},
               {"admin", "application/merge-patch+json"});
}

std::string version_now(visit& at) {
    return at.prepare("GET", maps).body["metadata"]["resourceVersion"];
}

void from_nothing(visit& at) {
    add(at, "a");
    add(at, "b");
    auto events = at.watch(maps + "?watch=true&timeoutSeconds=20");
    at.events(*events, 2);
    add(at, "c");
    at.events(*events, 3);
}

void from_zero(visit& at) {
    add(at, "a");
    auto events = at.watch(maps + "?watch=true&timeoutSeconds=20&resourceVersion=0");
    at.events(*events, 1);
}

void from_version(visit& at) {
    add(at, "a");
    auto version = version_now(at);
    add(at, "b");
    auto events = at.watch(maps + "?watch=true&timeoutSeconds=20&resourceVersion=" + version);
    at.events(*events, 1);
    at.expect(events->events[0]["object"]["metadata"]["name"] == "b", "only what came later");
}

void from_object(visit& at) {
    add(at, "a");
    auto one = at.prepare("GET", maps + "/a").body;
    auto version = one["metadata"]["resourceVersion"].get<std::string>();
    label(at, "a", "x");
    auto events = at.watch(maps +
                           "?watch=true&fieldSelector=metadata.name%3Da&timeoutSeconds=20"
                           "&resourceVersion=" +
                           version);
    at.events(*events, 1);
}

void selected(visit& at) {
    auto version = version_now(at);
    auto events = at.watch(maps +
                           "?watch=true&labelSelector=role%3Dprimary&timeoutSeconds=20"
                           "&resourceVersion=" +
                           version);
    add(at, "a", {{"role", "secondary"}});
    label(at, "a", "primary");
    label(at, "a", "secondary");
    label(at, "a", "primary");
    at.prepare("DELETE", maps + "/a");
    at.events(*events, 4);
}

void timed(visit& at) {
    auto events =
        at.watch(maps + "?watch=true&timeoutSeconds=1&resourceVersion=" + version_now(at));
    bool over = at.server().wait_until([&] { return events->over; });
    at.expect(over && events->status == 200, "the watch ends by itself, in good order");
    at.note("events", events->events);
}

void bookmarked(visit& at) {
    auto from = version_now(at);
    auto events = at.watch(maps +
                           "?watch=true&allowWatchBookmarks=true&timeoutSeconds=4"
                           "&resourceVersion=" +
                           from);
    add(at, "a");
    at.server().wait_until([&] { return events->over; });
    at.expect(events->events.size() >= 2, "the last event is not the only one");
    if (events->events.size() < 2) return;
    const auto& last = events->events.back();
    at.expect(last.at("type") == "BOOKMARK", "the last event is a bookmark");
    at.note("bookmark", last.at("object").at("kind"));
    auto version = last.at("object").at("metadata").at("resourceVersion").get<std::string>();
    at.expect(std::stoull(version) >= std::stoull(from), "it goes forward");
}

void unmarked(visit& at) {
    auto events =
        at.watch(maps + "?watch=true&timeoutSeconds=3&resourceVersion=" + version_now(at));
    at.server().wait_until([&] { return events->over; });
    at.expect(events->events.empty(), "nobody asked for bookmarks");
}

void initial(visit& at) {
    add(at, "a");
    auto events = at.watch(maps +
                           "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                           "&resourceVersionMatch=NotOlderThan&timeoutSeconds=20");
    at.events(*events, 2);
    const auto& mark = events->events.back().at("object").at("metadata");
    at.expect(mark.at("annotations").at("k8s.io/initial-events-end") == "true",
              "the end is marked");
}

void resumed(visit& at) {
    add(at, "a");
    auto first = at.watch(maps + "?watch=true&timeoutSeconds=20&resourceVersion=0");
    at.events(*first, 1);
    auto version = first->events[0]["object"]["metadata"]["resourceVersion"].get<std::string>();
    label(at, "a", "x");
    at.prepare("DELETE", maps + "/a");
    auto second = at.watch(maps + "?watch=true&timeoutSeconds=20&resourceVersion=" + version);
    at.events(*second, 2);
}

void not_allowed(visit& at) {
    auto events = at.watch(maps + "?watch=true", {"stranger"});
    at.server().wait_until([&] { return events->over; });
    at.expect(events->status == 403, "403, not " + std::to_string(events->status));
    at.events(*events, 1);
}

void across_spaces(visit& at) {
    auto version = version_now(at);
    auto events = at.watch("/api/v1/configmaps?watch=true&labelSelector=across%3D" + at.space() +
                           "&timeoutSeconds=20&resourceVersion=" + version);
    add(at, "a", {{"across", at.space()}});
    at.events(*events, 1);
}

void status_change(visit& at) {
    const auto& kind = sample_of("Pod");
    auto made = at.prepare("POST", kind.path, kind.named("x")).body;
    auto version = made["metadata"]["resourceVersion"].get<std::string>();
    auto events = at.watch(kind.path + "?watch=true&timeoutSeconds=20&resourceVersion=" + version);
    at.prepare(
        "PATCH", kind.path + "/x/status", kind.status, {"admin", "application/merge-patch+json"});
    at.events(*events, 1);
}

}  // namespace

std::vector<check> checks_of_watches() {
    auto one = [](const char* name, const char* what, auto run) {
        return check{std::string{"watch."} + name, "ConfigMap", "watch", what, run};
    };
    return {
        one("from_nothing", "what is there, then what happens", from_nothing),
        one("from_zero", "what is there", from_zero),
        one("from_version", "only what came later", from_version),
        one("from_object", "one object from its own version on", from_object),
        one("selected", "coming into a selection and leaving it", selected),
        one("timed", "it ends after timeoutSeconds", timed),
        one("bookmarked", "the end is announced by a bookmark", bookmarked),
        one("unmarked", "no bookmarks unless asked for", unmarked),
        one("initial", "initial events end with a marked bookmark", initial),
        one("resumed", "from the last event's version nothing is lost", resumed),
        one("not_allowed", "403", not_allowed),
        one("across_spaces", "all namespaces at once", across_spaces),
        one("status", "a change of status is a change", status_change),
    };
}

}  // namespace ha::contract
