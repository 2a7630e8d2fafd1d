// SPDX-License-Identifier: MIT
#include "agent/core/knowledge.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/witness.hpp"

// What is known of the peers, of their questions and of their answers to ours.

namespace ha::agent {

void absorb(observation& seen, const event::peer_answered& what) {
    auto found = seen.peers.find(what.replica);
    if (found == seen.peers.end()) return;
    found->second.status = what.status;
    found->second.answered_at = what.at;
    found->second.asked_at.reset();
    notice_witness(seen);
}

// What it said before stays, with its time: who reads it judges by that.
void absorb(observation& seen, const event::peer_silent& what) {
    auto found = seen.peers.find(what.replica);
    if (found == seen.peers.end()) return;
    found->second.asked_at = what.at;
    if (found->second.status) {
        found->second.status->authority = false;
        found->second.status->working = false;
    }
}

void absorb(observation& seen, const event::status_round_ended&) {
    seen.status_running = false;
}

void absorb(observation& seen, const event::prevote_answered& what) {
    auto& asked = seen.running.prevotes;
    if (!asked || asked->number != what.number) return;
    asked->yes[what.replica] = what.yes;
    asked->reasons[what.replica] = what.reasons;
}

void absorb(observation& seen, const event::prevotes_ended& what) {
    auto& asked = seen.running.prevotes;
    if (asked && asked->number == what.number) asked->running = false;
}

void absorb(observation& seen, const event::vote_answered& what) {
    auto& asked = seen.running.votes;
    if (!asked) return;
    // A yes of an earlier round of the same term stands: the voter is sealed.
    if (what.yes || asked->number == what.number) asked->yes[what.replica] |= what.yes;
    if (asked->number == what.number) asked->reasons[what.replica] = what.reasons;
}

void absorb(observation& seen, const event::votes_ended& what) {
    auto& asked = seen.running.votes;
    if (asked && asked->number == what.number) asked->running = false;
}

// One question stands at a time. The same candidate asking again for the same term gets the seal
// that is already there; an older term than the standing one never takes its place.
void absorb(observation& seen, const event::vote_asked& what) {
    if (seen.vote && seen.vote->question.wanted > what.question.wanted) return;
    bool same = seen.vote && seen.vote->question.wanted == what.question.wanted &&
                seen.vote->question.candidate_uid == what.question.candidate_uid;
    standing_vote next;
    if (same) next = *seen.vote;
    next.number = what.number;
    next.question = what.question;
    next.asked_at = seen.now;
    seen.vote = next;
}

void absorb(observation& seen, const event::primary_noticed& what) {
    auto found = seen.peers.find(what.notice.replica);
    if (found == seen.peers.end()) return;
    auto& peer = found->second;
    seen.status_asked.reset();
    if (!peer.status) return;
    peer.status->pod_uid = what.notice.pod_uid;
    peer.status->authority = true;
    peer.status->working = true;
    peer.status->authority_term = what.notice.of;
    peer.status->local_role = role::primary;
    peer.status->numbered = what.notice.numbered;
    peer.answered_at = what.at;
}

void absorb(observation& seen, const event::primary_pushed& what) {
    seen.pushing = false;
    seen.pushed_term = what.of;
}

}  // namespace ha::agent
