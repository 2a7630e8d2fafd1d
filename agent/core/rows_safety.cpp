// SPDX-License-Identifier: MIT
#include "agent/core/rows.hpp"

#include <array>

// What must be so before anything else is thought of: no role without authority (rules 7, 8, 32).

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// Something of this life says that the engine is, or may have become, PRIMARY. An engine that never
// answered since our start is left alone: it may be recovering for an hour, and its write lease
// ends by itself.
bool evidence_of_primary(const observation& seen) {
    if (!may_be_primary(seen)) return false;
    return seen.engine.last || seen.hands.failover_sent;
}

bool wants_authority(glance& look) {
    const auto& seen = look.seen;
    if (!evidence_of_primary(seen)) return false;
    if (seen.record.value.strange) return true;
    if (seen.held && look.reached(end_of_primary(seen, *seen.held))) return true;
    if (holds_authority(seen)) {
        const auto& promoting = seen.record.value.promoting;
        return !promoting || *promoting != seen.held->of;
    }
    return !may_inherit(look);
}

duration patience(const observation& seen) {
    return std::min(seen.chosen.times.write_lease, duration{2s});
}

}  // namespace

// 1. the engine answers, and a batch of ours or of a predecessor may still run in it
// 2. nobody is at it already
action end_old_sessions(glance& look) {
    const auto& hands = look.seen.hands;
    if (!engine_answers(look.seen) || !hands.sessions_to_end || hands.ending_sessions) return {};
    return end_sessions{};
}

namespace {

// 1. the engine shows PRIMARY, and no promotion of ours is on record
// 2. the record can be written and does not say so yet
action mark_strange(glance& look) {
    const auto& seen = look.seen;
    const auto& record = seen.record.value;
    if (engine_role(seen) != role::primary || record.promoting || record.strange) return {};
    if (!may_write_record(seen)) return {};
    auto next = record;
    next.strange = record.line;
    return save_record{next};
}

// 1. the role is or may be PRIMARY, by what was seen in this life
// 2. there is no authority for it: never had, ended, of another term, or made by hand
// 3. a supervisor that was just restarted beside its own primary has W to pick authority up again
// 4. no OFFLINE is under way, and the last one is long enough ago to try again
action demote(glance& look) {
    const auto& seen = look.seen;
    if (!wants_authority(look)) return {};
    const auto& hands = seen.hands;
    if (hands.offline || !look.past(hands.offline_failed, 250ms)) return {};
    if (hands.offline_answered && !look.past(hands.offline_answered, 500ms)) return {};
    return take_offline{};
}

// 1. as for demote, and the engine has had the time of rule 7 to obey
// 2. the neighbour is in sight, and not killed a moment ago
action kill_the_disobedient(glance& look) {
    const auto& seen = look.seen;
    if (!wants_authority(look) || !seen.demoting_since) return {};
    if (!look.reached(*seen.demoting_since + patience(seen))) return {};
    if (!seen.engine.neighbour_visible || !look.past(seen.hands.kill_sent, 1s)) return {};
    return kill_engine{"the engine did not give up the PRIMARY role in time"};
}

action clear_promotion(glance& look) {
    const auto& seen = look.seen;
    if (!promotion_has_ended(seen) || !may_write_record(seen)) return {};
    auto next = seen.record.value;
    next.promoting.reset();
    next.promoting_engine.clear();
    return save_record{next};
}

// 1. the engine shows another sequence number or group than the record has
// 2. the record is there: a replica that lost it does not make one up from its number
action note_configuration(glance& look) {
    const auto& seen = look.seen;
    const auto* group = group_of(seen);
    if (!group || !may_write_record(seen) || !look.past(seen.record.failed_at, 1s)) return {};
    if (!seen.record.intact) return {};
    const auto& record = seen.record.value;
    bool same = group->sequence_number == record.numbered.number &&
                (group->group_id == record.group_id || !record.group_id.empty());
    if (same) return {};
    auto next = record;
    next.numbered = own_configuration(seen);
    if (next.group_id.empty()) next.group_id = group->group_id;
    return save_record{next};
}

// 1. a later term was voted for than the one held: own authority of an older term is over
action surrender(glance& look) {
    const auto& seen = look.seen;
    if (!seen.held || seen.record.value.voted <= seen.held->of) return {};
    return give_up_authority{"a later term was voted for"};
}

// 1. OFFLINE was answered a moment ago and its effect is not seen, or SET ROLE and its is not: the
//    engine changes roles after it has answered, and others wait for us to see it; or PRIMARY is
//    new, and not enough secondaries follow it yet
action watch_role(glance& look) {
    const auto& seen = look.seen;
    const auto& hands = seen.hands;
    auto role_here = engine_role(seen);
    if (!role_here || hands.role || hands.offline) return {};
    auto lately = [&](const std::optional<instant>& when) { return when && seen.now - *when < 2s; };
    bool offline_last =
        hands.offline_answered &&
        (!hands.last_role_attempt || *hands.last_role_attempt < *hands.offline_answered);
    bool leaving = offline_last && lately(hands.offline_answered) &&
                   (role_here == role::primary || role_here == role::secondary);
    bool seating = !offline_last && lately(hands.last_role_attempt) &&
                   hands.last_role_command == command::set_role && hands.last_role_error == 0 &&
                   role_here == role::resolving;
    bool opening = role_here == role::primary && has_right_to_primary(seen) &&
                   lately(hands.primary_since) && !has_enough_secondaries(seen);
    if (!leaving && !seating && !opening) return {};
    if (!may_look(look)) return {};
    return look_now{};
}

// 1. we lead, and the last look showed a configuration commit that waits for its quorum: the peers
//    confirm it in milliseconds, and a switchover is refused until we know
// 2. no longer than two seconds: a commit that no quorum can confirm is left to the usual looks
action watch_commit(glance& look) {
    const auto& seen = look.seen;
    const auto& since = seen.engine.commit_pending_since;
    if (engine_role(seen) != role::primary || !has_right_to_primary(seen) || !since) return {};
    if (seen.now - *since >= 2s || !may_look(look)) return {};
    return look_now{};
}

constexpr std::array table{
    rule{"surrender",
         "A later term was voted for, so authority of the older one is given up.",
         surrender},
    rule{"demote_without_authority",
         "The engine is or may be primary and nothing allows it: it goes offline.",
         demote},
    rule{"kill_disobedient_engine",
         "The engine did not leave the primary role in time: it is killed.",
         kill_the_disobedient},
    rule{"end_old_sessions",
         "A command of ours or of a predecessor may still run: its session is ended.",
         end_old_sessions},
    rule{"mark_strange_primary",
         "The engine was made primary by hand: it is on record until it has followed somebody.",
         mark_strange},
    rule{"clear_promotion", "The promotion on record is proven to have ended.", clear_promotion},
    rule{"note_configuration",
         "The engine's configuration number changed: it is written down.",
         note_configuration},
    rule{"watch_role",
         "The engine answered and its role has not changed yet: it is watched.",
         watch_role},
    rule{"watch_commit",
         "A configuration commit waits for its quorum: it is watched.",
         watch_commit},
};

}  // namespace

std::span<const rule> safety_rules() {
    return table;
}

}  // namespace ha::agent
