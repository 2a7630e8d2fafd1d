// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"

#include "agent/core/reasons.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

using conditions = std::vector<condition>;

void set(conditions& all, std::string type, std::string_view why, std::string words) {
    all.push_back({std::move(type), std::string(why), std::move(words)});
}

void set(conditions& all, std::string type, std::string_view why) {
    set(all, std::move(type), why, std::string(reason::sentence(why)));
}

bool answers(const peer_view& peer) {
    return peer.status && !peer.asked_at;
}

bool somebody_leads(const observation& seen) {
    return std::any_of(seen.peers.begin(), seen.peers.end(), [](const auto& one) {
        return answers(one.second) && one.second.status->authority &&
               one.second.status->local_role == role::primary;
    });
}

// The other of two data voters; empty when we are not one of them.
std::string other_data_voter(const observation& seen) {
    const auto* me = own_spec(seen);
    if (!me || me->mode != availability_mode::synchronous) return {};
    for (const auto& one : seen.spec.replicas)
        if (one.name != me->name && one.mode == availability_mode::synchronous) return one.name;
    return {};
}

int synchronized_secondaries(const observation& seen) {
    const auto& replicas = group_of(seen)->replicas;
    return static_cast<int>(std::count_if(replicas.begin(), replicas.end(), [&](const auto& one) {
        return one.name != seen.self.name && one.connected.value_or(true) &&
               one.state == synchronization::synchronized;
    }));
}

void add_blocked(const observation& seen, conditions& all) {
    const auto* group = group_of(seen);
    if (!group || group->local_role != role::primary || group->databases.empty()) return;
    if (synchronized_secondaries(seen) >= group->required) return;
    set(all,
        "WritesBlocked",
        reason::not_synchronized,
        "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT is " + std::to_string(group->required) +
            " and fewer secondaries are synchronized: writes wait for one to return.");
    if (!count_voters(seen.spec).two_data_voters() || other_data_voter(seen).empty()) return;
    set(all,
        "LostSecondaryStopsWrites",
        reason::two_data_voters,
        "The secondary " + other_data_voter(seen) +
            " is lost, and with two synchronous replicas a lost secondary stops writes: they go "
            "on when it is synchronized again.");
}

// 1. two data voters, and we are the one that is not primary
// 2. nobody is known to lead, and the other one's supervisor or engine does not answer
void add_waiting(const observation& seen, conditions& all) {
    if (!count_voters(seen.spec).two_data_voters()) return;
    set(all,
        "TwoDataVoters",
        reason::two_data_voters,
        "With two synchronous replicas a lost secondary stops writes and a lost primary is "
        "waited for; a third synchronous or a configuration-only replica lifts this.");
    auto other = other_data_voter(seen);
    auto role_here = engine_role(seen);
    if (other.empty() || !role_here || *role_here == role::primary || somebody_leads(seen)) return;
    auto peer = seen.peers.find(other);
    if (peer == seen.peers.end()) return;
    const auto& status = peer->second.status;
    if (answers(peer->second) && status->engine_known) return;
    if (!peer->second.asked_at && !status) return;
    const auto* group = group_of(seen);
    if (!group || (*role_here == role::secondary && group->connected)) return;
    set(all,
        "LostPrimaryIsWaitedFor",
        reason::two_data_voters,
        "The primary " + other +
            " is lost, and with two synchronous replicas a lost primary is waited for: neither "
            "can be promoted without the other's vote.");
}

}  // namespace

std::vector<condition> conditions_of(const observation& seen) {
    conditions all;
    if (seen.hands.fencing_unavailable) set(all, "FencingUnavailable", reason::fencing_unavailable);
    if (!seen.record.trouble.empty())
        set(all, "RecordUnreadable", reason::newer_format, seen.record.trouble);
    if (seen.record.value.strange)
        set(all,
            "PrimaryMadeByHand",
            reason::strange_primary,
            "Ask for a switchover instead: write it into the group's request ConfigMap.");
    add_blocked(seen, all);
    add_waiting(seen, all);
    return all;
}

}  // namespace ha::agent
