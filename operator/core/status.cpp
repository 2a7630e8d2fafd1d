// SPDX-License-Identifier: MIT
#include "operator/core/status.hpp"

#include "operator/core/names.hpp"
#include "operator/core/status_reading.hpp"

#include <algorithm>
#include <array>

namespace ha::op {
namespace {

struct condition {
    std::string type;
    bool holds = false;
    std::string reason;
    std::string words;
};

// These tell how well the group is; every other condition is there only while something is
// wrong.
bool is_good_news(std::string_view type) {
    return type == "Ready" || type == "Available" || type == "Initialized";
}

std::string joined(const std::vector<std::string>& sentences) {
    std::string text;
    for (const auto& one : sentences) text += (text.empty() ? "" : "; ") + one;
    return text;
}

// "notSynchronizing" as the engine's own views write it: NOT SYNCHRONIZING.
std::string engine_words(std::string_view word) {
    std::string made;
    for (char c : word) {
        bool upper = c >= 'A' && c <= 'Z';
        if (upper) made += ' ';
        made += upper || c < 'a' || c > 'z' ? c : static_cast<char>(c - 'a' + 'A');
    }
    return made;
}

bool has_primary(const findings& seen) {
    return seen.state.formed && !seen.holder.empty() && seen.state.primary == seen.holder;
}

const reported_condition* blocked_writes(const findings& seen) {
    auto found =
        std::ranges::find(seen.state.conditions, "WritesBlocked", &reported_condition::type);
    return found == seen.state.conditions.end() ? nullptr : &*found;
}

void add_obstacles(const findings& seen,
                   obstacle::kind what,
                   const char* type,
                   const char* reason,
                   std::vector<condition>& into) {
    std::vector<std::string> words;
    for (const auto& one : seen.obstacles)
        if (one.what == what) words.push_back(one.words);
    if (!words.empty()) into.push_back({type, true, reason, joined(words)});
}

// Replicas that are wanted and not there, and those that are there and not wanted.
std::string member_differences(const findings& seen) {
    std::string missing;
    std::string surplus;
    auto add = [](std::string& to, const std::string& name) {
        to += (to.empty() ? "" : ", ") + name;
    };
    const auto& there = seen.state.replicas;
    for (const auto& name : seen.members)
        if (std::ranges::find(there, name, &reported_replica::name) == there.end())
            add(missing, name);
    for (const auto& one : there)
        if (!is_among(seen.members, one.name)) add(surplus, one.name);
    std::string words;
    if (!missing.empty()) words = "Wanted and not in the group yet: " + missing + ". ";
    if (!surplus.empty()) words += "In the group and not wanted: " + surplus + ". ";
    return words.substr(0, words.find_last_not_of(' ') + 1);
}

void add_stopped(const char* type, const step& now, std::vector<condition>& into) {
    if (now.what == step::kind::stopped)
        into.push_back({type, true, now.reason, now.words + " " + now.help});
}

void add_going(const char* type, const step& now, std::vector<condition>& into) {
    if (goes_on(now)) into.push_back({type, true, now.reason, now.words});
}

// What is wrong with the resource and its objects, the worst first.
std::vector<condition> troubles(const findings& seen) {
    std::vector<condition> all;
    if (!seen.complaints.empty())
        all.push_back({"InvalidSpec", true, "InvalidSpec", joined(seen.complaints)});
    using enum obstacle::kind;
    add_obstacles(seen, name_taken, "NameTaken", "NotOurs", all);
    add_obstacles(seen, field_conflict, "FieldConflict", "ManagedByAnother", all);
    add_obstacles(seen, refused, "ApplyFailed", "Refused", all);
    if (!seen.pods_waiting.empty())
        all.push_back({"SecretMissing",
                       true,
                       "CreateContainerConfigError",
                       joined(seen.pods_waiting) +
                           ". Make it in this namespace, and the pods go on by themselves."});
    if (!seen.refusals.empty())
        all.push_back({"ChangeRefused", true, "CannotBeChanged", joined(seen.refusals)});
    add_stopped("RollStopped", seen.roll, all);
    add_stopped("ScalingStopped", seen.scale, all);
    bool scales = seen.scale.what != step::kind::nothing;
    bool known = seen.state.formed && !seen.state.replicas.empty() && !scales;
    if (auto differences = member_differences(seen); known && !differences.empty())
        all.push_back({"MembersDiffer", true, "NotJoined", differences});
    if (!seen.waits.empty()) all.push_back({"FieldIgnored", true, "NotServed", joined(seen.waits)});
    add_going("Rolling", seen.roll, all);
    add_going("Scaling", seen.scale, all);
    return all;
}

condition initialized(const findings& seen) {
    if (seen.state.formed)
        return {"Initialized", true, "BootstrapComplete", "The engines have the group."};
    return {"Initialized",
            false,
            "Initializing",
            "The group is formed once all replicas have answered; pods ready: " +
                std::to_string(seen.pods_ready) + " of " + std::to_string(seen.pods) + "."};
}

bool is_replacing(const findings& seen) {
    return seen.roll.what != roll_step::kind::nothing;
}

// The reasons are the community operator's.
condition instance_available(const findings& seen) {
    if (seen.pods_ready == seen.pods)
        return {"Available", true, "Running", "The engine takes connections."};
    if (is_replacing(seen))
        return {
            "Available", false, "Upgrading", "Its pod is being replaced by one that is as asked."};
    return {
        "Available",
        false,
        "NotReady",
        "The engine takes no connections: `kubectl describe` of the pod says what it waits for."};
}

condition available(const findings& seen) {
    if (!seen.in_group) return instance_available(seen);
    if (!seen.state.formed) return {"Available", false, "Initializing", initialized(seen).words};
    if (!has_primary(seen))
        return {"Available",
                false,
                "NoPrimary",
                "No replica is primary now: see the other conditions, and `/explain` of the pods."};
    if (!seen.holder_ready)
        return {"Available",
                false,
                "PrimaryNotReady",
                seen.holder +
                    " is primary and its pod is not ready, so clients are led nowhere. "
                    "`kubectl describe pod " +
                    seen.holder +
                    "` says why; `/explain` of the others, whether they wait for it."};
    if (const auto* blocked = blocked_writes(seen))
        return {"Available", false, camel_case(blocked->reason), blocked->words};
    return {"Available", true, "PrimaryHealthy", seen.state.primary + " is primary."};
}

// A refused change leaves all as it was, a member that is still to come takes nothing away, and a
// field that waits does no harm.
bool is_hindered(const std::vector<condition>& wrong) {
    constexpr std::array<std::string_view, 7> harmless{"ChangeRefused",
                                                       "RollStopped",
                                                       "ScalingStopped",
                                                       "MembersDiffer",
                                                       "FieldIgnored",
                                                       "Rolling",
                                                       "Scaling"};
    return !wrong.empty() && std::ranges::find(harmless, wrong.front().type) == harmless.end();
}

condition ready(const findings& seen, const std::vector<condition>& wrong) {
    if (is_hindered(wrong)) return {"Ready", false, wrong.front().type, wrong.front().words};
    auto made = available(seen);
    made.type = "Ready";
    if (!made.holds || !seen.in_group) return made;
    auto connected = std::ranges::count(seen.state.replicas, true, &reported_replica::connected);
    made.words += " Replicas connected: " + std::to_string(connected) + " of " +
                  std::to_string(seen.pods) + ".";
    return made;
}

std::vector<condition> conditions_of(const findings& seen) {
    auto wrong = troubles(seen);
    std::vector<condition> all{ready(seen, wrong), available(seen)};
    if (seen.in_group) all.push_back(initialized(seen));
    all.insert(all.end(), wrong.begin(), wrong.end());
    // Several of one type become one: a type is the key of the list.
    for (const auto& one : seen.state.conditions) {
        auto same = std::ranges::find(all, one.type, &condition::type);
        if (same != all.end()) {
            same->words += " " + one.words;
            continue;
        }
        all.push_back({one.type, true, camel_case(one.reason), one.words});
        if (one.reason.empty()) all.back().reason = one.type;
    }
    return all;
}

std::string outcome_of(const value& status, const std::string& request) {
    for (const auto& one : items_of(status, "requests"))
        if (text_at(one, "id") == request) return text_at(one, "outcome");
    return {};
}

value written(const condition& one,
              std::int64_t generation,
              const value& before,
              const std::string& now) {
    const char* holds = one.holds ? "True" : "False";
    const auto* was = condition_of(before, one.type);
    bool same = was != nullptr && text_at(*was, "status") == holds;
    auto since = same ? text_at(*was, "lastTransitionTime") : now;
    return object{{"type", one.type},
                  {"status", holds},
                  {"observedGeneration", generation},
                  {"lastTransitionTime", since.empty() ? now : since},
                  {"reason", one.reason},
                  {"message", one.words}};
}

const char* phase(const findings& seen, bool trouble) {
    if (!seen.in_group) {
        if (trouble) return "Failed";
        if (seen.pods_ready == seen.pods) return "Running";
        return is_replacing(seen) ? "Upgrading" : "Pending";
    }
    if (!seen.state.formed) return trouble ? "Failed" : "Initializing";
    return has_primary(seen) && seen.holder_ready ? "Running" : "FailingOver";
}

// What is asked for runs only when the pods have been replaced.
std::string running_image(const findings& seen, const value& before) {
    bool runs = !is_replacing(seen) && seen.pods_ready == seen.pods;
    return runs ? seen.image : text_at(before, "currentImage");
}

list replica_statuses(const findings& seen) {
    list all;
    for (const auto& one : seen.state.replicas)
        all.push_back(object{{"name", one.name},
                             {"role", engine_words(one.role)},
                             {"synchronizationState", engine_words(one.synchronization)},
                             {"connected", one.connected}});
    return all;
}

list database_statuses(const findings& seen) {
    list all;
    for (const auto& one : seen.state.databases) {
        object made{{"name", one.name}, {"state", camel_case(one.state)}};
        if (!one.reason.empty()) made.push_back({"reason", camel_case(one.reason)});
        made.push_back({"message", one.words});
        all.push_back(std::move(made));
    }
    return all;
}

// How a group of two is made, and what is being done: nothing is wrong with it.
bool is_fact(std::string_view type) {
    return type == "LeaseIsWitness" || type == "Rolling" || type == "Scaling";
}

transition told(const value& one) {
    auto type = text_at(one, "type");
    auto reason = text_at(one, "reason");
    bool holds = text_at(one, "status") == "True";
    if (!is_good_news(type)) return {holds && !is_fact(type), type, text_at(one, "message")};
    bool begins = reason == "Initializing" || reason == "NotReady" || reason == "Upgrading";
    return {!holds && !begins, reason, text_at(one, "message")};
}

// Available and Initialized are part of Ready, and Ready's reason may be another condition, which
// speaks for itself.
bool is_told_elsewhere(const value& one, const value& status) {
    auto type = text_at(one, "type");
    if (type != "Ready") return is_good_news(type);
    return condition_of(status, text_at(one, "reason")) != nullptr;
}

}  // namespace

std::string camel_case(std::string_view code) {
    std::string made;
    bool begins = true;
    for (char c : code) {
        bool lower = c >= 'a' && c <= 'z';
        if (c != '_') made += begins && lower ? static_cast<char>(c - 'a' + 'A') : c;
        begins = c == '_';
    }
    return made;
}

value status_of(const findings& seen, const value& before, const std::string& now) {
    auto conditions = conditions_of(seen);
    object made{{"observedGeneration", seen.generation},
                {"phase", phase(seen, is_hindered(troubles(seen)))}};
    if (seen.in_group) {
        made.push_back({"initializationComplete", seen.state.formed});
    } else {
        made.push_back({"readyReplicas", seen.pods_ready});
        made.push_back({"currentImage", running_image(seen, before)});
        made.push_back({"serviceName", seen.service});
    }
    if (has_primary(seen)) made.push_back({"primaryReplica", seen.state.primary});
    if (!seen.state.replicas.empty()) made.push_back({"replicaStatuses", replica_statuses(seen)});
    if (!seen.state.databases.empty()) made.push_back({"databases", database_statuses(seen)});
    auto requests = request_statuses(seen.orders, seen.state);
    if (!requests.is_null()) made.push_back({"requests", std::move(requests)});
    list all;
    for (const auto& one : conditions) all.push_back(written(one, seen.generation, before, now));
    // What was told of the roll stands until somebody knows better.
    for (const char* type : {"Rolling", "RollStopped"})
        if (const auto* told = condition_of(before, type);
            told != nullptr && seen.roll.what == roll_step::kind::unseen)
            all.push_back(*told);
    made.push_back({"conditions", std::move(all)});
    return made;
}

std::vector<transition> transitions(const value& before, const value& after) {
    std::vector<transition> all;
    for (const auto& one : items_of(after, "requests")) {
        auto outcome = text_at(one, "outcome");
        if (outcome == "Pending" || outcome == outcome_of(before, text_at(one, "id"))) continue;
        all.push_back({outcome == "Refused",
                       "Switchover" + outcome,
                       text_at(one, "id") + ": " + text_at(one, "message")});
    }
    for (const auto& one : items_of(after, "conditions")) {
        if (is_told_elsewhere(one, after)) continue;
        const auto* was = condition_of(before, text_at(one, "type"));
        bool same = was != nullptr && text_at(*was, "status") == text_at(one, "status") &&
                    text_at(*was, "reason") == text_at(one, "reason");
        if (!same) all.push_back(told(one));
    }
    if (tells_of_roll(before) && !tells_of_roll(after))
        all.push_back({false, "Rolled", "All pods are as asked."});
    if (tells_of_scaling(before) && !tells_of_scaling(after))
        all.push_back({false, "Scaled", "The group has the replicas of its list."});
    return all;
}

}  // namespace ha::op
