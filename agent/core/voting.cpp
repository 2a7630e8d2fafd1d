// SPDX-License-Identifier: MIT
#include "agent/core/voting.hpp"

#include "agent/core/membership.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/witness.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

using reasons = std::vector<std::string>;

const database_position* find(const std::vector<database_position>& all, const std::string& name) {
    auto found = std::find_if(
        all.begin(), all.end(), [&](const database_position& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

// The voter has every log the candidate has, at least as long, and one that is longer.
bool covers_and_more(const claim& voter, const claim& candidate) {
    bool more = false;
    for (const auto& mine : candidate.databases) {
        const auto* theirs = find(voter.databases, mine.name);
        if (!mine.hardened.known()) return false;
        if (!theirs || !theirs->hardened.known() || theirs->hardened < mine.hardened) return false;
        more = more || theirs->hardened > mine.hardened;
    }
    for (const auto& theirs : voter.databases) {
        if (!theirs.hardened.known()) return false;
        more = more || !find(candidate.databases, theirs.name);
    }
    return more;
}

claim own_claim(const observation& seen) {
    return claim{own_configuration(seen), own_positions(seen)};
}

// A voter that could not be promoted itself must not hold up who can (rule 13, excuses). Where the
// candidate had to be named, the voter might have been, too: its failover mode does not bar it.
bool barred_itself(const observation& seen, const std::string& candidate) {
    const auto* me = own_spec(seen);
    const auto* other = seen.spec.find(candidate);
    bool named = other && !other->automatic;
    return !me || !(named ? may_ever_lead(seen, *me) : may_run(seen, *me)) ||
           (seen.vetoed && seen.now < seen.vetoed->until);
}

// What bars any answer but no: nothing is known of the own engine, record or group. A member of the
// Lease's set needs no vote, only that nobody here follows another (rule 27): of an engine that is
// dead, knows no group or was made primary by hand that is certain once it is sealed.
void add_unfit(const observation& seen, bool member, reasons& no) {
    if (!engine_answers(seen) && !(member && engine_has_ended(seen)))
        no.emplace_back(reason::engine_unknown);
    const auto* group = group_of(seen);
    if (engine_answers(seen) && !group && !member) no.emplace_back(reason::group_unknown);
    if (!seen.record.trouble.empty()) no.emplace_back(reason::newer_format);
    if (group && (group->sequence_number <= 0 || !seen.record.intact))
        no.emplace_back(reason::record_missing);
    if (seen.record.value.strange && !member) no.emplace_back(reason::strange_primary);
    if (is_removed(seen)) no.emplace_back(reason::not_a_member);
}

// What excuses a candidate whose log is behind: that the Lease names it, or that it is in the set
// of rule 27.
struct standing_for {
    const std::string& candidate;
    claim has;
    term line = 0;  // of the candidate
    bool named = false;
    bool member = false;
};

// As in rule 18: what was configured here under an older line than the candidate's, and is not in
// its configuration, was never committed; also where its primary has been followed since, but did
// not come to tell its own. There are two data voters: one of them led that line.
bool is_superseded(const observation& seen, term line) {
    const auto& record = seen.record.value;
    bool led = record.voted == record.line && record.voted_for == seen.self.uid;
    if (record.line != line || led) return record.line < line;
    return own_configuration(seen).line < line;
}

// Of the other of two only what may have been committed counts against a member: not what was
// configured by hand, for whoever did it is not in the set by it. Nobody else could lead (rule 27).
void add_standing(const observation& seen, const standing_for& asked, reasons& no) {
    if (asked.member && (seen.record.value.strange || is_superseded(seen, asked.line))) return;
    auto found = compare(asked.has, own_claim(seen));
    if (found == standing::behind_configuration) no.emplace_back(reason::behind_configuration);
    if (found == standing::behind_log && !asked.named && !asked.member &&
        !barred_itself(seen, asked.candidate))
        no.emplace_back(reason::behind_log);
}

// A peer said within a period that it is primary and has authority. It is not asked anew for this.
bool sees_primary(const observation& seen, const std::string& candidate) {
    return std::any_of(seen.peers.begin(), seen.peers.end(), [&](const auto& one) {
        const auto& [name, peer] = one;
        if (name == candidate || !peer_answers(peer) || !peer.answered_at) return false;
        bool leads = peer.status->authority && peer.status->local_role == role::primary;
        return leads && seen.now - *peer.answered_at < seen.chosen.times.period;
    });
}

void add_below_forced(const observation& seen, term line, reasons& no) {
    if (seen.lease.record && seen.lease.record->forced && line < *seen.lease.record->forced)
        no.emplace_back(reason::below_forced);
}

struct runner {
    claim has;
    const replica_spec* spec = nullptr;
    int votes = 0;
};

bool ahead(const runner& left, const runner& right) {
    if (left.votes != right.votes) return left.votes > right.votes;
    bool left_behind = compare(left.has, right.has) != standing::level;
    bool right_behind = compare(right.has, left.has) != standing::level;
    if (left_behind != right_behind) return right_behind;
    if (left.spec->wanted != right.spec->wanted) return left.spec->wanted;
    if (left.spec->priority != right.spec->priority)
        return left.spec->priority > right.spec->priority;
    return left.spec->ordinal < right.spec->ordinal;
}

}  // namespace

standing compare(const claim& candidate, const claim& voter) {
    if (candidate.numbered < voter.numbered) return standing::behind_configuration;
    if (candidate.numbered > voter.numbered) return standing::level;
    return covers_and_more(voter, candidate) ? standing::behind_log : standing::level;
}

// assumption: no commit is acknowledged that the primary's own log has not hardened.
bool is_excused(const observation& seen, const pod_identity& candidate, term line) {
    const auto& record = seen.lease.record;
    if (!record || !record->released || !candidate.is(record->released->target)) return false;
    return !candidate.is(record->released->by) || line == record->transitions;
}

std::vector<std::string> voters(const observation& seen) {
    const auto* group = group_of(seen);
    return group && !group->replicas.empty() ? voters_of(*group) : voters_of(seen.spec);
}

std::size_t voters_number(const observation& seen) {
    auto votes = [](const auto& one) { return one.mode != availability_mode::asynchronous; };
    const auto* group = group_of(seen);
    bool known = group && !group->replicas.empty();
    auto number = known ? std::ranges::count_if(group->replicas, votes)
                        : std::ranges::count_if(seen.spec.replicas, votes);
    return static_cast<std::size_t>(number);
}

std::size_t majority_of(std::size_t voters) {
    return voters / 2 + 1;
}

// 1. the engine here answers, knows the group, has its record and was not made primary by hand
// 2. no working primary is seen: not the own engine with authority, and while the Lease is not
// known
//    to have been let go none that it is connected to and no peer that said so a moment ago
// 3. no promise or vote stands in the way: `voted` is only compared when the vote itself is asked
// 4. the candidate is not behind, and not below the last forced failover
std::vector<std::string> prevote_refusals(const observation& seen, const prevote_question& asked) {
    reasons no;
    add_unfit(seen, asked.member, no);
    auto role_here = engine_role(seen);
    if (holds_authority(seen) && role_here == role::primary) no.emplace_back(reason::is_primary);
    const auto* group = group_of(seen);
    bool let_go = seen.lease.record && seen.lease.record->holder.empty();
    if (role_here == role::secondary && group && group->connected && !let_go)
        no.emplace_back(reason::primary_lives);
    else if (!let_go && sees_primary(seen, asked.candidate))
        no.emplace_back(reason::primary_lives);
    if (group || asked.member)
        add_standing(seen,
                     {asked.candidate,
                      {asked.numbered, asked.databases},
                      asked.line,
                      is_excused(seen, {asked.candidate, asked.candidate_uid}, asked.line),
                      asked.member},
                     no);
    add_below_forced(seen, asked.line, no);
    return no;
}

// 1. as above: engine, group, record, not strange
// 2. the term is at least the one voted in; in that very term the vote is for that very pod
// 3. the term is not below one that was read in the Lease
// 4. the engine here is not PRIMARY with authority in force for a term not older than the
// question's
// 5. a first comparison, so that a voter that would refuse is not sealed for nothing
std::vector<std::string> vote_refusals(const observation& seen, const vote_question& asked) {
    reasons no;
    add_unfit(seen, asked.member, no);
    const auto& record = seen.record.value;
    if (asked.wanted < record.voted) no.emplace_back(reason::term_too_low);
    if (asked.wanted == record.voted && !record.voted_for.empty() &&
        record.voted_for != asked.candidate_uid)
        no.emplace_back(reason::voted_otherwise);
    if (seen.lease.record && seen.lease.record->transitions > asked.wanted)
        no.emplace_back(reason::term_too_low);
    if (seen.held && seen.held->of >= asked.wanted && asked.candidate_uid != seen.self.uid)
        no.emplace_back(reason::is_primary);
    if (group_of(seen) || asked.member) {
        auto other = sealed_refusals(seen, asked);
        no.insert(no.end(), other.begin(), other.end());
    }
    return no;
}

std::vector<std::string> sealed_refusals(const observation& seen, const vote_question& asked) {
    reasons no;
    add_standing(
        seen,
        {asked.candidate, {asked.numbered, asked.databases}, asked.line, asked.named, asked.member},
        no);
    add_below_forced(seen, asked.line, no);
    return no;
}

int takeover_rank(const observation& seen) {
    std::vector<std::pair<std::string, claim>> voting;
    std::vector<runner> runners;

    auto enter = [&](const std::string& name, const claim& has, bool fit) {
        voting.emplace_back(name, has);
        const auto* spec = seen.spec.find(name);
        if (!spec || !fit || !may_run(seen, *spec)) return;
        if (is_barred_by_set(seen, name)) return;
        runners.push_back(runner{has, spec, 0});
    };
    enter(seen.self.name, own_claim(seen), true);
    for (const auto& [name, peer] : seen.peers) {
        if (!peer.status || !peer.status->engine_known || peer.status->group_id.empty()) continue;
        if (!peer.answered_at || seen.now - *peer.answered_at > seen.chosen.times.lease) continue;
        const auto& told = *peer.status;
        enter(name, claim{told.numbered, told.databases}, told.record_intact && !told.strange);
    }
    for (auto& one : runners)
        for (const auto& [name, has] : voting)
            one.votes += compare(one.has, has) == standing::level ? 1 : 0;
    auto self = std::find_if(runners.begin(), runners.end(), [&](const runner& one) {
        return one.spec->name == seen.self.name;
    });
    if (self == runners.end()) return static_cast<int>(runners.size());
    return static_cast<int>(std::count_if(runners.begin(), runners.end(), [&](const runner& one) {
        return &one != &*self && ahead(one, *self);
    }));
}

prevote_question own_prevote(const observation& seen) {
    prevote_question asked;
    asked.candidate = seen.self.name;
    asked.candidate_uid = seen.self.uid;
    asked.numbered = own_configuration(seen);
    asked.line = seen.record.value.line;
    asked.databases = own_positions(seen);
    asked.member = is_member(seen);
    return asked;
}

vote_question own_vote(const observation& seen) {
    vote_question asked;
    asked.candidate = seen.self.name;
    asked.candidate_uid = seen.self.uid;
    if (seen.held) {
        asked.wanted = seen.held->of;
        asked.time_left = seen.held->until - seen.now;
    }
    asked.numbered = own_configuration(seen);
    asked.line = seen.record.value.line;
    asked.databases = own_positions(seen);
    asked.named = seen.running.named;
    asked.member = is_member(seen);
    return asked;
}

}  // namespace ha::agent
