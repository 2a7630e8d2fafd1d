// SPDX-License-Identifier: MIT
#include "operator/core/orders.hpp"

#include "operator/core/group.hpp"
#include "operator/core/names.hpp"
#include "operator/core/reported.hpp"

#include <algorithm>
#include <utility>

namespace ha::op {
namespace {

const std::string* annotation(const value& resource, std::string_view name) {
    const auto* found = resource.find({"metadata", "annotations", name});
    return found != nullptr ? found->text() : nullptr;
}

// Whoever manages the field, as Kubernetes knows it.
std::string asker(const value& resource, std::string_view of) {
    const auto* found = resource.find({"askers", of});
    return found != nullptr && found->text() != nullptr ? *found->text() : std::string(of);
}

// An annotation may say in words who ordered it, and why.
std::string words_or_asker(const value& resource, const char* name, const std::string& words) {
    return words.empty() || words == "true" ? asker(resource, name) : words;
}

std::vector<std::string> parts(const std::string& words) {
    std::vector<std::string> all;
    std::string one;
    for (char c : words + ",") {
        if (c != ',' && c != ' ') one += c;
        if (c == ',' && !one.empty()) all.push_back(std::exchange(one, {}));
    }
    return all;
}

std::string pod_of(const group& of, const std::string& called) {
    for (std::size_t i = 0; i < of.replicas.size(); ++i)
        if (of.replicas[i].name == called) return pod_name(of, i);
    return called;
}

bool is_pod(const group& of, const std::string& called) {
    for (std::size_t i = 0; i < of.replicas.size(); ++i)
        if (pod_name(of, i) == called) return true;
    return false;
}

void read_spec(const value& resource,
               const group& of,
               orders& into,
               std::vector<std::string>& complaints) {
    const auto* pause = resource.find({"spec", "ha", "pause"});
    if (pause != nullptr && pause->truth() == nullptr)
        complaints.emplace_back("spec.ha.pause is neither true nor false");
    if (pause != nullptr && pause->truth() != nullptr && *pause->truth())
        into.pause = order{"", asker(resource, "spec.ha.pause")};
    const auto* fenced = resource.find({"spec", "ha", "fenced"});
    if (fenced == nullptr) return;
    if (fenced->items() == nullptr) {
        complaints.emplace_back("spec.ha.fenced is not a list");
        return;
    }
    for (const auto& one : *fenced->items()) {
        auto called = one.text() != nullptr ? pod_of(of, *one.text()) : std::string{};
        if (is_pod(of, called)) {
            into.fenced.push_back(called);
        } else {
            complaints.push_back("spec.ha.fenced names '" + called +
                                 "', which is none of the group's pods");
        }
    }
    into.fence.by = asker(resource, "spec.ha.fenced");
}

void add(object& into, const char* name, const std::string& words) {
    if (!words.empty()) into.push_back({name, words});
}

std::string entry(const order& one, object made = {}) {
    add(made, "since", one.since);
    add(made, "by", one.by);
    return json_text(made);
}

std::string entry(const switchover& one) {
    object made{{"id", one.id}};
    add(made, "target", one.target);
    add(made, "by", one.by);
    return json_text(made);
}

std::string told(const order& one) {
    std::string words;
    if (!one.since.empty()) words += " since " + one.since;
    if (!one.by.empty()) words += " by " + one.by;
    return words;
}

value request_status(const switchover& one, const reported_state& state) {
    object made{{"id", one.id}};
    add(made, "target", one.target);
    add(made, "by", one.by);
    auto answer = std::ranges::find(state.answers, one.id, &reported_answer::id);
    if (answer == state.answers.end()) {
        made.push_back({"outcome", "Pending"});
        made.push_back({"message", "No primary has answered yet."});
    } else {
        made.push_back({"outcome", answer->done ? "Done" : "Refused"});
        made.push_back({"message", answer->done ? "It was carried out." : answer->words});
    }
    return made;
}

}  // namespace

orders read_orders(const value& resource, const group& of, std::vector<std::string>& complaints) {
    orders found;
    read_spec(resource, of, found, complaints);
    const auto* pause = annotation(resource, pause_annotation);
    if (pause != nullptr && *pause != "false")
        found.pause = order{"", words_or_asker(resource, pause_annotation, *pause)};
    if (const auto* fence = annotation(resource, fence_annotation)) {
        for (const auto& one : parts(*fence)) {
            auto pod = pod_of(of, one);
            if (!is_among(found.fenced, pod)) found.fenced.push_back(pod);
        }
        found.fence.by = asker(resource, fence_annotation);
    }
    if (const auto* target = annotation(resource, switchover_annotation))
        found.asked = switchover{"", pod_of(of, *target), asker(resource, switchover_annotation)};
    return found;
}

orders settled(orders now, const orders& standing, const std::string& time, const std::string& id) {
    if (now.pause) now.pause->since = standing.pause ? standing.pause->since : time;
    if (!now.fenced.empty())
        now.fence.since = now.fenced == standing.fenced ? standing.fence.since : time;
    if (!now.asked) return now;
    bool stands = standing.asked && standing.asked->target == now.asked->target;
    if (stands) {
        now.asked = standing.asked;
    } else {
        now.asked->id = id;
    }
    return now;
}

object order_entries(const orders& all) {
    object made;
    if (all.pause) made.push_back({"pause", entry(*all.pause)});
    if (!all.fenced.empty()) {
        list pods(all.fenced.begin(), all.fenced.end());
        made.push_back({"fence", entry(all.fence, {{"pods", std::move(pods)}})});
    }
    if (all.asked) made.push_back({"operatorSwitchover", entry(*all.asked)});
    // Named after the first who asked: supervisors of any version read this entry.
    if (all.own) made.push_back({"cordonSwitchover", entry(*all.own)});
    return made;
}

std::vector<std::string> fit_targets(const reported_state& state,
                                     const std::vector<std::string>& fenced) {
    std::vector<std::string> fit;
    for (const auto& one : state.replicas)
        if (one.role == "secondary" && one.connected && one.synchronization == "synchronized" &&
            !is_among(fenced, one.name))
            fit.push_back(one.name);
    return fit;
}

void tell_orders(const orders& all, std::vector<reported_condition>& into) {
    std::erase_if(into,
                  [](const auto& one) { return one.type == "Paused" || one.type == "PodFenced"; });
    if (all.pause)
        into.push_back({"Paused",
                        "paused",
                        "The group is paused" + told(*all.pause) +
                            ": nobody takes over from a primary that is lost, and nothing else is "
                            "changed."});
    if (all.fenced.empty()) return;
    std::string pods;
    for (const auto& one : all.fenced) pods += (pods.empty() ? "" : ", ") + one;
    into.push_back({"PodFenced",
                    "fenced",
                    "Fenced" + told(all.fence) + ", and so not primary: " + pods + "."});
}

value request_statuses(const orders& all, const reported_state& state) {
    list made;
    for (const auto* one : {&all.asked, &all.own})
        if (*one) made.push_back(request_status(**one, state));
    return made.empty() ? value{} : value{std::move(made)};
}

}  // namespace ha::op
