// SPDX-License-Identifier: MIT
#include "agent/core/leader.hpp"

#include <algorithm>

namespace ha::agent {

using namespace std::chrono_literals;

bool leads(const observation& seen, const peer_view& peer) {
    if (!peer.status || !peer.answered_at) return false;
    if (seen.now - *peer.answered_at >= seen.chosen.times.lease) return false;
    return peer.status->authority && peer.status->local_role == role::primary;
}

bool somebody_leads(const observation& seen) {
    return std::any_of(seen.peers.begin(), seen.peers.end(), [&](const auto& one) {
        return peer_answers(one.second) && leads(seen, one.second);
    });
}

bool is_recorded(const observation& seen, const peer_status& to) {
    const auto& record = seen.record.value;
    return record.line == to.authority_term && record.voted_for == to.pod_uid;
}

bool is_of_other_group(const observation& seen, const peer_status& told) {
    const auto* group = group_of(seen);
    return group && !told.group_id.empty() && told.group_id != group->group_id;
}

// A configuration of ours that was taken under an older term was never committed (follow_term).
// What was found so before is on record, and is not judged again.
bool is_ahead_of(const observation& seen, const peer_status& told) {
    if (is_recorded(seen, told)) return false;
    return told.numbered < own_configuration(seen) && seen.record.value.line >= told.authority_term;
}

namespace {

// 1. the peer leads
// 2. its term is at least the one voted in, and in that very term the vote was for that very pod
// 3. where our engine was made primary by hand, its term is a later one: in that very term the two
//    may have written apart under the same number, and a vote must choose between them (rule 32)
// 4. its configuration is not behind ours
bool may_follow(const observation& seen, const peer_view& peer) {
    if (!leads(seen, peer)) return false;
    const auto& told = *peer.status;
    const auto& record = seen.record.value;
    if (told.authority_term < record.voted) return false;
    if (told.authority_term == record.voted && !record.voted_for.empty() &&
        record.voted_for != told.pod_uid)
        return false;
    if (record.strange && told.authority_term <= *record.strange) return false;
    return !is_ahead_of(seen, told);
}

}  // namespace

const peer_status* leader(const observation& seen) {
    const peer_status* best = nullptr;
    for (const auto& [name, peer] : seen.peers) {
        if (!may_follow(seen, peer)) continue;
        if (!best || peer.status->authority_term > best->authority_term) best = &*peer.status;
    }
    return best;
}

bool is_attached(const observation& seen) {
    const auto* group = group_of(seen);
    return group && group->local_role == role::secondary && group->connected;
}

bool has_caught_up(const observation& seen) {
    if (!is_attached(seen)) return false;
    const auto* me = own_spec(seen);
    bool patient = me && me->mode == availability_mode::asynchronous;
    const auto& databases = group_of(seen)->databases;
    return std::all_of(databases.begin(), databases.end(), [&](const auto& one) {
        return one.state == synchronization::synchronized ||
               (patient && one.state == synchronization::synchronizing);
    });
}

duration endpoint_restart_pause(int restarts) {
    return std::min<duration>(30s * (1 << std::clamp(restarts - 1, 0, 8)), 10min);
}

}  // namespace ha::agent
