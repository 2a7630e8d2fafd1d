// SPDX-License-Identifier: MIT
#include "agent/core/rows.hpp"

#include <array>

// Keeping what is held: the Lease by a PUT every P, the engine's write lease inside it (rules 1-6,
// 9).

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// In a pause rule 3 alone decides: a sick engine that is PRIMARY and answers stays so.
bool is_healthy(const observation& seen) {
    return seen.orders.pause || judge_health(seen.engine, seen.chosen, seen.now).healthy;
}

// A group that somebody dropped and made again is not the one that the Lease is about.
bool is_our_group(const observation& seen) {
    const auto* group = group_of(seen);
    const auto& known = seen.record.value.group_id;
    return group && (known.empty() || known == group->group_id);
}

// PRIMARY under the term held, or on the way there with FAILOVER accepted.
bool works_under_term(const observation& seen) {
    if (!has_right_to_primary(seen) || !is_our_group(seen)) return false;
    auto role_here = engine_role(seen);
    if (role_here == role::primary) return true;
    return role_here && seen.hands.failover_accepted && seen.record.value.line != seen.held->of;
}

// 1. nothing is known of the Lease, or a PUT of ours got no answer
// 2. no attempt is under way, and the last one is a moment ago: two seconds after many failures
action read_unsettled(glance& look) {
    const auto& seen = look.seen;
    const auto& lease = seen.lease;
    if (lease.reading || lease.put || (!lease.unsettled && (lease.record || lease.missing)))
        return {};
    auto pause = duration{200ms} * (1 << std::min(lease.failures, 4));
    if (!look.past(lease.last_attempt, std::min(pause, duration{2s}))) return {};
    return read_lease{};
}

// 1. the Lease names us, is not being written, and what it says is settled
// 2. the engine works under the term held, by an answer younger than its limit (rule 3)
// 3. we are not giving the role up
// 4. P has passed since the send that authority counts from
action renew(glance& look) {
    const auto& seen = look.seen;
    if (!holds_authority(seen) || !lease_is_mine(seen) || !may_write_lease(seen)) return {};
    if (seen.leaving || !works_under_term(seen) || !is_healthy(seen)) return {};
    const auto& times = seen.chosen.times;
    auto sent_at = seen.held->until - times.lease + times.margin;
    if (!look.reached(sent_at + times.period) || !look.past(seen.lease.last_attempt, 200ms))
        return {};
    return put_lease{lease_put{put_purpose::renew, renewed(seen), {}}};
}

// 1. a hand-over was begun, and its OFFLINE, which may take until A, was not sent yet (rule 7)
// 2. once: a PUT without an answer does not hold the hand-over up, and one a moment ago will do
action renew_for_hand_over(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || !seen.leaving->orderly || has_asked_to_leave(seen)) return {};
    if (!holds_authority(seen) || !lease_is_mine(seen) || !may_write_lease(seen)) return {};
    if (!works_under_term(seen) || !is_healthy(seen)) return {};
    auto tried = seen.held->until - seen.chosen.times.lease + seen.chosen.times.margin;
    tried = std::max(tried, seen.lease.last_attempt.value_or(tried));
    if (tried + 200ms > seen.leaving->since) return {};
    return put_lease{lease_put{put_purpose::renew, renewed(seen), {}}};
}

// 1. nobody holds the Lease and nobody released it, while our authority stands: it was deleted and
//    made again (rule 2)
// 2. the engine works under the term held, and we are not giving the role up
action restore(glance& look) {
    const auto& seen = look.seen;
    if (!holds_authority(seen) || seen.leaving || !may_write_lease(seen)) return {};
    const auto& record = *seen.lease.record;
    if (!record.holder.empty() || record.released) return {};
    if (!works_under_term(seen) || !is_healthy(seen)) return {};
    if (!look.past(seen.lease.last_attempt, 200ms)) return {};
    auto wanted = renewed(seen);
    wanted.transitions = seen.held->of;
    wanted.group_id = group_of(seen)->group_id;
    return put_lease{lease_put{put_purpose::renew, wanted, {}}};
}

// 1. we were restarted no longer than W ago beside an engine that is PRIMARY, and the record names
//    its promotion under the Lease's term
// 2. the predecessor's sessions are gone
action inherit(glance& look) {
    const auto& seen = look.seen;
    if (!may_inherit(look) || !lease_is_mine(seen) || !may_write_lease(seen)) return {};
    if (engine_role(seen) != role::primary || seen.hands.sessions_to_end || !is_healthy(seen))
        return {};
    if (!look.past(seen.lease.last_attempt, 200ms)) return {};
    return put_lease{lease_put{put_purpose::inherit, renewed(seen), {}}};
}

// 1. the engine works under the term held, and we are not giving the role up
// 2. the engine's lease would end inside A: now + W <= A (rule 4)
// 3. P has passed since the last renewal was sent, half a second after one that failed
// 4. the pair of ticks and time is fresh (rule 5)
action renew_engine(glance& look) {
    const auto& seen = look.seen;
    const auto& hands = seen.hands;
    const auto& times = seen.chosen.times;
    if (!works_under_term(seen) || seen.leaving || hands.renewing) return {};
    if (hands.role && hands.role->what == command::failover) return {};
    if (seen.now + times.write_lease > seen.held->until || !guard_is_fresh(look)) return {};
    bool failed = hands.last_renewal_error != 0 && hands.last_renewal_error != 47119;
    if (!look.past(hands.last_renewal_sent, failed ? duration{500ms} : times.period)) return {};
    std::vector<role> roles{role::primary};
    if (engine_role(seen) != role::primary)
        roles = {role::resolving, role::secondary, role::primary};
    return renew_write_lease{guarded(seen, roles, seen.held->until - times.write_lease),
                             times.write_lease};
}

constexpr std::array table{
    rule{"renew_write_lease",
         "The engine's write lease is renewed inside our authority.",
         renew_engine},
    rule{"read_lease", "What the Lease says is not known for certain: it is read.", read_unsettled},
    rule{"renew_lease", "The engine works and the period has passed: the Lease is renewed.", renew},
    rule{"renew_for_hand_over",
         "The role is about to be handed over: the Lease is renewed once more before.",
         renew_for_hand_over},
    rule{"restore_lease",
         "The Lease was made anew while our authority stands: we are written into it again.",
         restore},
    rule{
        "inherit_lease", "Restarted beside our own primary: the Lease is taken up again.", inherit},
};

}  // namespace

std::span<const rule> lease_rules() {
    return table;
}

}  // namespace ha::agent
