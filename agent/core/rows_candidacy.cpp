// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/takeover.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

#include <array>

// From a Lease that may be taken to an engine that is PRIMARY (rules 10 to 16).

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// Held, not primary yet, and nothing speaks against going on.
bool is_running(const observation& seen) {
    return holds_authority(seen) && seen.running.acquired_at && !seen.leaving;
}

bool is_promoting(const observation& seen) {
    return seen.held && seen.record.value.promoting == seen.held->of;
}

action give_up(const observation& seen, std::string_view why) {
    step_down how;
    how.reason = why;
    how.since = seen.now;
    return begin_step_down{how};
}

duration status_period(const observation& seen) {
    if (holds_authority(seen)) return seen.chosen.times.period;
    return 1s;
}

// Someone who follows a living primary asks nobody: the primary pushes. Save for the certificates
// of those who join.
bool wants_status(glance& look) {
    const auto& seen = look.seen;
    if (holds_authority(seen) || expects_members(seen)) return true;
    auto role_here = engine_role(seen);
    if (role_here != role::secondary || !seen.record.value.line) return true;
    if (seen.record.value.strange) return true;
    const auto* group = group_of(seen);
    if (!group || !group->connected || group->stalled) return true;
    auto due = takeover_due(seen, 0);
    return due && look.reached(*due - seen.chosen.times.lease / 2);
}

// 1. we lead, we have no primary, or a takeover may be near: what the peers have must be known
// 2. the last round is over, and long enough ago
action ask_peers(glance& look) {
    const auto& seen = look.seen;
    if (seen.status_running || seen.peers.empty() || !wants_status(look)) return {};
    if (!look.past(seen.status_asked, status_period(seen))) return {};
    return ask_status{};
}

bool is_our_turn(glance& look) {
    const auto& seen = look.seen;
    if (seen.held || seen.leaving || !candidate_refusals(seen).empty()) return false;
    if (!hands_are_idle(seen)) return false;
    auto first = takeover_due(seen, 0);
    if (!first || !look.reached(*first)) return false;
    if (released_for_me(seen)) return true;
    auto due = takeover_due(seen, takeover_rank(seen));
    return due && look.reached(*due);
}

bool may_reach(glance& look) {
    if (!look.may_reach) look.may_reach = is_our_turn(look);
    return *look.may_reach;
}

// What we would show for ourselves was seen after the Lease was let go: voters look when they are
// asked, and would find an older look of ours behind.
bool has_looked(const observation& seen) {
    return seen.engine.last && seen.lease.changed_at &&
           seen.engine.last->sent_at >= *seen.lease.changed_at;
}

// 1. it is our turn to reach for the Lease, and our last look is older than the last change of it
action look_first(glance& look) {
    const auto& seen = look.seen;
    if (before_bootstrap(seen) || !may_reach(look) || !may_write_lease(seen)) return {};
    if (has_looked(seen) || !look.past(seen.hands.look_asked, 25ms)) return {};
    return look_now{};
}

// 1. it is our turn to reach for the Lease, what the Lease says is settled, our own look is fresh
// 2. no round is running, and the last one is a moment ago
action ask_first(glance& look) {
    const auto& seen = look.seen;
    if (before_bootstrap(seen) || !may_reach(look) || !may_write_lease(seen)) return {};
    if (!has_looked(seen)) return {};
    const auto& asked = seen.running.prevotes;
    if (asked && (asked->running || !look.reached(asked->started + 100ms))) return {};
    return ask_prevotes{seen.rounds + 1, own_prevote(seen)};
}

// 1. as above, and a majority would vote for us by answers younger than a second (rule 11); of the
//    other of two data voters, silence through a round of questions will do (rule 27)
action acquire(glance& look) {
    const auto& seen = look.seen;
    if (before_bootstrap(seen) || !may_reach(look) || !may_write_lease(seen)) return {};
    const auto& asked = seen.running.prevotes;
    auto fresh = is_member(seen) ? seen.chosen.peer_limit + 1s : duration{1s};
    if (!asked || look.reached(asked->started + fresh) || !has_majority(seen, asked, true))
        return {};
    auto wanted = renewed(seen);
    wanted.transitions = next_term(seen);
    return put_lease{lease_put{put_purpose::acquire, wanted, {}}};
}

