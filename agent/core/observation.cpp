// SPDX-License-Identifier: MIT
#include "agent/core/leader.hpp"

#include <algorithm>

namespace ha::agent {

// 1. every process of the engine is gone
// 2. or each that lives began after the last answer came, so that whoever gave it has ended: the
//    engine was started again before the end of its last process was seen. A FAILOVER that may have
//    reached the new one is waited for.
bool engine_has_ended(const observation& seen) {
    const auto& engine = seen.engine;
    const auto& hands = seen.hands;
    if (engine.processes == process_state::gone) return true;
    if (!engine.began || !engine.last || engine.last->received_at >= *engine.began) return false;
    bool running = hands.role && hands.role->what == command::failover;
    return !running && (!hands.failover_sent || *hands.failover_sent < *engine.began);
}

bool engine_answers(const observation& seen) {
    const auto& engine = seen.engine;
    return engine.last && engine.reachable == reach::answering && !engine_has_ended(seen) &&
           seen.now - engine.last->received_at < seen.chosen.canary_limit;
}

std::optional<role> engine_role(const observation& seen) {
    if (!engine_answers(seen)) return std::nullopt;
    return seen.engine.last->local_role();
}

bool peer_answers(const peer_view& peer) {
    return peer.status && !peer.asked_at;
}

const peer_status* answer_of(const observation& seen, const std::string& replica) {
    auto found = seen.peers.find(replica);
    return found != seen.peers.end() && peer_answers(found->second) ? &*found->second.status
                                                                    : nullptr;
}

const group_view* group_of(const observation& seen) {
    if (!engine_answers(seen) || !seen.engine.last->group) return nullptr;
    return &*seen.engine.last->group;
}

// 1. the engine has ended, by proof: no
// 2. `promoting` is on disk: yes, whatever is shown, until one of rule 8's events has cleared it
// 3. nothing was seen of the engine yet: yes, as long as nobody knows
// 4. otherwise what it last showed: it cannot become PRIMARY without a FAILOVER, one of ours leaves
//    the mark of 2, and a person's is seen at the next look
bool may_be_primary(const observation& seen) {
    if (engine_has_ended(seen)) return false;
    if (seen.record.value.promoting) return true;
    if (!seen.engine.last) return true;
    return seen.engine.last->local_role() == role::primary;
}

// 1. `promoting` is on disk at all, and the record is not being written
// 2. one of: the engine has ended, by proof; the engine that answers is another one than FAILOVER
//    was sent to; PRIMARY was seen and is shown no longer; an OFFLINE was answered after FAILOVER
//    and after the mark, and a look since then shows neither PRIMARY nor PENDING_FAILOVER
// 3. no batch of ours that could still bring the role about is running
bool promotion_has_ended(const observation& seen) {
    const auto& record = seen.record.value;
    if (!record.promoting) return false;
    if (engine_has_ended(seen)) return true;
    if (!engine_answers(seen)) return false;
    const auto& view = *seen.engine.last;
    if (!record.promoting_engine.empty() && view.started != record.promoting_engine) return true;
    const auto& hands = seen.hands;
    bool running = hands.role && hands.role->what == command::failover;
    if (running || hands.sessions_to_end || view.local_role() == role::primary) return false;
    if (view.group && view.group->pending_failover) return false;
    bool after_failover = !hands.failover_sent || view.sent_at > *hands.failover_sent;
    if (record.line == *record.promoting && after_failover) return true;
    auto since = [&](const std::optional<instant>& what) {
        return !what || *hands.offline_answered > *what;
    };
    return hands.offline_answered && view.sent_at > *hands.offline_answer_at &&
           since(hands.failover_sent) && since(hands.marked);
}

bool holds_authority(const observation& seen) {
    return seen.held && seen.now < seen.held->until;
}

instant end_of_primary(const observation& seen, const authority& held) {
    using namespace std::chrono_literals;
    return seen.hands.fencing_unavailable ? held.until - 3s : held.until;
}

bool may_stay_primary(const observation& seen) {
    return seen.held && seen.now < end_of_primary(seen, *seen.held);
}

configuration own_configuration(const observation& seen) {
    const auto& record = seen.record.value;
    if (!seen.engine.last || !seen.engine.last->group) return record.numbered;
    auto number = seen.engine.last->group->sequence_number;
    if (number == record.numbered.number) return record.numbered;
    // A follower takes its primary's, which may be from before that primary's own term.
    for (const auto& [name, peer] : seen.peers)
        if (peer.status && is_recorded(seen, *peer.status) &&
            peer.status->numbered.number == number)
            return peer.status->numbered;
    return configuration{record.line, number};
}

std::vector<database_position> own_positions(const observation& seen) {
    if (!seen.engine.last || !seen.engine.last->group) return {};
    return seen.engine.last->group->databases;
}

const replica_spec* own_spec(const observation& seen) {
    return seen.spec.find(seen.self.name);
}

bool is_in_step(const group_view& group, const configured_replica& one) {
    return one.connected.value_or(false) &&
           (one.state == synchronization::synchronized || group.databases.empty());
}

bool has_enough_secondaries(const observation& seen) {
    const auto* group = group_of(seen);
    if (!group || group->local_role != role::primary) return false;
    const auto& all = group->replicas;
    auto in_step = std::count_if(all.begin(), all.end(), [&](const auto& one) {
        return one.name != seen.self.name && is_in_step(*group, one);
    });
    return in_step >= group->required;
}

bool has_right_to_primary(const observation& seen) {
    if (!holds_authority(seen) || !seen.record.value.promoting) return false;
    return *seen.record.value.promoting == seen.held->of;
}

}  // namespace ha::agent
