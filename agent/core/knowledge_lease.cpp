// SPDX-License-Identifier: MIT
#include "agent/core/knowledge.hpp"
#include "agent/core/voting.hpp"

#include <algorithm>

// What is known of the Lease, and what that makes of our authority.

namespace ha::agent {

namespace {

bool same_standing(const lease_record& left, const lease_record& right) {
    return left.holder == right.holder && left.renew_time == right.renew_time &&
           left.transitions == right.transitions && left.uid == right.uid;
}

bool is_what_was_put(const lease_record& record, const lease_put& put) {
    return record.holder == put.wanted.holder && record.transitions == put.wanted.transitions &&
           record.renew_time == put.wanted.renew_time;
}

// Authority counts from the send of a PUT that is known to be committed (rule 1). True when it is
// of a term that was not held before: a watch and a read may both tell of the same PUT.
bool count_authority(observation& seen, const lease_record& record, instant sent_at) {
    if (!seen.self.is(record.holder)) return false;
    if (seen.held && seen.held->of > record.transitions) return false;
    auto until = sent_at + seen.chosen.times.lease - seen.chosen.times.margin;
    bool known = seen.held && seen.held->of == record.transitions;
    if (known) until = std::max(until, seen.held->until);
    seen.held = authority{record.transitions, until};
    if (known) return false;
    bool named = seen.running.named;
    seen.running = candidacy{};
    seen.running.named = named;
    return true;
}

// A new term is ours: the first vote that we ask for is our own, and it is sealed like any other.
void open_own_vote(observation& seen) {
    seen.running.acquired_at = seen.now;
    standing_vote own;
    own.question = own_vote(seen);
    own.asked_at = seen.now;
    seen.vote = own;
}

// A PUT of ours was answered: what it says of the set stands, and no older PUT can land any more.
void settle_set(observation& seen, const lease_record& record, bool as_found) {
    auto& known = seen.witness;
    if (!seen.self.is(record.holder)) return;
    bool news = known.settled != record.synchronized;
    known.settled = record.synchronized;
    if (!news) return;
    known.settled_at = seen.now;
    known.settled_time = (as_found ? "before " : "") + record.renew_time.substr(0, 19) + "Z";
}

void lose_authority(observation& seen) {
    seen.held.reset();
    seen.running = candidacy{};
    if (seen.vote && seen.vote->number == 0) seen.vote.reset();
}

// Only another holder is a no (rule 2): a Lease that nobody holds and nobody released was deleted
// and made again. Authority stands until A, and the holder writes itself into it.
bool made_anew(const lease_record& record) {
    return record.holder.empty() && !record.released;
}

// A record that is here by whatever way: is it news, is it ours, is it somebody else's?
void take_in(observation& seen, const lease_record& record, instant at) {
    auto& lease = seen.lease;
    bool news = !lease.record || !same_standing(*lease.record, record);
    if (news) lease.changed_at = at;
    lease.record = record;
    lease.missing = false;
    lease.read_at = at;
    lease.longest = std::max(lease.longest, record.length);
    bool mine = seen.self.is(record.holder) && (!seen.held || record.transitions == seen.held->of);
    if (seen.held && !mine && !made_anew(record)) lose_authority(seen);
    if (seen.vetoed && record.lower_bound && record.lower_bound > own_configuration(seen))
        seen.vetoed.reset();
}

}  // namespace

// A watch may tell of the past. While we hold authority or have a PUT under way it is a hint and no
// more: what differs from what we know makes us read.
void absorb(observation& seen, const event::lease_seen& what) {
    auto& lease = seen.lease;
    if (!what.by_read && (seen.held || lease.put)) {
        bool known = (lease.record && same_standing(*lease.record, what.record)) ||
                     (lease.put && is_what_was_put(what.record, *lease.put));
        if (!known) lease.unsettled = true;
        return;
    }
    if (what.by_read) {
        lease.reading = false;
        lease.unsettled = false;
        lease.failures = 0;
    }
    auto put =
        std::find_if(lease.possible.begin(), lease.possible.end(), [&](const lease_put& one) {
            return is_what_was_put(what.record, one);
        });
    bool committed = put != lease.possible.end() && put->purpose != put_purpose::release;
    // What was given up by our own will does not come back by a late answer.
    bool counts =
        committed && (put->purpose == put_purpose::acquire ? !seen.leaving : seen.held.has_value());
    auto sent_at = committed ? put->sent_at : instant{};
    take_in(seen, what.record, what.at);
    bool acquiring = committed && put->purpose == put_purpose::acquire;
    bool new_term = counts && count_authority(seen, what.record, sent_at);
    if (new_term && acquiring) open_own_vote(seen);
    if (what.by_read) lease.possible.clear();
}

// A PUT without an answer was for the Lease that is gone: its uid never comes back.
void absorb(observation& seen, const event::lease_missing& what) {
    auto& lease = seen.lease;
    if (what.by_read) {
        lease.reading = false;
        lease.unsettled = false;
        lease.failures = 0;
        lease.possible.clear();
    }
    if (!lease.missing) lease.changed_at = what.at;
    lease.missing = true;
    lease.record.reset();
    lease.read_at = what.at;
}

void absorb(observation& seen, const event::lease_read_failed&) {
    seen.lease.reading = false;
    ++seen.lease.failures;
}

void absorb(observation& seen, const event::put_committed& what) {
    auto& lease = seen.lease;
    auto purpose = lease.put ? lease.put->purpose : put_purpose::renew;
    bool gains = purpose == put_purpose::acquire || purpose == put_purpose::inherit;
    bool wanted = gains || seen.held.has_value();
    lease.put.reset();
    lease.possible.clear();
    lease.unsettled = false;
    lease.failures = 0;
    take_in(seen, what.record, seen.now);
    settle_set(seen, what.record, gains);
    bool counts = purpose != put_purpose::release && wanted;
    bool new_term = counts && count_authority(seen, what.record, what.sent_at);
    if (new_term && purpose == put_purpose::acquire) open_own_vote(seen);
}

void absorb(observation& seen, const event::put_unanswered& what) {
    auto& lease = seen.lease;
    lease.unsettled = true;
    if (!lease.put) return;
    auto given_up = *lease.put;
    given_up.sent_at = what.sent_at;
    given_up.wanted.renew_time = what.renew_time;
    lease.possible.push_back(given_up);
    lease.put.reset();
}

void absorb(observation& seen, const event::put_not_sent&) {
    seen.lease.put.reset();
    seen.lease.unsettled = true;
}

}  // namespace ha::agent
