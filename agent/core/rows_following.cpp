// SPDX-License-Identifier: MIT
#include "agent/core/rows.hpp"

#include <array>

// Under somebody else (rules 18 and 31): whom to follow, and how to get there.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// 1. the peer has authority and its engine is PRIMARY, by an answer younger than L
// 2. its term is at least the one voted in
// 3. its configuration is not behind ours, or ours was taken under an older term and so was never
//    committed (follow_term); or that was found so before, and is on record
bool may_follow(const observation& seen, const peer_view& peer) {
    if (!peer.status || !peer.answered_at) return false;
    if (seen.now - *peer.answered_at >= seen.chosen.times.lease) return false;
    const auto& told = *peer.status;
    if (!told.authority || told.local_role != role::primary) return false;
    const auto& record = seen.record.value;
    if (told.authority_term < record.voted) return false;
    if (told.authority_term == record.voted && !record.voted_for.empty() &&
        record.voted_for != told.pod_uid)
        return false;
    bool settled = record.line == told.authority_term && record.voted_for == told.pod_uid;
    return settled || told.numbered >= own_configuration(seen) || record.line < told.authority_term;
}

const peer_status* leader(const observation& seen) {
    const peer_status* best = nullptr;
    for (const auto& [name, peer] : seen.peers) {
        if (!may_follow(seen, peer)) continue;
        if (!best || peer.status->authority_term > best->authority_term) best = &*peer.status;
    }
    return best;
}

bool may_move(const observation& seen) {
    return !holds_authority(seen) && !seen.leaving && !may_be_primary(seen) && may_command(seen) &&
           seen.record.loaded && seen.record.trouble.empty();
}

bool known_other_group(const observation& seen, const peer_status& told) {
    const auto* group = group_of(seen);
    return group && !told.group_id.empty() && told.group_id != group->group_id;
}

// 1. SECONDARY under an older line than the primary's term, or without its primary for longer than
//    the session timeout while a primary is there: OFFLINE first, then it can be seated again
// 2. no vote stands that a new primary has not yet answered for
action unseat(glance& look) {
    const auto& seen = look.seen;
    if (!may_move(seen) || engine_role(seen) != role::secondary) return {};
    const auto* to = leader(seen);
    if (!to || known_other_group(seen, *to)) return {};
    bool older = seen.record.value.line < to->authority_term;
    bool lost = seen.follows.lost_since &&
                look.reached(*seen.follows.lost_since + seen.chosen.session_timeout);
    bool settling = seen.follows.asked && !look.reached(*seen.follows.asked + 15s);
    if (!older && (!lost || settling)) return {};
    if (!look.past(seen.hands.offline_failed, 1s) || !look.past(seen.hands.offline_answered, 1s))
        return {};
    return take_offline{};
}

// 1. SECONDARY, and the record knows of no primary that it should follow: nobody asked for this
action offline_unasked(glance& look) {
    const auto& seen = look.seen;
    if (!may_move(seen) || engine_role(seen) != role::secondary || seen.hands.role) return {};
    bool asked = seen.record.intact && seen.record.value.line > 0;
    bool sealed = seen.vote && seen.vote->sealed;
    if (asked && !sealed) return {};
    if (!look.past(seen.hands.offline_failed, 1s) || !look.past(seen.hands.offline_answered, 1s))
        return {};
    return take_offline{};
}

// 1. RESOLVING, or without the group, and a primary is there to be followed
// 2. its term, our line and our number are on disk before the engine is told
action record_leader(glance& look) {
    const auto& seen = look.seen;
    auto role_here = engine_role(seen);
    bool free = role_here == role::resolving || (role_here == role::absent && seen.instance_ready);
    if (!free || !may_move(seen) || !may_write_record(seen)) return {};
    const auto* to = leader(seen);
    if (!to || known_other_group(seen, *to) || to->group_id.empty()) return {};
    const auto& record = seen.record.value;
    bool known = record.voted == to->authority_term && record.voted_for == to->pod_uid &&
                 record.line == to->authority_term && !record.promoting && !record.strange;
    if (known || !look.past(seen.record.failed_at, 500ms)) return {};
    auto next = record;
    next.numbered = own_configuration(seen);
    next.group_id = to->group_id;
    next.voted = to->authority_term;
    next.voted_for = to->pod_uid;
    next.line = to->authority_term;
    next.strange = false;
    return save_record{next};
}

bool is_recorded(const observation& seen, const peer_status& to) {
    const auto& record = seen.record.value;
    return record.line == to.authority_term && record.voted_for == to.pod_uid;
}

duration pause_after(int attempts) {
    return std::min(duration{1s} * (1 << std::min(attempts, 5)), duration{30s});
}

// 1. RESOLVING, the primary is on record, and the last attempt is long enough ago
action follow(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::resolving || !may_move(seen) || !guard_is_fresh(look)) return {};
    const auto* to = leader(seen);
    if (!to || !is_recorded(seen, *to) || known_other_group(seen, *to)) return {};
    bool again = seen.follows.asked && seen.follows.attempts > 0;
    if (again && !look.reached(*seen.follows.asked + pause_after(seen.follows.attempts))) return {};
    return set_secondary{guarded(seen, {role::resolving}, seen.now + 2 * seen.chosen.times.period)};
}

// 1. the engine knows no group, the primary's is on record, the endpoints are ready
action join(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::absent || !may_move(seen) || !guard_is_fresh(look)) return {};
    const auto* to = leader(seen);
    if (!to || !is_recorded(seen, *to) || !seen.instance_ready) return {};
    if (!look.past(seen.hands.last_role_attempt, 2s)) return {};
    return join_group{guarded(seen, {role::absent}, seen.now + 2 * seen.chosen.times.period)};
}

constexpr std::array table{
    rule{"offline_unasked_secondary",
         "The engine follows somebody that nobody asked it to follow.",
         offline_unasked},
    rule{"unseat",
         "The engine follows an older primary, or lost its own: it goes offline first.",
         unseat},
    rule{"record_leader",
         "A primary is there to be followed: it is written down first.",
         record_leader},
    rule{"follow", "The engine is told to follow the primary on record.", follow},
    rule{"join", "The engine joins the group of the primary on record.", join},
};

}  // namespace

std::span<const rule> following_rules() {
    return table;
}

}  // namespace ha::agent
