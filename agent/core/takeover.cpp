// SPDX-License-Identifier: MIT
#include "agent/core/takeover.hpp"

#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

namespace ha::agent {

using namespace std::chrono_literals;

bool released_for_me(const observation& seen) {
    const auto& record = seen.lease.record;
    return record && record->holder.empty() && record->released &&
           seen.self.is(record->released->target);
}

// A Lease without the mark is made anew where the own engine or record knows the group: then votes
// decide as ever, and the next primary marks it again.
bool before_bootstrap(const observation& seen) {
    bool unmarked = seen.lease.record && seen.lease.record->group_id.empty();
    return unmarked && !group_of(seen) && seen.record.value.group_id.empty();
}

// 1. no Lease, or our own name in it: nothing to reach for
// 2. held by another: its full length since the last change that we saw
// 3. empty and never released: it was made anew, so a full length too
// 4. released for us: at once; for another: two seconds later; for nobody: at once. By rank.
std::optional<instant> takeover_due(const observation& seen, int rank) {
    const auto& lease = seen.lease;
    if (!lease.record || !lease.changed_at || lease_is_mine(seen)) return std::nullopt;
    auto turn = std::chrono::milliseconds{500} * rank;
    auto length = lease.record->length > duration::zero() ? lease.record->length : lease.longest;
    if (length <= duration::zero()) length = seen.chosen.times.lease;
    const auto& released = lease.record->released;
    if (!lease.record->holder.empty() || !released) {
        auto full =
            lease.record->holder.empty() ? std::max(length, seen.chosen.times.lease) : length;
        return *lease.changed_at + full + turn;
    }
    if (seen.self.is(released->target)) return *lease.changed_at;
    if (!released->target.empty()) return *lease.changed_at + 2s + turn;
    return *lease.changed_at + turn;
}

bool peers_know_no_group(const observation& seen) {
    for (const auto& replica : seen.spec.replicas) {
        if (replica.name == seen.self.name) continue;
        auto peer = seen.peers.find(replica.name);
        if (peer == seen.peers.end() || !peer->second.status || peer->second.asked_at) return false;
        if (!peer->second.status->bootstrap_clear) return false;
        if (!peer->second.answered_at || seen.now - *peer->second.answered_at > 5s) return false;
    }
    return true;
}

namespace {

// A yes of a replica of another group, or of one whose engine has no history, counts for nothing
// (rule 14).
bool counts(const observation& seen, const std::string& voter) {
    auto peer = seen.peers.find(voter);
    const auto* group = group_of(seen);
    if (peer == seen.peers.end() || !peer->second.status) return false;
    const auto& told = *peer->second.status;
    return told.numbered.number > 0 && (!group || told.group_id == group->group_id);
}

}  // namespace

bool has_majority(const observation& seen, const std::optional<round>& asked, bool own) {
    if (!own) return false;
    if (lease_is_witness(seen)) return other_agrees(seen, asked) || peers_know_no_group(seen);
    auto all = voters(seen);
    std::size_t count = 0;
    for (const auto& name : all) {
        auto found = asked ? asked->yes.find(name) : std::map<std::string, bool>::const_iterator{};
        bool yes = name == seen.self.name ||
                   (asked && found != asked->yes.end() && found->second && counts(seen, name));
        count += yes ? 1 : 0;
    }
    if (count >= majority_of(all.size())) return true;
    return peers_know_no_group(seen);
}

term next_term(const observation& seen) {
    auto highest = std::max(seen.lease.record->transitions, seen.record.value.voted);
    for (const auto& [name, peer] : seen.peers)
        if (peer.status) highest = std::max(highest, peer.status->voted);
    return highest + 1;
}

}  // namespace ha::agent
