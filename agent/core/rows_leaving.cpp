// SPDX-License-Identifier: MIT
#include "agent/core/orders.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"

#include <array>

// Giving the role up: demote, observe, release, in this order (rules 8, 24, 25).

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

action leave(const observation& seen, std::string_view why) {
    step_down how;
    how.reason = why;
    how.since = seen.now;
    return begin_step_down{how};
}

// 1. authority is held and not being given up
// 2. the engine has ended, by proof, or its health is below what the policy asks for
action leave_sick(glance& look) {
    const auto& seen = look.seen;
    if (!seen.held || seen.leaving) return {};
    if (engine_has_ended(seen)) return leave(seen, reason::engine_gone);
    if (seen.engine.silent_since)
        look.reached(*seen.engine.silent_since + seen.chosen.canary_limit);
    if (judge_health(seen.engine, seen.chosen, seen.now).healthy) return {};
    return leave(seen, reason::engine_unhealthy);
}

// 1. our own pod is being deleted while we are primary: the best of the others takes over
// 2. one that is not synchronized by OFFLINE's own check cannot be named: votes decide who it is,
//    because the pod goes in any case
action leave_deleted(glance& look) {
    const auto& seen = look.seen;
    if (!seen.deleting || !seen.held || seen.leaving) return {};
    return hand_over_to_best(seen, reason::pod_deleted);
}

// 1. the engine was PRIMARY under the term held and shows another role, by a look of its own
// 2. nobody asked it to leave: its write lease ended, or somebody typed a command. The Lease goes
// to
//    whoever gets the votes (rule 32), ourselves included
action leave_lost(glance& look) {
    const auto& seen = look.seen;
    if (!seen.held || seen.leaving || seen.record.value.line != seen.held->of) return {};
    auto role_here = engine_role(seen);
    if (!role_here || *role_here == role::primary) return {};
    return leave(seen, reason::role_lost);
}

// 1. the Lease names us, and there is no authority in force with which to use it
// 2. the role is proven not to be PRIMARY, and no inheritance is possible
action leave_stray(glance& look) {
    const auto& seen = look.seen;
    if (seen.leaving || !lease_is_mine(seen) || !lease_is_settled(seen)) return {};
    if (holds_authority(seen) || may_be_primary(seen) || may_inherit(look)) return {};
    if (seen.held && !look.reached(seen.held->until)) return {};
    return leave(seen, reason::authority_lost);
}

// 1. the role is being given up and may still be PRIMARY
// 2. no OFFLINE is under way, and the last one is a moment ago
// 3. the renewal before a hand-over is not under way any more
action step_offline(glance& look) {
    const auto& seen = look.seen;
    const auto& hands = seen.hands;
    if (!seen.leaving || !may_be_primary(seen) || hands.offline || !seen.engine.last) return {};
    if (!look.past(hands.offline_failed, 250ms)) return {};
    bool asked = has_asked_to_leave(seen);
    if (seen.leaving->orderly && !asked && seen.lease.put) return {};
    if (asked && !look.past(hands.offline_answered, 500ms)) return {};
    take_offline how;
    if (seen.leaving->orderly && !asked) how.synchronized_target = seen.leaving->target;
    return how;
}

// 1. the engine that is left is sick and did not obey within min(W, 2 s) (rule 7). One that works
//    may take until A.
// 2. the neighbour is in sight
action step_kill(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || seen.leaving->orderly || !may_be_primary(seen)) return {};
    auto patience = std::min(seen.chosen.times.write_lease, duration{2s});
    if (!look.reached(seen.leaving->since + patience)) return {};
    if (!seen.engine.neighbour_visible || !look.past(seen.hands.kill_sent, 1s)) return {};
    return kill_engine{"the engine did not give up the PRIMARY role in time"};
}

// 1. the target refused by OFFLINE's own check: nothing was changed, the role stays
action stay(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || !seen.leaving->orderly || !seen.hands.offline_refused) return {};
    if (!seen.hands.offline_failed || *seen.hands.offline_failed < seen.leaving->since) return {};
    return end_step_down{};
}

