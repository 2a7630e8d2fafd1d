// SPDX-License-Identifier: MIT
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/voting.hpp"

#include <array>

// The voter's order (rule 13): conditions and a first comparison; `voted` on disk; the seal; then
// the numbers are read again and only that second comparison decides. The candidate's own vote goes
// the same way.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

bool is_own(const observation& seen) {
    return seen.vote && seen.vote->question.candidate_uid == seen.self.uid;
}

action say(const observation& seen, bool yes, std::vector<std::string> reasons) {
    return answer_vote{seen.vote->number, yes, std::move(reasons)};
}

// Our own vote is for a term that we no longer hold.
bool is_stale(const observation& seen) {
    return is_own(seen) && (!seen.held || seen.held->of != seen.vote->question.wanted);
}

// A member of the Lease's set asks for the seal alone (rule 27), and this engine follows nobody and
// will not by itself: it has ended, or knows no group and no command may still teach it one.
bool needs_no_seal(const observation& seen) {
    if (is_own(seen) || !seen.vote->question.member) return false;
    return engine_has_ended(seen) || (engine_role(seen) == role::absent && may_command(seen));
}

// 1. a question stands, and the record does not name it yet
// 2. one of the conditions of a vote is not met
action refuse(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote) return {};
    if (is_stale(seen)) return say(seen, false, {std::string(reason::superseded)});
    if (seen.vote->seal_from) return {};
    auto reasons = vote_refusals(seen, seen.vote->question);
    if (reasons.empty()) return {};
    return say(seen, false, std::move(reasons));
}

// 1. every condition is met: before anything else the vote is on disk
action record_vote(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || seen.vote->seal_from || !may_write_record(seen)) return {};
    if (!look.past(seen.record.failed_at, 200ms)) return {};
    auto next = seen.record.value;
    next.voted = seen.vote->question.wanted;
    next.voted_for = seen.vote->question.candidate_uid;
    return save_record{next};
}

// 1. the vote is on disk, and every older command is answered or its session gone
// 2. no OFFLINE has been answered since
action seal(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || !seen.vote->seal_from || seen.vote->sealed || !may_command(seen)) return {};
    if (needs_no_seal(seen)) return {};
    const auto& answered = seen.hands.offline_answered;
    if (answered && *answered >= *seen.vote->seal_from) return {};
    if (!look.past(seen.hands.offline_failed, 250ms)) return {};
    return take_offline{};
}

// 1. OFFLINE was answered, and the last look does not show its effect yet
action look_for_seal(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || !seen.vote->seal_from || seen.vote->sealed) return {};
    const auto& answered = seen.hands.offline_answered;
    if (!answered || *answered < *seen.vote->seal_from || !seen.engine.last) return {};
    if (!may_look(look)) return {};
    return look_now{};
}

// 1. the vote is on disk, and there is nothing to seal: what is on disk decides
action answer_for_dead(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || !seen.vote->seal_from || seen.vote->sealed || !needs_no_seal(seen)) return {};
    auto reasons = sealed_refusals(seen, seen.vote->question);
    return say(seen, reasons.empty(), reasons);
}

// 1. the seal could not be had in five seconds, or the engine is gone: no vote
action give_up_seal(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || !seen.vote->seal_from || seen.vote->sealed) return {};
    bool gone = engine_has_ended(seen);
    if (!gone && !look.reached(*seen.vote->seal_from + 5s)) return {};
    return say(seen, false, {std::string(gone ? reason::engine_gone : reason::seal_failed)});
}

// 1. sealed, and no promotion of ours may still be under way
// 2. what the engine shows now decides
action answer(glance& look) {
    const auto& seen = look.seen;
    if (!seen.vote || !seen.vote->sealed || seen.record.value.promoting) return {};
    if (!group_of(seen) || (is_own(seen) && seen.running.own_vote)) return {};
    auto asked = is_own(seen) ? own_vote(seen) : seen.vote->question;
    auto reasons = sealed_refusals(seen, asked);
    return say(seen, reasons.empty(), reasons);
}

constexpr std::array table{
    rule{"refuse_vote", "A condition of the vote is not met: the answer is no.", refuse},
    rule{"record_vote", "The vote is written down before anything else happens.", record_vote},
    rule{"seal_vote", "The voter leaves its old primary before it votes.", seal},
    rule{"answer_for_dead_engine",
         "A member of the Lease's set asks, and the engine here follows nobody for certain.",
         answer_for_dead},
    rule{"look_for_seal",
         "The engine has not shown yet that it left its old primary.",
         look_for_seal},
    rule{"give_up_seal",
         "The engine could not be taken off its old primary: the answer is no.",
         give_up_seal},
    rule{"answer_vote", "Sealed: what the engine shows now decides the vote.", answer},
};

}  // namespace

std::span<const rule> voting_rules() {
    return table;
}

}  // namespace ha::agent
