// SPDX-License-Identifier: MIT
#include "agent/codec/words.hpp"
#include "agent/probes/probes.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

class collector {
public:
    void add(const std::string& group,
             const std::string& check,
             bool good,
             const std::string& words) {
        auto name = group.empty() ? check : group + "/" + check;
        all_.lines.push_back((good ? "[+] " : "[-] ") + name + ": " + words);
        all_.good = all_.good && good;
    }
    verdict take() { return std::move(all_); }

private:
    verdict all_{true, {}};
};

std::string seconds(duration span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

// A loop that waits for the engine's answer turns once in its limit at the least.
void check_heartbeat(const view& seen, const group_report& group, instant now, collector& into) {
    auto limit = seen.chosen.canary_limit * 3;
    auto age = now - group.published_at;
    into.add(group.group, "loop", age < limit, "last turned " + seconds(age) + " ago");
}

// An engine that has not answered since its start is not sick: a recovery may take an hour.
void check_health(const view& seen, const group_report& group, collector& into) {
    const auto& health = group.health;
    bool starting = !group.engine.answered && group.engine.processes != process_state::gone;
    if (starting && !health.healthy)
        return into.add(group.group, "engine", true, "has not answered yet since its start");
    auto policy = ", monitorPolicy " + std::to_string(seen.chosen.monitor_policy);
    auto words = health.reason.empty() ? "healthy" : health.reason;
    if (health.tripped != 0) words += ", level " + std::to_string(health.tripped);
    into.add(group.group, "engine", health.healthy, words + policy);
}

bool check_login(const view& seen, const group_report& group, instant now, collector& into) {
    bool answers = group.engine.reachable == reach::answering && group.engine.last &&
                   now - group.engine.last->received_at < seen.chosen.canary_limit;
    into.add(group.group,
             "login",
             answers,
             answers ? "the engine answers" : std::string(word_of(group.engine.reachable)));
    return answers;
}

// 1. a standalone instance has no role to know
// 2. a group that is not formed yet needs this replica in order to be formed
// 3. a role that is known, and a replica that had caught up once since its engine started: one that
//    lost its primary afterwards stays ready, because it is what the next primary is made of
void check_role(const group_report& group, collector& into) {
    if (group.standalone) return into.add(group.group, "role", true, "standalone");
    if (!group.formed) return into.add(group.group, "role", true, "ready to be formed");
    auto role_words = std::string(group.role_known ? word_of(group.local_role) : "unknown");
    bool known = group.role_known && group.local_role != role::absent;
    into.add(group.group, "role", known, role_words);
    into.add(group.group,
             "caught-up",
             group.caught_up_once,
             group.caught_up_once ? "was synchronized since the engine started"
                                  : "not yet synchronized since the engine started");
}

}  // namespace

verdict startup_verdict(const view&) {
    collector all;
    all.add("", "supervisor", true, "runs");
    return all.take();
}

verdict own_verdict(const view& seen, instant now) {
    collector all;
    all.add("", "supervisor", true, "runs");
    for (const auto& group : seen.groups) check_heartbeat(seen, group, now, all);
    return all.take();
}

verdict live_verdict(const view& seen, instant now) {
    collector all;
    all.add("", "supervisor", true, "runs");
    for (const auto& group : seen.groups) {
        check_heartbeat(seen, group, now, all);
        check_health(seen, group, all);
    }
    return all.take();
}

verdict ready_verdict(const view& seen, instant now) {
    collector all;
    for (const auto& group : seen.groups) {
        check_heartbeat(seen, group, now, all);
        if (check_login(seen, group, now, all)) check_role(group, all);
    }
    return all.take();
}

}  // namespace ha::agent
