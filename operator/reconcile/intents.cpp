// SPDX-License-Identifier: MIT
#include "operator/reconcile/intents.hpp"

#include "common/k8s/resources.hpp"
#include "operator/core/instance.hpp"
#include "operator/core/names.hpp"

namespace ha::op {
namespace {

using complaints = std::vector<std::string>;

existing existing_of(const workload& of, const inventory& all) {
    const auto* set = all.find_owned(of, k8s::stateful_sets, names{of}.stateful_set);
    if (set == nullptr) return {};
    return {set->stateful_set, set->supervisor_image, set->ag_name};
}

// The pod that holds a group's Lease.
std::string leader_of(const workload& of, const inventory& all) {
    const auto* lease = all.find({k8s::leases, of.space, of.group_object});
    return lease != nullptr ? lease->value.holder : "";
}

struct sized {
    group of;  // with the list that holds now, and the pods that it needs
    std::string refusal;
    std::string refused_type;
    step now;
    roll_step roll;
};

// One thing at a time: what goes on ends before the other begins. A scaling that has stopped lets
// pods be rolled, which may be what mends it; so does a roll that has stopped.
sized size_of(const group& asked, const value& document, const intent_settings& settings) {
    auto seen = settings.look(asked);
    auto told = with_told_list(asked, seen.told);
    told.pods = needed_pods(told, seen);
    sized made{asked, list_refusal(asked, told), type_refusal(asked, told), {}, {}};
    made.of.read_scale = told.read_scale;
    if (!made.refusal.empty()) {
        made.of = told;
        // By the names of the list that holds; what is wrong with them is told already.
        complaints told_already;
        made.of.orders = read_orders(document, told, told_already);
    }
    made.of.orders = settings.settle(made.of);
    made.now = settings.timed(told, next_scale_step(told, seen));
    std::vector<set_pod> pods;
    for (const auto& name : pod_names(told)) pods.push_back({name, told.name});
    made.roll = settings.roll(told, std::move(pods), made.of.orders, goes_on(made.now));
    if (made.of.replicas.size() != told.replicas.size()) {
        bool after = goes_on(made.roll) && !goes_on(made.now);
        auto orders = made.of.orders;
        if (after) made.of = told;
        made.of.orders = std::move(orders);
        made.now = after ? scale_after_roll() : next_scale_step(made.of, seen);
    }
    made.of.pods = needed_pods(made.of, seen);
    if (!made.of.orders.own) made.of.orders.own = made.roll.ask;
    return made;
}

tl::expected<intent, complaints> of_group(const value& document,
                                          const inventory& all,
                                          const intent_settings& settings) {
    auto read = read_group(document);
    if (!read) return tl::unexpected(read.error());
    auto size = size_of(*read, document, settings);
    const auto& of = size.of;
    auto made = plan_group(of, existing_of(of, all), settings.plan);
    for (const auto& refusal : {size.refusal, size.refused_type})
        if (!refusal.empty()) made.refusals.push_back(refusal);
    return intent{
        of, of, std::move(made), {of.name}, listed_pods(of), of.orders, size.roll, size.now};
}

tl::expected<intent, complaints> of_instance(const value& document,
                                             const inventory& all,
                                             const intent_settings& settings) {
    auto read = read_instance(document);
    if (!read) return tl::unexpected(read.error());
    auto made = plan_instance(*read, existing_of(*read, all), settings.plan);
    auto roll = settings.roll(*read, {{pod_name(*read, 0), read->name}}, {}, false);
    return intent{*read, *read, std::move(made), {read->name}, {}, {}, roll};
}

// Those that form the group of `one`, the oldest first. One that is being deleted belongs to it no
// more; one that makes no sense still does, and must not be dropped for a slip of the pen.
tl::expected<std::vector<server>, complaints> members_of(const server& one,
                                                         const inventory& all,
                                                         const preview_times& times) {
    if (one.ag_name.empty()) return std::vector<server>{one};
    std::vector<server> members;
    for (const auto* entry : all.resources(resource_kind::server, one.space)) {
        const auto& there = entry->value;
        if (there.deleting || group_named_by(there.document) != one.ag_name) continue;
        auto read = read_server(there.document, times);
        if (!read)
            return tl::unexpected(
                complaints{"another SqlServer of " + one.ag_name + ", " +
                           *there.document.find({"metadata", "name"})->text() +
                           ", makes no sense, and what it says is part of the group: " +
                           read.error().front()});
        members.push_back(std::move(*read));
    }
    sort_members(members);
    return members;
}

tl::expected<intent, complaints> of_server(const value& document,
                                           const inventory& all,
                                           const intent_settings& settings) {
    auto read = read_server(document, settings.plan.times);
    if (!read) return tl::unexpected(read.error());
    auto members = members_of(*read, all, settings.plan.times);
    if (!members) return tl::unexpected(members.error());
    intent made;
    made.of = *read;
    made.secrets_of = shared_by(*members);
    std::vector<set_pod> pods;
    for (const auto& one : *members) {
        made.stateful_sets.push_back(one.name);
        made.members.push_back(pod_name(one, 0));
        pods.push_back({pod_name(one, 0), one.name});
    }
    auto leaving = settings.leaving(*read);
    made.scale = leaving.now;
    made.roll = settings.roll(*read, std::move(pods), {}, !leaving.pods.empty());
    made.ordered.own = made.roll.ask;
    made.made = plan_server(*read,
                            *members,
                            {leader_of(*read, all), made.ordered, std::move(leaving.pods)},
                            existing_of(*read, all),
                            settings.plan);
    return made;
}

}  // namespace

tl::expected<intent, complaints> intent_of(const subject& which,
                                           const value& document,
                                           const inventory& all,
                                           const intent_settings& settings) {
    if (which.kind == resource_kind::group) return of_group(document, all, settings);
    if (which.kind == resource_kind::instance) return of_instance(document, all, settings);
    return of_server(document, all, settings);
}

void look_at(const intent& wanted, const inventory& all, findings& into) {
    const auto& of = wanted.of;
    names called{of};
    into.in_group = !of.ag_name.empty();
    into.waits.insert(into.waits.end(), of.waits.begin(), of.waits.end());
    into.members = wanted.members;
    into.service = called.headless;
    auto find = [&](const k8s::resource& kind, const std::string& name) -> const owned_object* {
        const auto* found = all.find({kind, of.space, name});
        return found != nullptr ? &found->value : nullptr;
    };
    for (const auto& name : pod_names(of)) {
        const auto* pod = find(k8s::pods, name);
        if (pod != nullptr && !pod->waiting.empty())
            into.pods_waiting.push_back(name + ": " + pod->waiting);
    }
    // What another resource of this name made tells nothing of ours.
    auto is_ours = [&](const owned_object& one) {
        return of.kind == resource_kind::server || is_owned_by(one, of.uid);
    };
    for (const auto& name : wanted.stateful_sets) {
        into.pods += of.pods;
        const auto* set = find(k8s::stateful_sets, name);
        if (set == nullptr || !is_ours(*set)) continue;
        into.pods_ready += set->pods_ready;
        if (name != called.stateful_set) continue;
        into.image = set->image;
    }
    if (!into.in_group) return;
    const auto* lease = find(k8s::leases, called.lease);
    if (lease != nullptr && is_ours(*lease)) into.holder = lease->holder;
    const auto* state = find(k8s::config_maps, called.state);
    if (state != nullptr && is_ours(*state)) into.state = state->state;
    if (of.read_scale) into.holder = into.state.primary;
    // In a pause nobody takes the Lease from a pod that is primary no more.
    const auto* leader = find(k8s::pods, into.holder);
    if (leader != nullptr && !leader->leads) into.holder.clear();
    // Nor from one whose writes nobody else has, wherever its node is.
    into.holder_ready = leader == nullptr || leader->ready;
    // What others wrote into the requests stands as well as what the resource asks.
    into.orders = wanted.ordered;
    const auto* requests = find(k8s::config_maps, called.requests);
    if (requests != nullptr && is_ours(*requests)) {
        into.orders = requests->standing;
        into.orders.asked = wanted.ordered.asked;
        into.orders.own = wanted.ordered.own;
    }
    tell_orders(into.orders, into.state.conditions);
}

}  // namespace ha::op
