// SPDX-License-Identifier: MIT
#include "agent/core/leader.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/rows.hpp"

#include <array>

// Under somebody else (rules 18 and 31): whom to follow, and how to get there.

namespace ha::agent {

using namespace std::chrono_literals;

bool may_move(const observation& seen) {
    return !holds_authority(seen) && !seen.leaving && !may_be_primary(seen) && may_command(seen) &&
           seen.record.loaded && seen.record.trouble.empty();
}

namespace {

// The primary that our record says we follow, while it leads, and of our group; null: none.
const peer_status* recorded_leader(const observation& seen) {
    const auto* to = leader(seen);
    return to && is_recorded(seen, *to) && !is_of_other_group(seen, *to) ? to : nullptr;
}

// 1. SECONDARY under an older line than the primary's term, or without its primary for longer than
//    the session timeout while a primary is there: OFFLINE first, then it can be seated again
// 2. no vote stands that a new primary has not yet answered for
action unseat(glance& look) {
    const auto& seen = look.seen;
    if (!may_move(seen) || engine_role(seen) != role::secondary) return {};
    const auto* to = leader(seen);
    if (!to || is_of_other_group(seen, *to)) return {};
    bool older = seen.record.value.line < to->authority_term;
    bool lost = seen.follows.lost_since &&
                look.reached(*seen.follows.lost_since + seen.chosen.session_timeout);
    bool settling = seen.follows.asked && !look.reached(*seen.follows.asked + 15s);
    if (!older && (!lost || settling)) return {};
    if (!look.past(seen.hands.offline_failed, 1s) || !look.past(seen.hands.offline_answered, 1s))
        return {};
    return take_offline{};
}

// 1. connected to a primary, SECONDARY, under the one on record
// 2. the engine suspended a database because a primary was made by force: some time before, for
//    the one that leads was elected, and what was acknowledged it has (rule 30 and 32)
// 3. what the engine refused is tried again after ten seconds
// Whom a person or a full disk suspended is not ours to resume.
action resume(glance& look) {
    const auto& seen = look.seen;
    if (!may_move(seen) || !is_attached(seen) || !guard_is_fresh(look)) return {};
    const auto& suspended = group_of(seen)->suspended_by_force;
    if (suspended.empty() || !recorded_leader(seen)) return {};
    const duration pause = seen.hands.last_role_error != 0 ? 10s : 1s;
    if (!look.past(seen.hands.last_role_attempt, pause)) return {};
    return resume_database{
        guarded(seen, {role::secondary}, seen.now + 2 * seen.chosen.times.period), suspended[0]};
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
    if (!to || is_of_other_group(seen, *to) || to->group_id.empty()) return {};
    if (role_here == role::absent && !is_let_in(seen, *to)) return {};
    const auto& record = seen.record.value;
    bool known = record.voted == to->authority_term && record.voted_for == to->pod_uid &&
                 record.line == to->authority_term && !record.promoting;
    if (known || !look.past(seen.record.failed_at, 500ms)) return {};
    auto next = record;
    next.numbered = own_configuration(seen);
    next.group_id = to->group_id;
    next.voted = to->authority_term;
    next.voted_for = to->pod_uid;
    next.line = to->authority_term;
    return save_record{next};
}

// 1. the engine was made primary by hand once, and has followed a primary with authority since:
//    what it had of its own is undone (rule 32)
action clear_strange(glance& look) {
    const auto& seen = look.seen;
    if (!seen.record.value.strange || !may_write_record(seen) || !has_caught_up(seen)) return {};
    const auto* to = leader(seen);
    if (!to || !is_recorded(seen, *to)) return {};
    auto next = seen.record.value;
    next.strange.reset();
    next.numbered = own_configuration(seen);
    return save_record{next};
}

duration pause_after(int attempts) {
    return std::min(duration{1s} * (1 << std::min(attempts, 5)), duration{30s});
}

// 1. RESOLVING, the primary is on record, and the last attempt is long enough ago
action follow(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::resolving || !may_move(seen) || !guard_is_fresh(look)) return {};
    if (!recorded_leader(seen)) return {};
    bool again = seen.follows.asked && seen.follows.attempts > 0;
    if (again && !look.reached(*seen.follows.asked + pause_after(seen.follows.attempts))) return {};
    return set_secondary{guarded(seen, {role::resolving}, seen.now + 2 * seen.chosen.times.period)};
}

// 1. the engine knows no group, the primary's is on record and has us in it, the endpoints are
// ready
action join(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) != role::absent || !may_move(seen) || !guard_is_fresh(look)) return {};
    const auto* to = recorded_leader(seen);
    if (!to || !seen.instance_ready || !is_let_in(seen, *to)) return {};
    if (!look.past(seen.hands.last_role_attempt, 2s)) return {};
    return join_group{guarded(seen, {role::absent}, seen.now + 2 * seen.chosen.times.period)};
}