// 1. the Lease is ours, our own vote is sealed, a majority is still wanting
// 2. no round is running, and the last one is a moment ago
action collect_votes(glance& look) {
    const auto& seen = look.seen;
    if (!is_running(seen) || !seen.running.own_vote || is_promoting(seen)) return {};
    const auto& asked = seen.running.votes;
    if (has_majority(seen, asked, true)) return {};
    if (asked && (asked->running || !look.reached(asked->started + 250ms))) return {};
    return ask_votes{seen.rounds + 1, own_vote(seen)};
}

// 1. a majority voted for us, and no promotion is on record
// 2. the record says so before the engine is told
action record_promotion(glance& look) {
    const auto& seen = look.seen;
    if (!is_running(seen) || is_promoting(seen) || !may_write_record(seen)) return {};
    if (seen.record.value.promoting || !group_of(seen)) return {};
    if (!has_majority(seen, seen.running.votes, seen.running.own_vote)) return {};
    if (!look.past(seen.record.failed_at, 200ms)) return {};
    auto next = seen.record.value;
    next.voted = seen.held->of;
    next.voted_for = seen.self.uid;
    next.promoting = seen.held->of;
    next.promoting_engine = seen.engine.last->started;
    return save_record{next};
}

// 1. the promotion is on record, of this very start of the engine, and was not sent yet
// 2. the engine shows RESOLVING by a fresh look, and nothing old may still run
// 3. a whole write lease fits into our authority
action promote(glance& look) {
    const auto& seen = look.seen;
    const auto& times = seen.chosen.times;
    if (!is_running(seen) || !is_promoting(seen) || seen.hands.failover_sent) return {};
    if (!may_command(seen) || !guard_is_fresh(look) || !promotion_is_on_record(seen)) return {};
    if (engine_role(seen) != role::resolving) return {};
    auto latest = seen.held->until - times.write_lease;
    if (seen.now >= latest) return {};
    return fail_over{guarded(seen, {role::resolving}, latest), times.write_lease, false};
}

// 1. FAILOVER was accepted and PRIMARY is not seen yet
action watch_promotion(glance& look) {
    const auto& seen = look.seen;
    if (!is_running(seen) || !seen.hands.failover_sent || !seen.engine.last) return {};
    if (engine_role(seen) == role::primary || seen.hands.role) return {};
    if (!may_look(look)) return {};
    return look_now{};
}

// 1. PRIMARY is seen under the term of our promotion: from here on it is our line
action take_line(glance& look) {
    const auto& seen = look.seen;
    if (!holds_authority(seen) || !is_promoting(seen) || !may_write_record(seen)) return {};
    if (engine_role(seen) != role::primary || seen.record.value.line == seen.held->of) return {};
    auto next = seen.record.value;
    const auto& group = *seen.engine.last->group;
    next.group_id = group.group_id;
    next.line = seen.held->of;
    if (group.sequence_number != next.numbered.number)
        next.numbered = configuration{seen.held->of, group.sequence_number};
    return save_record{next};
}

// The first reason to let go of a Lease that cannot be used (rule 16):
// 1. the engine refused
// 2. FAILOVER was given up, or took longer than its limit; or nobody looked for a whole write
//    lease, and nothing of it has been seen for five seconds since
// 3. our own vote was refused or the time for votes is over
std::string_view why_hopeless(glance& look) {
    const auto& seen = look.seen;
    const auto& hands = seen.hands;
    if (engine_role(seen) == role::primary && is_promoting(seen)) return {};
    if (is_promoting(seen) && hands.failover_sent && !hands.role) {
        if (hands.last_role_error == 41142) return reason::not_synchronized;
        if (!hands.failover_accepted) return reason::promotion_refused;
        const auto& idle = hands.failover_idle_since;
        if (look.reached(*hands.failover_sent + seen.chosen.promotion_limit) ||
            (idle && seen.engine.last->sent_at - *idle >= 5s))
            return reason::promotion_late;
        return {};
    }
    if (is_promoting(seen) && !hands.failover_sent && hands.last_role_error != 0 &&
        hands.last_role_command == command::failover)
        return reason::promotion_refused;
    if (!hands.failover_sent && look.reached(seen.held->until - seen.chosen.times.write_lease))
        return reason::no_majority;
    // As long as a vote may take; a silent other of two is known to be silent only then.
    auto patience = is_member(seen) ? duration{6s} : duration{4s};
    if (!hands.failover_sent && !before_bootstrap(seen) &&
        look.reached(*seen.running.acquired_at + patience) && !is_promoting(seen))
        return reason::no_majority;
    return {};
}

