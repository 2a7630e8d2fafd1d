// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/takeover.hpp"

#include <array>

// A group without a cluster: it is made, joined, kept as specified and told about. No row here
// takes the Lease, asks for votes, or tells an engine its role.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

guard guarded_now(const observation& seen, std::vector<role> roles) {
    return guarded(seen, std::move(roles), seen.now + 2 * seen.chosen.times.period);
}

bool may_act(glance& look) {
    return look.seen.spec_known && may_command(look.seen) && guard_is_fresh(look);
}

// What the engine refused is tried again every ten seconds.
bool has_waited(glance& look) {
    const auto& hands = look.seen.hands;
    return look.past(hands.last_role_attempt, hands.last_role_error != 0 ? 10s : 2s);
}

bool is_ready(const observation& seen, const replica_spec& one) {
    if (one.name == seen.self.name) return seen.instance_ready;
    const auto* told = answer_of(seen, one.name);
    return told && told->ready;
}

bool are_all_ready(const observation& seen) {
    const auto& all = seen.spec.replicas;
    return std::ranges::all_of(all, [&](const auto& one) { return is_ready(seen, one); });
}

// 1. our engine knows no group, and we are the first replica of the specification: one maker
// 2. every other replica has answered a moment ago that it knows none, and all are ready
action form(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::absent || !may_act(look) || seen.spec.replicas.empty())
        return {};
    if (seen.spec.replicas.front().name != seen.self.name) return {};
    if (!peers_know_no_group(seen) || !are_all_ready(seen) || !has_waited(look)) return {};
    create_group made;
    made.when = guarded_now(seen, {role::absent});
    made.required = seen.spec.required.value_or(0);
    made.cluster = cluster_type::none;
    return made;
}

const peer_status* only_primary_elsewhere(const observation& seen) {
    auto all = primaries(seen);
    if (all.size() != 1 || all.front() == seen.self.name) return nullptr;
    const auto& told = *seen.peers.at(all.front()).status;
    return told.cluster == cluster_type::none ? &told : nullptr;
}

// 1. our engine knows no group, and is ready to join one
// 2. one replica, and no other, is primary of a group without a cluster that names us
action join(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::absent || !may_act(look) || !seen.instance_ready) return {};
    const auto* primary = only_primary_elsewhere(seen);
    if (!primary || primary->members.empty() || !is_let_in(seen, *primary)) return {};
    if (!has_waited(look)) return {};
    return join_group{guarded_now(seen, {role::absent}), cluster_type::none};
}

// 1. we are the only primary, and no configuration commit is pending
// 2. what differs from the specification may be changed now
action change(glance& look) {
    const auto& seen = look.seen;
    if (!may_act(look) || !has_waited(look)) return {};
    auto next = next_read_scale_change(seen);
    if (!next || !next->obstacles.empty()) return {};
    change_members made;
    made.what = next->what;
    made.when = guarded_now(seen, {role::primary});
    made.replica = next->replica;
    made.cluster = cluster_type::none;
    return made;
}

// 1. the only primary's configuration is without the replica that our copy of the group is of
// 2. our engine is not PRIMARY: the databases stay, for a later JOIN
action forget(glance& look) {
    const auto& seen = look.seen;
    const auto* group = group_of(seen);
    if (!group || group->local_role == role::primary || !may_act(look)) return {};
    const auto* primary = only_primary_elsewhere(seen);
    const auto* me = group->find(group->local_name);
    if (!primary || primary->members.empty() || primary->group_id != group->group_id || !me)
        return {};
    const auto& members = primary->members;
    bool named = std::ranges::find(members, group_member{me->name, me->id}) != members.end();
    if (named || !has_waited(look)) return {};
    return drop_group{guarded_now(seen, {role::resolving, role::secondary})};
}

// 1. we are the only primary, and the specification asks for more than the engine does; it is never
//    lowered: raising it is a step of the failover by hand
action require(glance& look) {
    const auto& seen = look.seen;
    const auto* group = group_of(seen);
    if (!group || primaries(seen) != std::vector{seen.self.name} || !may_act(look)) return {};
    if (seen.spec.required.value_or(0) <= group->required || !has_waited(look)) return {};
    return set_required{guarded_now(seen, {role::primary}), *seen.spec.required};
}

// 1. we speak for the group, and somebody asks for a failover: that is refused
action answer(glance& look) {
    const auto& seen = look.seen;
    const auto* asked = speaks_for_group(seen) ? open_request(seen) : nullptr;
    if (!asked) return {};
    return answer_request{{asked->what.id, false, {std::string(reason::cluster_type_none)}}};
}

// 1. the last round is over, and a second ago: who else says PRIMARY must be known
action ask(glance& look) {
    const auto& seen = look.seen;
    if (seen.status_running || seen.peers.empty() || !look.past(seen.status_asked, 1s)) return {};
    return ask_status{};
}

// 1. as for any label
// 2. who else says PRIMARY is known: each peer has answered once since our start, or had the time
//    to. An old primary that was just started takes no label from its successor
action label(glance& look) {
    const auto& seen = look.seen;
    bool all_told = std::ranges::all_of(
        seen.peers, [](const auto& one) { return one.second.status.has_value(); });
    bool primary = engine_role(seen) == role::primary;
    if (primary && !all_told && !look.reached(seen.started + seen.chosen.session_timeout))
        return {};
    return write_label(look);
}

action label_if_asked(glance& look) {
    return look.seen.spec_known ? write_label(look) : action{};
}

constexpr std::array table{
    rule{"end_old_sessions",
         "A command of ours or of a predecessor may still run: its session is ended.",
         end_old_sessions},
    rule{"write_labels", "The pod's label is not what the engines say.", label},
    rule{"ask_peers", "What the peers' engines say is asked once a second.", ask},
    rule{"answer_request", "Somebody asks for a failover: only a person can make one.", answer},
    rule{
        "form_read_scale", "Nobody knows a group, and this replica is the first: made here.", form},
    rule{"join_read_scale", "The one primary names this replica: it joins.", join},
    rule{"change_read_scale", "A replica is to come, to change or to go.", change},
    rule{"forget_read_scale", "The one primary has removed this replica: its copy goes.", forget},
    rule{"raise_required", "The specification asks for more synchronized secondaries.", require},
};

constexpr std::array refusing{
    rule{"write_labels", "The cluster types differ: nothing is routed here.", label_if_asked},
};

}  // namespace

std::span<const rule> read_scale_rules() {
    return table;
}

std::span<const rule> refusing_rules() {
    return refusing;
}

}  // namespace ha::agent
