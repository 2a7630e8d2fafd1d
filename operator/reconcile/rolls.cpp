// SPDX-License-Identifier: MIT
#include "operator/reconcile/rolls.hpp"

#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"
#include "operator/core/status_reading.hpp"

#include <algorithm>

namespace ha::op {
namespace {

subject key_of(const workload& of) {
    if (of.kind == resource_kind::server && !of.ag_name.empty())
        return {resource_kind::server_group, of.space, of.group_object};
    return {of.kind, of.space, of.name};
}

bool is_refusal(const roll_step& step) {
    return step.what == roll_step::kind::stopped && step.ask;
}

bool is_readable(const reported_state& state) {
    return std::ranges::find(state.conditions, "StateUnreadable", &reported_condition::type) ==
           state.conditions.end();
}

}  // namespace

// A pod that its StatefulSet does not own is not there.
void rolls::add_pods(const query& asked, roll_view& into) const {
    into.templates_known = true;
    for (const auto& one : asked.pods) {
        auto& made = into.pods.emplace_back();
        made.name = one.pod;
        const auto* set = inventory_.find({k8s::stateful_sets, asked.of.space, one.set});
        const auto* pod = inventory_.find({k8s::pods, asked.of.space, one.pod});
        if (set != nullptr && set->value.lags) into.templates_known = false;
        if (set == nullptr || pod == nullptr || pod->value.controller != set->uid) continue;
        // A StatefulSet that was made again around its pods.
        if (set->value.revision.empty() && !pod->value.revision.empty())
            into.templates_known = false;
        made.there = !pod->value.ending;
        made.ready = pod->value.ready;
        made.outdated = pod->value.revision != set->value.revision;
    }
}

roll_view rolls::view_of(const query& asked) const {
    roll_view seen;
    add_pods(asked, seen);
    const auto& of = asked.of;
    seen.in_group = !of.ag_name.empty();
    if (!seen.in_group) return seen;
    names called{of};
    seen.scaled = asked.scaled;
    seen.paused = asked.ordered.pause.has_value();
    seen.fenced = asked.ordered.fenced;
    const auto* lease = inventory_.find({k8s::leases, of.space, called.lease});
    if (lease != nullptr) seen.holder = lease->value.holder;
    const auto* state = inventory_.find({k8s::config_maps, of.space, called.state});
    if (state != nullptr && is_readable(state->value.state)) seen.state = state->value.state;
    seen.read_scale = of.read_scale;
    if (of.read_scale) seen.holder = seen.state ? seen.state->primary : "";
    // What people wrote there themselves counts as well.
    const auto* requests = inventory_.find({k8s::config_maps, of.space, called.requests});
    if (requests == nullptr) return seen;
    const auto& standing = requests->value.standing;
    seen.paused = seen.paused || standing.pause;
    seen.fenced.insert(seen.fenced.end(), standing.fenced.begin(), standing.fenced.end());
    seen.asked = standing.own;
    return seen;
}

roll_step rolls::next(const query& asked) {
    auto seen = view_of(asked);
    auto key = key_of(asked.of);
    const auto* last = steps_.find(key);
    seen.begun = last != nullptr || tells_of_roll(asked.status);
    if (last != nullptr) {
        // What was asked may not have come back by the watch yet.
        if (last->now.ask) seen.asked = last->now.ask;
        seen.ask_again =
            is_refusal(last->now) && clock_.now() - last->since >= roll_asks_again_after;
    }
    auto step = next_roll_step(seen);
    if (step.what == roll_step::kind::unseen) return step;
    bool told = has_condition(asked.status, "RollStopped", step.reason);
    return steps_.timed(key, std::move(step), told);
}

std::optional<instant> rolls::look_again(const workload& of) const {
    auto key = key_of(of);
    const auto* last = steps_.find(key);
    if (last != nullptr && is_refusal(last->now)) return last->since + roll_asks_again_after;
    return steps_.look_again(key);
}

}  // namespace ha::op