// 1. the role is proven not to be PRIMARY, and no mark of a promotion is left on disk
// 2. the Lease names us and what it says is settled
// 3. it was not acquired a moment ago: nobody may take it and let it go as fast as he can
action release(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || may_be_primary(seen) || seen.record.value.promoting) return {};
    if (!lease_is_mine(seen) || !may_write_lease(seen)) return {};
    if (!look.past(seen.running.acquired_at, 100ms)) return {};
    auto wanted = *seen.lease.record;
    release_note note;
    note.by = seen.self.holder();
    note.reason = seen.leaving->reason;
    auto peer = seen.peers.find(seen.leaving->target);
    if (seen.leaving->target_checked && peer != seen.peers.end() && peer->second.status)
        note.target = seen.leaving->target + "_" + peer->second.status->pod_uid;
    else if (may_take_back(seen))
        note.target = seen.self.holder();
    wanted.holder.clear();
    wanted.released = note;
    return put_lease{lease_put{put_purpose::release, wanted, {}}};
}

bool names_us_no_longer(const observation& seen) {
    return seen.lease.missing || (lease_is_settled(seen) && !lease_is_mine(seen));
}

// 1. the role is left, and the Lease was deleted, or made anew, meanwhile: there is nothing to
//    release, and authority by the one that is gone must not keep us from the new one
action give_up_gone(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || !seen.held || may_be_primary(seen) || seen.record.value.promoting)
        return {};
    if (!names_us_no_longer(seen)) return {};
    return give_up_authority{"the Lease that it was counted from is gone"};
}

bool earns_veto(std::string_view why) {
    return why == reason::no_majority || why == reason::promotion_refused ||
           why == reason::not_synchronized || why == reason::promotion_late;
}

// 1. the role is left and the Lease names us no longer
// 2. who could not use the Lease lets others go first: L, doubling to 8 L (rule 16)
action finish(glance& look) {
    const auto& seen = look.seen;
    if (!seen.leaving || may_be_primary(seen) || seen.held) return {};
    if (!names_us_no_longer(seen)) return {};
    end_step_down done;
    if (earns_veto(seen.leaving->reason)) {
        auto base = seen.chosen.times.lease;
        auto length = seen.vetoed ? std::min(2 * seen.vetoed->length, 8 * base) : base;
        done.then = veto{seen.now + length, length, seen.leaving->reason};
    }
    return done;
}

// The engine's container has no probe that is quick: its liveness must outlast the longest back-off
// of a restarting sidecar. So the neighbour ends an engine that hangs, whatever its role.
// 1. the engine that runs now has answered once, so it is not recovering; it is not being stopped
// 2. it has been silent for its limit and twenty seconds more, over three questions at the least: a
//    machine that was paused shows one
// 3. the policy counts silence, and the neighbour is in sight
action end_silent(glance& look) {
    const auto& seen = look.seen;
    const auto& engine = seen.engine;
    if (!engine.answered || !engine.silent_since || engine.unanswered < 3) return {};
    if (seen.deleting || seen.chosen.monitor_policy < 1) return {};
    if (!engine.neighbour_visible || engine.processes != process_state::alive) return {};
    if (!look.reached(*engine.silent_since + seen.chosen.canary_limit + 20s)) return {};
    if (!look.past(seen.hands.kill_sent, 1s)) return {};
    return kill_engine{"the engine answers no longer"};
}

constexpr std::array table{
    rule{"leave_sick_engine", "The engine is sick or gone: the role is given up.", leave_sick},
    rule{"leave_deleted_pod", "The pod is being deleted: the role is handed over.", leave_deleted},
    rule{"leave_lost_role",
         "The engine is primary no longer and nobody asked for it: the Lease is let go.",
         leave_lost},
    rule{"stay_primary", "The target is not synchronized: the hand-over is called off.", stay},
    rule{"step_offline", "The role is being given up: the engine goes offline.", step_offline},
    rule{"step_kill", "A sick engine did not go offline in time: it is killed.", step_kill},
    rule{"release_lease", "The role is proven to be left: the Lease is released.", release},
    rule{"give_up_gone_lease",
         "The role is left and the Lease was made anew meanwhile: nothing is held any more.",
         give_up_gone},
    rule{"finish_step_down", "The Lease names us no longer: the role has been given up.", finish},
    rule{"leave_stray_lease",
         "The Lease names us and we cannot use it: it is released.",
         leave_stray},
    rule{"kill_silent_engine",
         "The engine has worked and answers no longer: it is killed, and its container restarts.",
         end_silent},
};

}  // namespace

std::span<const rule> leaving_rules() {
    return table;
}

}  // namespace ha::agent
