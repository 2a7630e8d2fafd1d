// SPDX-License-Identifier: MIT
#include "operator/core/roll.hpp"

#include "operator/core/names.hpp"

#include <algorithm>
#include <array>

namespace ha::op {
namespace {

using kind = roll_step::kind;
using decided = std::optional<roll_step>;

bool is_led_by(const roll_view& seen, const std::string& pod) {
    return seen.holder == pod;
}

// As far as its mode goes; one that the primary does not report is not.
bool is_level(const roll_view& seen, const rolled_pod& pod) {
    const auto& all = seen.state->replicas;
    auto one = std::ranges::find(all, pod.name, &reported_replica::name);
    if (one == all.end() || !one->connected) return false;
    if (one->mode == "configurationOnly") return true;
    return one->synchronization == "synchronized" ||
           (one->mode == "asynchronous" && one->synchronization == "synchronizing");
}

// The last one of the list that is so.
template <class Is>
const rolled_pod* last(const roll_view& seen, const Is& is) {
    for (auto one = seen.pods.rbegin(); one != seen.pods.rend(); ++one)
        if (is(*one)) return &*one;
    return nullptr;
}

std::string describe(const std::string& pod) {
    return "`kubectl describe pod " + pod + "` says what it waits for";
}

roll_step replace(const rolled_pod& pod) {
    return {kind::replace, "PodReplaced", pod.name, pod.name + " is replaced.", "", {}};
}

decided wait_for_ready(const rolled_pod* pod) {
    if (pod == nullptr) return std::nullopt;
    return roll_step{kind::wait,
                     "PodNotReady",
                     pod->name,
                     pod->name + " is not ready.",
                     describe(pod->name) +
                         ": mend that, or change the resource once more; the roll goes on by "
                         "itself.",
                     {}};
}

decided unseen(const roll_view& seen) {
    if (seen.templates_known) return std::nullopt;
    return roll_step{kind::unseen, "", "", "", "", {}};
}

decided idle(const roll_view& seen) {
    bool outdated = std::ranges::any_of(seen.pods, &rolled_pod::outdated);
    return outdated || seen.begun ? std::nullopt : decided{roll_step{}};
}

decided paused(const roll_view& seen) {
    if (!seen.paused) return std::nullopt;
    return roll_step{kind::hold, "Paused", "", "The group is paused: nothing is replaced.", "", {}};
}

// A new replica whose pod was made wrong would be waited for, and it holds nothing yet.
decided scaled(const roll_view& seen) {
    if (!seen.scaled || !seen.state) return std::nullopt;
    const auto& in_group = seen.state->replicas;
    const auto* pod = last(seen, [&](const rolled_pod& one) {
        return one.there && one.outdated &&
               std::ranges::find(in_group, one.name, &reported_replica::name) == in_group.end();
    });
    if (pod != nullptr) return replace(*pod);
    return roll_step{
        kind::hold, "ScaleFirst", "", "Replicas come or go, and that comes first.", "", {}};
}

decided away(const roll_view& seen) {
    const auto* pod = last(seen, [](const rolled_pod& one) { return !one.there; });
    if (pod == nullptr) return std::nullopt;
    return roll_step{kind::wait,
                     "PodAway",
                     pod->name,
                     pod->name + " is on its way.",
                     describe(pod->name) +
                         "; one whose node is lost needs the node.kubernetes.io/out-of-service "
                         "taint there, one that is not made at all is explained by `kubectl get "
                         "events`.",
                     {}};
}

decided alone(const roll_view& seen) {
    if (seen.in_group && seen.pods.size() != 1) return std::nullopt;
    for (const auto& pod : seen.pods) {
        if (pod.outdated) return replace(pod);
        if (!pod.ready) return wait_for_ready(&pod);
    }
    return roll_step{};
}

decided unformed(const roll_view& seen) {
    if (!seen.state || seen.state->formed || !seen.holder.empty()) return std::nullopt;
    const auto* worst = last(seen, [](const auto& one) { return one.outdated && !one.ready; });
    const auto* any = last(seen, [](const auto& one) { return one.outdated; });
    if (any == nullptr) return roll_step{};
    return replace(worst != nullptr ? *worst : *any);
}

decided leaderless(const roll_view& seen) {
    bool led = seen.state && !seen.holder.empty() && seen.state->primary == seen.holder;
    if (led) return std::nullopt;
    return roll_step{kind::wait,
                     "NoPrimary",
                     "",
                     "Nobody is primary.",
                     "`/explain` of the pods says why; pods that cannot run as they are can be "
                     "deleted by hand, they come back as asked.",
                     {}};
}

decided unready(const roll_view& seen) {
    return wait_for_ready(last(seen, [&](const rolled_pod& one) {
        return !one.ready && (!one.outdated || is_led_by(seen, one.name));
    }));
}

decided behind(const roll_view& seen) {
    const auto* pod = last(seen, [&](const rolled_pod& one) {
        return !one.outdated && !is_led_by(seen, one.name) && !is_level(seen, one);
    });
    if (pod == nullptr) return std::nullopt;
    return roll_step{kind::wait,
                     "NotSynchronized",
                     pod->name,
                     pod->name + " is not synchronized.",
                     "See status.replicaStatuses, and `/explain` of " + pod->name +
                         "; the roll goes on when it is.",
                     {}};
}

decided useless(const roll_view& seen) {
    const auto* pod = last(seen, [&](const rolled_pod& one) {
        return one.outdated && !is_led_by(seen, one.name) && (!one.ready || !is_level(seen, one));
    });
    return pod == nullptr ? std::nullopt : decided{replace(*pod)};
}

decided secondary(const roll_view& seen) {
    const auto* pod =
        last(seen, [&](const auto& one) { return one.outdated && !is_led_by(seen, one.name); });
    return pod == nullptr ? std::nullopt : decided{replace(*pod)};
}

const reported_answer* answer_to(const roll_view& seen, const std::string& id) {
    const auto& all = seen.state->answers;
    auto found = std::ranges::find(all, id, &reported_answer::id);
    return found == all.end() ? nullptr : &*found;
}

// Ids are numbered within a term, so that an earlier refusal is found again by whoever looks.
std::string request_id(const roll_view& seen, int number) {
    return "roll-" + std::to_string(seen.state->term) + "-" + std::to_string(number);
}

int number_asked(const roll_view& seen) {
    auto first = request_id(seen, 0);
    first.pop_back();
    if (!seen.asked || !seen.asked->id.starts_with(first)) return 0;
    return std::atoi(seen.asked->id.c_str() + first.size());
}

decided refused(const roll_view& seen, int number, const switchover& stands) {
    const auto* answer = answer_to(seen, request_id(seen, number));
    if (answer == nullptr || answer->done) return std::nullopt;
    return roll_step{
        kind::stopped,
        "SwitchoverRefused",
        seen.holder,
        seen.holder + " is to hand over to " + stands.target + " and refuses: " + answer->words,
        "It is asked again every " + std::to_string(roll_asks_again_after.count()) + " minutes.",
        stands};
}

decided primary(const roll_view& seen) {
    const auto* pod =
        last(seen, [&](const auto& one) { return one.outdated && is_led_by(seen, one.name); });
    if (pod == nullptr) return std::nullopt;
    if (seen.read_scale) {
        auto step = replace(*pod);
        step.words += " It is primary, and clusterType is NONE: no writes until it is back.";
        return step;
    }
    auto fit = fit_targets(*seen.state, seen.fenced);
    if (fit.empty())
        return roll_step{kind::stopped,
                         "NoTarget",
                         pod->name,
                         "Only the primary's pod, " + pod->name +
                             ", is left, and no replica can take over: none is synchronized and "
                             "not fenced.",
                         "The roll goes on when one is. Without one, `kubectl delete pod " +
                             pod->name + "` replaces it, and nobody is primary meanwhile.",
                         {}};
    auto number = number_asked(seen);
    auto asked = seen.asked.value_or(switchover{});
    bool stands = number > 0 && is_among(fit, asked.target);
    if (!stands || seen.ask_again) asked = {request_id(seen, ++number), fit.front(), "roll"};
    if (auto no = refused(seen, number, asked)) return no;
    // What was refused stays told until the next answer.
    if (auto no = refused(seen, number - 1, asked)) return no;
    return roll_step{kind::wait,
                     "SwitchoverAsked",
                     pod->name,
                     pod->name + " is to hand over to " + asked.target + ".",
                     "No primary answers: see the other conditions, and `/explain` of the pods.",
                     asked};
}

constexpr std::array rules{unseen,
                           idle,
                           paused,
                           scaled,
                           away,
                           alone,
                           unformed,
                           leaderless,
                           unready,
                           behind,
                           useless,
                           secondary,
                           primary};

}  // namespace

roll_step next_roll_step(const roll_view& seen) {
    roll_step next;
    for (auto rule : rules) {
        auto step = rule(seen);
        if (!step) continue;
        next = std::move(*step);
        break;
    }
    if (next.words.empty()) return next;
    auto done = std::ranges::count_if(
        seen.pods, [](const rolled_pod& one) { return one.there && !one.outdated; });
    next.words = std::to_string(done) + " of " + std::to_string(seen.pods.size()) +
                 " pods are as asked. " + next.words;
    return next;
}

}  // namespace ha::op
