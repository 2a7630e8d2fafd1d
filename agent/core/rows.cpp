// SPDX-License-Identifier: MIT
#include "agent/core/rows.hpp"

#include "agent/core/membership.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

namespace ha::agent {

using namespace std::chrono_literals;

bool lease_is_mine(const observation& seen) {
    return seen.lease.record && seen.self.is(seen.lease.record->holder);
}

bool lease_is_settled(const observation& seen) {
    const auto& lease = seen.lease;
    return lease.record && !lease.unsettled && !lease.put && !lease.reading;
}

bool may_write_lease(const observation& seen) {
    return lease_is_settled(seen) && seen.lease.record->format <= format_version;
}

bool may_write_record(const observation& seen) {
    const auto& record = seen.record;
    return record.loaded && record.trouble.empty() && !record.saving;
}

bool may_command(const observation& seen) {
    return engine_answers(seen) && !seen.hands.role && !seen.hands.offline &&
           !seen.hands.sessions_to_end && !seen.hands.ending_sessions;
}

bool may_look(glance& look) {
    const auto& seen = look.seen;
    if (!seen.engine.last) return false;
    return look.reached(seen.engine.last->received_at + 25ms) &&
           look.past(seen.hands.look_asked, 25ms);
}

// 1. the Lease may still name this very pod
// 2. the record says that the engine was promoted in the term that it names
// 3. no longer than W since the start (rule 9)
bool may_inherit(glance& look) {
    const auto& seen = look.seen;
    if (seen.held || !seen.record.value.promoting) return false;
    if (look.reached(seen.started + seen.chosen.times.write_lease)) return false;
    if (!seen.lease.record) return !seen.lease.missing;
    return lease_is_mine(seen) && *seen.record.value.promoting == seen.lease.record->transitions;
}

bool promotion_is_on_record(const observation& seen) {
    const auto& record = seen.record;
    if (!seen.held || record.saving || record.value.promoting != seen.held->of) return false;
    return seen.engine.last && record.value.promoting_engine == seen.engine.last->started;
}

bool hands_are_idle(const observation& seen) {
    const auto& hands = seen.hands;
    return !hands.role && !hands.offline && !hands.sessions_to_end && !hands.ending_sessions &&
           !seen.record.value.promoting;
}

bool has_asked_to_leave(const observation& seen) {
    const auto& answered = seen.hands.offline_answered;
    return seen.hands.offline || (answered && *answered > seen.leaving->since);
}

namespace {

// The configuration that a majority of voters, ourselves included, has reported, while no commit is
// pending: what every later primary must at least have.
std::optional<configuration> reported_by_majority(const observation& seen) {
    const auto* group = group_of(seen);
    if (!group || group->commit_pending) return std::nullopt;
    auto own = own_configuration(seen);
    std::size_t count = 0;
    auto all = voters(seen);
    for (const auto& name : all) {
        auto peer = seen.peers.find(name);
        bool has = name == seen.self.name || (peer != seen.peers.end() && peer->second.status &&
                                              peer->second.status->numbered >= own);
        count += has ? 1 : 0;
    }
    if (count < majority_of(all.size())) return std::nullopt;
    return own;
}

}  // namespace

lease_record renewed(const observation& seen) {
    auto wanted = *seen.lease.record;
    wanted.holder = seen.self.holder();
    wanted.length = seen.chosen.times.lease;
    wanted.released.reset();
    wanted.format = format_version;
    if (auto reported = reported_by_majority(seen))
        wanted.lower_bound = std::max(wanted.lower_bound.value_or(configuration{}), *reported);
    return wanted;
}

guard guarded(const observation& seen, std::vector<role> roles, instant until) {
    const auto& view = *seen.engine.last;
    guard when;
    if (view.group) when.group_id = view.group->group_id;
    when.replica = seen.self.name;
    when.roles = std::move(roles);
    // Rounded down: the limit can only be early.
    auto left = std::chrono::floor<std::chrono::milliseconds>(until - view.received_at);
    when.ticks_limit = view.ms_ticks + left.count();
    return when;
}

bool guard_is_fresh(glance& look) {
    const auto& seen = look.seen;
    return engine_answers(seen) && seen.engine.ticks_agree &&
           seen.now - seen.engine.last->received_at <= 2 * seen.chosen.times.period;
}

bool redo_is_short(const observation& seen, const configured_replica& one) {
    auto limit = seen.chosen.redo_limit_mb;
    return limit == 0 || one.redo_queue_kb <= limit * 1024;
}

namespace {

// As our own engine, being primary, sees that replica.
bool is_level(const observation& seen, const std::string& replica) {
    const auto* group = group_of(seen);
    if (!group) return false;
    return std::any_of(group->replicas.begin(), group->replicas.end(), [&](const auto& one) {
        return one.name == replica && is_in_step(*group, one) && redo_is_short(seen, one);
    });
}

}  // namespace

// The first that the engine calls synchronized with little to redo, then the longest log, then
// priority.
std::string best_target(const observation& seen) {
    std::string best;
    const replica_spec* best_spec = nullptr;
    claim best_claim;
    bool best_level = false;
    for (const auto& [name, peer] : seen.peers) {
        const auto* spec = seen.spec.find(name);
        if (!spec || !may_ever_lead(seen, *spec) || !spec->wanted) continue;
        if (is_barred_by_set(seen, name) || !is_in_group(seen, name)) continue;
        if (!peer_answers(peer) || !peer.status->engine_known || peer.status->strange) continue;
        claim has{peer.status->numbered, peer.status->databases};
        bool level = is_level(seen, name);
        bool better =
            !best_spec || compare(best_claim, has) != standing::level ||
            (compare(has, best_claim) == standing::level && spec->priority > best_spec->priority);
        if (best_spec && level != best_level) better = level;
        if (!better) continue;
        best = name;
        best_spec = spec;
        best_claim = has;
        best_level = level;
    }
    return best;
}

action hand_over_to_best(const observation& seen, std::string_view why) {
    const auto& hands = seen.hands;
    bool refused =
        hands.offline_refused && hands.offline_failed && seen.now - *hands.offline_failed < 5s;
    step_down how;
    how.reason = why;
    if (!refused && !seen.orders.pause) how.target = best_target(seen);
    how.since = seen.now;
    how.orderly = true;
    return begin_step_down{how};
}

}  // namespace ha::agent
