// SPDX-License-Identifier: MIT
#include "operator/core/scale.hpp"

#include "operator/core/names.hpp"

#include <algorithm>

namespace ha::op {
namespace {

using kind = step::kind;

replica told_replica(const std::string& name, const value& told) {
    const auto* readable = told.find({"readable"});
    return {name,
            text_at(told, "mode") != "asynchronous",
            text_at(told, "failover") != "manual",
            readable != nullptr && *readable == value{true}};
}

std::string name_list(const group& of) {
    std::string text;
    for (const auto& one : of.replicas) text += (text.empty() ? "" : ", ") + one.name;
    return text;
}

// What both lists have is in the same places.
bool same_beginning(const std::vector<replica>& one, const std::vector<replica>& other) {
    auto shorter = std::min(one.size(), other.size());
    for (std::size_t i = 0; i < shorter; ++i)
        if (one[i].name != other[i].name) return false;
    return true;
}

step waiting(const char* reason, const std::string& pod, std::string words, std::string help) {
    return {kind::wait, reason, pod, std::move(words), std::move(help), {}};
}

step joining(const std::string& pod) {
    return waiting("Joining",
                   pod,
                   pod + " is to join it.",
                   "The condition MembershipWaits says what the primary waits for, `kubectl "
                   "describe pod " +
                       pod + "` what the pod does. To do without it, take it off spec.replicas.");
}

step leaving(const std::string& pod) {
    return waiting("Leaving",
                   pod,
                   pod + " is to leave it.",
                   "The condition MembershipWaits says what the primary waits for: those that stay "
                   "must be enough for a majority and for writes. To keep the replica, put it back "
                   "into spec.replicas.");
}

step handing_over(const std::string& pod) {
    return waiting("HandsOver",
                   pod,
                   pod + " is primary and hands over before it leaves.",
                   "It hands over to a synchronized replica that stays: see "
                   "status.replicaStatuses. To keep the replica, put it back into spec.replicas.");
}

step staying(const std::string& pod) {
    return waiting("PrimaryStays",
                   pod,
                   pod +
                       " is primary and is to leave, and with clusterType NONE only a person can "
                       "make another one primary.",
                   "Fail over by hand to a replica that stays (docs/read-scale.md), or put it back "
                   "into spec.replicas.");
}

step leaderless() {
    return waiting("NoPrimary",
                   "",
                   "Nobody is primary.",
                   "`/explain` of the pods says why; it goes on when somebody is.");
}

step next(const group& listed, const scale_view& seen) {
    auto pods = listed_pods(listed);
    std::vector<std::string> leave;
    for (const auto& one : seen.state.replicas)
        if (!is_among(pods, one.name)) leave.push_back(one.name);
    auto joins = std::ranges::find_if(pods, [&](const auto& pod) { return !is_member(seen, pod); });
    if (joins == pods.end() && leave.empty()) return {};
    if (seen.paused)
        return {kind::hold,
                "Paused",
                "",
                "The group is paused: no replica is added or removed.",
                "",
                {}};
    if (!is_led(seen)) return leaderless();
    if (joins != pods.end()) return joining(*joins);
    if (is_among(leave, seen.holder))
        return listed.read_scale ? staying(seen.holder) : handing_over(seen.holder);
    return leaving(*std::ranges::max_element(leave));
}

}  // namespace

bool is_member(const scale_view& seen, const std::string& pod) {
    const auto& all = seen.state.replicas;
    return std::ranges::find(all, pod, &reported_replica::name) != all.end();
}

bool is_led(const scale_view& seen) {
    return seen.state.formed && !seen.holder.empty() && seen.state.primary == seen.holder;
}

std::vector<std::string> listed_pods(const group& of) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < of.replicas.size(); ++i) all.push_back(pod_name(of, i));
    return all;
}

group with_told_list(group asked, const told_list& told) {
    asked.read_scale = told_read_scale(asked, told);
    const auto* replicas = told.spec.find({"replicas"});
    if (replicas == nullptr || replicas->items() == nullptr) return asked;
    const auto& items = *replicas->items();
    if (items.empty() || items.size() != told.names.size()) return asked;
    asked.replicas.clear();
    for (std::size_t i = 0; i < items.size(); ++i)
        asked.replicas.push_back(told_replica(told.names[i], items[i]));
    asked.pods = static_cast<std::int64_t>(items.size());
    const auto* required = told.spec.find({"required"});
    asked.required.reset();
    if (required != nullptr && required->number() != nullptr) asked.required = *required->number();
    return asked;
}

bool told_read_scale(const group& asked, const told_list& told) {
    if (told.spec.find({"replicas"}) == nullptr) return asked.read_scale;
    return text_at(told.spec, "clusterType") == "NONE";
}

std::string type_refusal(const group& asked, const group& told) {
    if (asked.read_scale == told.read_scale) return {};
    auto word = [](const group& of) { return std::string(of.read_scale ? "NONE" : "EXTERNAL"); };
    return "clusterType was " + word(told) + " and is " + word(asked) +
           ": a group keeps the type that it was formed with. Write " + word(told) +
           " again, or make another group";
}

std::string list_refusal(const group& asked, const group& told) {
    if (same_beginning(asked.replicas, told.replicas)) return {};
    return "spec.replicas was " + name_list(told) + " and is " + name_list(asked) +
           ": only its end can change, because a replica's place is its pod's number. Write " +
           name_list(told) +
           " again, then take replicas off its end or add some there, one after the other; all "
           "replicas are alike, so remove the last one instead of another";
}

std::int64_t needed_pods(const group& listed, const scale_view& seen) {
    auto asked = static_cast<std::int64_t>(listed.replicas.size());
    if (!seen.state.formed && seen.holder.empty()) return asked;
    if (!is_led(seen)) return std::max(asked, seen.pods);
    for (auto pods = replicas_max; pods > asked; --pods)
        if (is_member(seen, pod_name(listed, static_cast<std::size_t>(pods - 1)))) return pods;
    return asked;
}

step next_scale_step(const group& listed, const scale_view& seen) {
    if (!seen.state.formed || seen.state.replicas.empty()) return {};
    auto now = next(listed, seen);
    if (now.what == kind::nothing) return now;
    now.words = "The group has " + std::to_string(seen.state.replicas.size()) +
                " replicas and is to have " + std::to_string(listed.replicas.size()) + ". " +
                now.words;
    return now;
}

step scale_after_roll() {
    return {kind::hold,
            "RollFirst",
            "",
            "Another list of replicas is asked for. Pods are being replaced, and that comes first.",
            "",
            {}};
}

}  // namespace ha::op
