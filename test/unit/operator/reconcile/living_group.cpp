// SPDX-License-Identifier: MIT
#include "test/unit/operator/reconcile/living_group.hpp"

#include <algorithm>

namespace ha::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

bool has(const lines& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

}  // namespace

living_group::living_group(std::string group, lines pods)
    : name(std::move(group)), members(std::move(pods)) {}

living_group::living_group()
    : living_group("mssql-ag", {"mssql-ag-0", "mssql-ag-1", "mssql-ag-2"}) {
    life lives{*this};
    make_group();
    pass(10s);
    for (int i = 0; i < 3; ++i) tick();
    happened.clear();
}

lines living_group::pods() {
    lines all;
    auto listed = get("/api/v1/namespaces/default/pods");
    for (const auto& one : listed["items"]) all.push_back(one["metadata"]["name"]);
    return all;
}

json living_group::requests() {
    return get(maps + name)["data"];
}

void living_group::tick() {
    pass(5s);
    auto before = pods();
    run_stateful_sets();
    auto now = pods();
    for (const auto& pod : now)
        if (!has(before, pod)) happened.push_back(pod + " is made");
    for (const auto& pod : std::exchange(there_, now))
        if (!has(now, pod)) happened.push_back(pod + " goes");
    for (const auto& pod : now) make_ready(pod, sick.contains(pod) ? "False" : "True");
    obey();
    regroup();
    lead();
    for (const auto& pod : now) label(pod, pod == primary_ ? "primary" : "secondary");
}

void living_group::pass_minutes(int minutes) {
    for (int i = 0; i < minutes * 12; ++i) tick();
}

void living_group::lead() {
    json replicas = json::array();
    for (const auto& pod : members) {
        bool level = pod == primary_ || (!sick.contains(pod) && !fallen_behind);
        replicas.push_back({{"name", pod},
                            {"role", pod == primary_ ? "primary" : "secondary"},
                            {"mode", "synchronous"},
                            {"synchronization", level ? "synchronized" : "notSynchronizing"},
                            {"connected", level}});
    }
    json state{{"groupId", "g-1"},
               {"primary", primary_},
               {"term", term_},
               {"replicas", replicas},
               {"answers", answers_}};
    must("PATCH", maps + name + "-state", {{"data", {{"format", "1"}, {"state", state.dump()}}}});
    must("PATCH",
         "/apis/coordination.k8s.io/v1/namespaces/default/leases/" + name,
         {{"spec", {{"holderIdentity", primary_ + "_uid"}, {"leaseDurationSeconds", 15}}}});
}

void living_group::hand_over(const std::string& to) {
    primary_ = to;
    ++term_;
    happened.push_back(to + " leads");
}

// Whatever the operator asks.
void living_group::obey() {
    auto data = requests();
    if (!data.contains("cordonSwitchover")) return;
    auto asked = json::parse(data["cordonSwitchover"].get<std::string>());
    for (const auto& one : answers_)
        if (one["id"] == asked["id"]) return;
    answers_.push_back({{"id", asked["id"]}, {"done", refusal.empty()}, {"words", refusal}});
    if (!refusal.empty()) return happened.push_back("refused");
    hand_over(asked["target"]);
}

// Rule 29: additions first, then a primary that is to go hands over, then the last member goes.
void living_group::regroup() {
    auto data = requests();
    if (obstinate || !data.contains("spec") || data.contains("pause")) return;
    lines wanted;
    auto spec = json::parse(data["spec"].get<std::string>());
    for (const auto& one : spec["replicas"]) wanted.push_back(one["name"]);
    auto there = pods();
    for (const auto& pod : wanted) {
        if (has(members, pod) || !has(there, pod) || sick.contains(pod)) continue;
        members.push_back(pod);
        return happened.push_back(pod + " joins");
    }
    if (!has(wanted, primary_)) return hand_over(wanted.front());
    for (auto one = members.rbegin(); one != members.rend(); ++one) {
        if (has(wanted, *one)) continue;
        happened.push_back(*one + " leaves");
        members.erase(std::next(one).base());
        return;
    }
}

json living_group::condition(const std::string& type, const std::string& of) {
    auto resource = get(of);
    for (const auto& one : resource["status"]["conditions"])
        if (one["type"] == type) return one;
    return {};
}

void living_group::change_image(const std::string& image) {
    must("PATCH", sample_path, {{"spec", {{"image", image}}}});
}

void living_group::list_replicas(const lines& names) {
    json replicas = json::array();
    for (const auto& one : names)
        replicas.push_back({{"name", one}, {"availabilityMode", "SynchronousCommit"}});
    must("PATCH", sample_path, {{"spec", {{"replicas", replicas}}}});
}

lines living_group::events() {
    lines told;
    auto listed = get("/apis/events.k8s.io/v1/namespaces/default/events");
    for (const auto& one : listed["items"])
        told.push_back(one["type"].get<std::string>() + " " + one["reason"].get<std::string>() +
                       ": " + one["note"].get<std::string>());
    return told;
}

}  // namespace ha::test