action let_go(glance& look) {
    const auto& seen = look.seen;
    if (!is_running(seen) || seen.record.value.line == seen.held->of) return {};
    auto why = why_hopeless(look);
    if (why.empty()) return {};
    return give_up(seen, why);
}

constexpr std::array table{
    rule{"give_up_candidacy", "The Lease is held and cannot be used: it is let go.", let_go},
    rule{"take_line", "The engine is primary under our term: it is written down.", take_line},
    rule{"promote", "A majority voted for us: the engine is told to fail over.", promote},
    rule{"watch_promotion",
         "The engine accepted and is not primary yet: it is watched.",
         watch_promotion},
    rule{"record_promotion",
         "A majority voted for us: the promotion is written down first.",
         record_promotion},
    rule{"collect_votes",
         "The Lease is ours and votes are wanting: the peers are asked.",
         collect_votes},
    rule{"acquire_lease", "A majority would vote for us: the Lease is reached for.", acquire},
    rule{"look_before_asking",
         "The Lease may be taken: the engine is looked at before the peers are asked.",
         look_first},
    rule{"ask_prevotes",
         "The Lease may be taken: the peers are asked before it is touched.",
         ask_first},
    rule{"ask_peers", "What the peers have is not known well enough: they are asked.", ask_peers},
};

}  // namespace

// 1. the engine answers, is healthy, knows the group, and the record is there
// 2. this replica may lead: synchronous, not barred by the spec, not strange, not vetoed, its pod
//    is staying and not fenced, the group not paused; named, where failover to it is manual
// 3. its configuration is not below what the Lease records, its line not below a forced failover
// 4. the engine is not following a living primary, unless the Lease was let go
// 5. where the Lease keeps a set, it names this replica (rule 27)
std::vector<std::string> candidate_refusals(const observation& seen) {
    if (regime_of(seen) != regime::protocol) return {std::string(reason::cluster_type_none)};
    std::vector<std::string> no;
    auto add = [&](bool bad, std::string_view code) {
        if (bad) no.emplace_back(code);
    };
    const auto* me = own_spec(seen);
    const auto* group = group_of(seen);
    add(!engine_answers(seen), reason::engine_unknown);
    add(!judge_health(seen.engine, seen.chosen, seen.now).healthy, reason::engine_unhealthy);
    add(engine_answers(seen) && !group && !before_bootstrap(seen), reason::group_unknown);
    add(!seen.record.trouble.empty(), reason::newer_format);
    add(group && group->sequence_number > 0 && !seen.record.intact, reason::record_missing);
    add(!me || me->mode != availability_mode::synchronous, reason::not_synchronous);
    add(me && !me->may_lead, reason::may_not_lead);
    add(is_fenced(seen, seen.self.name), reason::fenced);
    add(seen.orders.pause && !is_hand_over_under_way(seen), reason::paused);
    add(is_refused(seen), reason::cluster_type_differs);
    add(me && !me->automatic && !is_named_to_lead(seen), reason::manual_failover);
    add(seen.record.value.strange.has_value(), reason::strange_primary);
    add(seen.vetoed && seen.now < seen.vetoed->until, reason::vetoed);
    add(seen.deleting, reason::pod_deleted);
    add(seen.hands.fencing_unavailable, reason::fencing_unavailable);
    if (const auto& record = seen.lease.record) {
        add(record->format > format_version, reason::newer_format);
        add(group && !record->group_id.empty() && record->group_id != group->group_id,
            reason::other_group);
        add(record->lower_bound && own_configuration(seen) < *record->lower_bound,
            reason::below_lease);
        add(record->forced && seen.record.value.line < *record->forced, reason::below_forced);
        add(is_barred_by_set(seen, seen.self.name), reason::not_in_set);
    }
    return no;
}

std::span<const rule> candidacy_rules() {
    return table;
}

}  // namespace ha::agent