// The primary that we should be under, with data that moves, while its supervisor answers ours.
const peer_status* out_of_reach(const observation& seen) {
    if (!may_move(seen) || !seen.follows.stuck_since || !seen.follows.asked) return nullptr;
    const auto* to = recorded_leader(seen);
    if (!to) return nullptr;
    bool named = !to->members.empty() && is_let_in(seen, *to);
    if (engine_role(seen) == role::absent && !named) return nullptr;
    return seen.peers.at(to->replica).asked_at ? nullptr : to;
}

// Since when it gets nothing although it is under its primary, or was let in and cannot join.
std::optional<instant> without_data_since(const observation& seen) {
    if (engine_role(seen) == role::absent) return seen.follows.stuck_since;
    return seen.follows.stalled_since;
}

// The same, 30 s after the engine lost it or was first put under it, and then by the ladder's
// pauses. Earlier would be too early: an engine that is young as primary lets nobody in for some
// seconds (sqlserver.md 11, L11), and one that was just let in gets nothing for a moment.
const peer_status* due_for_both(glance& look) {
    const auto& seen = look.seen;
    const auto& follows = seen.follows;
    const auto* to = out_of_reach(seen);
    if (!to || follows.endpoint_restarts >= endpoint_restarts_max) return nullptr;
    if (!look.reached(*follows.stuck_since + 30s)) return nullptr;
    if (follows.stalled_since && !look.reached(*follows.stalled_since + 15s)) return nullptr;
    bool waits = follows.endpoints_restarted &&
                 !look.reached(*follows.endpoints_restarted +
                               endpoint_restart_pause(follows.endpoint_restarts));
    return waits ? nullptr : to;
}

bool is_off_since(const observation& seen, instant when) {
    const auto& answered = seen.hands.offline_answered;
    return answered && *answered >= when;
}

// What the engine keeps of the lost connection goes only with OFFLINE before the restart.
instant ladder_begins(const observation& seen) {
    const auto& follows = seen.follows;
    auto begins = *follows.stuck_since;
    if (follows.endpoints_restarted) begins = std::max(begins, *follows.endpoints_restarted);
    return begins + 15s;
}

// 1. under its primary, and a database has got nothing for 15 s: that primary's endpoint may have
//    been restarted for another replica; or the primary has let it in, and JOIN does not come to
//    its end for as long
// 2. once; after that both are, as for one that is out of reach
action restart_own(glance& look) {
    const auto& seen = look.seen;
    const auto& follows = seen.follows;
    const auto since = without_data_since(seen);
    if (!since || follows.own_endpoint_restarted || !out_of_reach(seen)) return {};
    if (!look.reached(*since + 15s)) return {};
    return restart_own_endpoint{};
}

// 1. stuck for long enough (due_for_both), with a group to be offline in
// 2. no OFFLINE was answered lately
action offline_stuck(glance& look) {
    const auto& seen = look.seen;
    if (engine_role(seen) == role::absent) return {};
    if (!due_for_both(look) || is_off_since(seen, ladder_begins(seen))) return {};
    if (!look.past(seen.hands.offline_failed, 1s)) return {};
    return take_offline{};
}

// 1. as above, and OFFLINE was answered, or the engine has no group yet
action restart_both(glance& look) {
    const auto& seen = look.seen;
    const auto* to = due_for_both(look);
    if (!to) return {};
    bool joins = engine_role(seen) == role::absent;
    if (!joins && !is_off_since(seen, ladder_begins(seen))) return {};
    return restart_endpoints{to->replica};
}

constexpr std::array table{
    rule{"clear_strange",
         "The engine that was made primary by hand has followed a primary since: it counts again.",
         clear_strange},
    rule{"offline_unasked_secondary",
         "The engine follows somebody that nobody asked it to follow.",
         offline_unasked},
    rule{"unseat",
         "The engine follows an older primary, or lost its own: it goes offline first.",
         unseat},
    rule{"resume_database",
         "The engine suspended a database because a primary was made by force: it is resumed under "
         "the elected one.",
         resume},
    rule{"restart_own_endpoint",
         "The engine is under its primary and gets nothing from it: its own endpoint is restarted "
         "first.",
         restart_own},
    rule{"offline_stuck",
         "Both supervisors see each other, their engines do not: it goes offline before the "
         "endpoints are restarted.",
         offline_stuck},
    rule{"restart_endpoints",
         "Both supervisors see each other, their engines do not: the endpoints of both are "
         "restarted, at most five times.",
         restart_both},
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
