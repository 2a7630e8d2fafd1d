// SPDX-License-Identifier: MIT
#include "agent/jobs/failover_choice.hpp"

#include "agent/core/reasons.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

bool is_called(const named_pod& one, const std::string& words) {
    auto first_label = words.substr(0, words.find('.'));
    return one.name == words || one.ip == words || one.stateful_set == words || one.host == words ||
           one.name == first_label || one.host == first_label;
}

std::string listed(const std::vector<std::string>& names) {
    std::string words;
    for (const auto& one : names) words += (words.empty() ? "" : ", ") + one;
    return words;
}

// One pod by that name, or a sentence why not.
std::string find_pod(const group_situation& now,
                     const std::string& words,
                     std::vector<std::string>& refusals) {
    std::vector<std::string> all;
    std::vector<std::string> found;
    for (const auto& one : now.pods) {
        all.push_back(one.name);
        if (is_called(one, words)) found.push_back(one.name);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) {
        refusals.push_back("'" + words + "' is no replica of this group, which has " + listed(all) +
                           ".");
    } else {
        refusals.push_back("'" + words + "' could be any of " + listed(found) + ".");
    }
    return {};
}

void check_target(const group_situation& now,
                  const std::string& target,
                  std::vector<std::string>& refusals) {
    const auto& fenced =
        now.requests.orders ? now.requests.orders->fenced : std::vector<std::string>{};
    if (std::ranges::find(fenced, target) != fenced.end())
        refusals.push_back(target + ": " + std::string(reason::sentence(reason::fenced)));
    if (!now.state) return;
    for (const auto& one : now.state->replicas) {
        if (one.name != target) continue;
        if (one.mode != "synchronous")
            refusals.push_back(target + ": " +
                               std::string(reason::sentence(reason::not_synchronous)));
        if (one.synchronization != "synchronized" || !one.connected)
            refusals.push_back(target + ": " +
                               std::string(reason::sentence(reason::target_not_synchronized)));
    }
}

void check_group(const failover_order& order,
                 const group_situation& now,
                 std::vector<std::string>& refusals) {
    if (order.accepts_loss) refusals.emplace_back(reason::sentence(reason::data_loss_refused));
    if (now.requests.orders && now.requests.orders->pause)
        refusals.emplace_back(reason::sentence(reason::paused));
    for (const auto& one : now.requests.switchovers) {
        if (one.id == order.id || !now.state) continue;
        const auto& answers = now.state->answers;
        if (std::ranges::find(answers, one.id, &answer_report::id) == answers.end())
            refusals.push_back("The request " + one.id + " waits for its answer.");
    }
}

}  // namespace

std::string group_situation::primary() const {
    auto labelled = std::ranges::find(pods, true, &named_pod::is_primary);
    return labelled == pods.end() ? std::string{} : labelled->name;
}

failover_choice choose(const failover_order& order, const group_situation& now) {
    failover_choice made;
    if (order.wanted.empty()) {
        check_group(order, now, made.refusals);
        return made;
    }
    bool anyone_but = order.wanted.starts_with('!');
    auto named = find_pod(now, order.wanted.substr(anyone_but ? 1 : 0), made.refusals);
    auto primary = now.primary();
    check_group(order, now, made.refusals);
    if (!anyone_but) {
        made.target = named;
        if (!named.empty() && named != primary) check_target(now, named, made.refusals);
    }
    bool reached = anyone_but ? named != primary : named == primary;
    made.is_done = made.refusals.empty() && !primary.empty() && reached;
    return made;
}

}  // namespace ha::agent
