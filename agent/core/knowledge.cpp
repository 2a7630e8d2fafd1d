// SPDX-License-Identifier: MIT
#include "agent/core/knowledge.hpp"

#include "agent/core/leader.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/witness.hpp"

#include <algorithm>

// The folding of what the engine, the disk and people say. The Lease and the peers have files of
// their own: knowledge_lease.cpp, knowledge_peers.cpp.

namespace ha::agent {

namespace {

// The group was made without WRITE_LEASE_VALIDITY.
constexpr std::int32_t fencing_refused = 47116;

// Since when it holds, without a break.
void keep_since(std::optional<instant>& since, bool holds, instant now) {
    since = holds ? since.value_or(now) : std::optional<instant>{};
}

// A look taken after OFFLINE was answered shows RESOLVING: the voter follows nobody any more.
void notice_seal(observation& seen) {
    if (!seen.vote || !seen.vote->seal_from || seen.vote->sealed) return;
    const auto* group = group_of(seen);
    const auto& answered = seen.hands.offline_answered;
    if (!group || !answered || *answered < *seen.vote->seal_from) return;
    bool left = group->local_role == role::resolving && !group->pending_failover;
    if (left && seen.engine.last->sent_at > *seen.hands.offline_answer_at) seen.vote->sealed = true;
}

void notice_following(observation& seen) {
    const auto* group = group_of(seen);
    bool follows = group && group->local_role == role::secondary;
    keep_since(seen.follows.lost_since, follows && !group->connected, seen.now);
    if (follows && group->connected) seen.follows.attempts = 0;
    bool stalled = is_attached(seen) && group->stalled;
    bool joins = engine_role(seen) == role::absent && seen.follows.asked;
    bool placed =
        group ? group->local_role == role::primary || (is_attached(seen) && !stalled) : !joins;
    keep_since(seen.follows.stuck_since, !placed, seen.now);
    keep_since(seen.follows.stalled_since, stalled, seen.now);
    if (has_caught_up(seen)) {
        seen.follows.endpoint_restarts = 0;
        seen.follows.own_endpoint_restarted.reset();
        seen.follows.endpoints_restarted.reset();
    }
}

// PRIMARY may have come and gone by the end of its write lease while nobody looked: what stands
// still with its machine is woken up late, the lease is not.
void notice_failover(observation& seen, instant last_look, const engine_view& view) {
    auto& hands = seen.hands;
    bool pending = view.group && view.group->pending_failover;
    bool none = !hands.failover_sent || view.sent_at < *hands.failover_sent;
    if (none || pending || view.local_role() == role::primary) {
        hands.failover_idle_since.reset();
        return;
    }
    auto unwatched = view.sent_at - std::max(last_look, *hands.failover_sent);
    if (unwatched > seen.chosen.times.write_lease && !hands.failover_idle_since)
        hands.failover_idle_since = view.sent_at;
}

// The promotion on record has ended: what became of its FAILOVER says nothing of the next one's.
void forget_failover(observation& seen) {
    auto& hands = seen.hands;
    hands.failover_accepted = false;
    hands.failover_sent.reset();
    if (hands.last_role_command == command::failover) hands.last_role_error = 0;
}

// What our own guard stopped says nothing of the database; what was added is looked at anew before
// the next one comes.
void notice_database(observation& seen, const event::command_ended& what) {
    auto& known = seen.databases;
    known.refused.erase(known.adding);
    known.found_at.reset();
    known.asked_at.reset();
    bool refused = what.ended == event::command_ended::how::refused && !what.by_guard;
    if (refused) known.refused[known.adding] = {what.error, seen.now};
}

// A new engine knows nothing of what was asked of its predecessor.
void forget_engine(observation& seen) {
    seen.hands.failover_accepted = false;
    seen.hands.failover_sent.reset();
    seen.hands.primary_since.reset();
    seen.hands.offline_answered.reset();
    seen.hands.offline_answer_at.reset();
    seen.hands.sessions_to_end = false;
    if (seen.vote) seen.vote->sealed = false;
}

}  // namespace

void absorb(observation& seen, const event::record_loaded& what) {
    seen.record.loaded = true;
    seen.record.intact = what.record.has_value();
    seen.record.trouble = what.trouble;
    if (what.record) seen.record.value = *what.record;
}

void absorb(observation& seen, const event::record_saved& what) {
    seen.record.saving = false;
    seen.record.failed_at.reset();
    seen.record.intact = true;
    if (what.record.promoting != seen.record.value.promoting) {
        seen.hands.marked.reset();
        if (what.record.promoting) seen.hands.marked = seen.now;
    }
    if (what.record.line != seen.record.value.line && seen.follows.stuck_since)
        seen.follows.stuck_since = seen.now;
    seen.record.value = what.record;
    if (!what.record.promoting) forget_failover(seen);
    if (seen.vote && !seen.vote->seal_from && seen.vote->question.wanted == what.record.voted &&
        seen.vote->question.candidate_uid == what.record.voted_for)
        seen.vote->seal_from = seen.now;
}

void absorb(observation& seen, const event::record_not_saved&) {
    seen.record.saving = false;
    seen.record.failed_at = seen.now;
}

void absorb(observation& seen, const event::engine_seen& what) {
    auto& engine = seen.engine;
    if (engine.last && engine.last->sent_at > what.view.sent_at) return;
    bool another = engine.last && engine.last->started != what.view.started;
    engine.ticks_agree = another || !engine.last || ticks_agree(*engine.last, what.view);
    notice_voters(seen, what.view);
    notice_failover(seen, engine.last ? engine.last->sent_at : instant{}, what.view);
    engine.last = what.view;
    engine.reachable = reach::answering;
    engine.silent_since.reset();
    engine.unanswered = 0;
    // An answer of one that is proven gone says nothing of the next.
    if (!engine_has_ended(seen)) engine.answered = true;
    keep_members(seen);
    if (another) forget_engine(seen);
    bool primary = what.view.local_role() == role::primary;
    keep_since(seen.hands.primary_since, primary, seen.now);
    if (!primary && regime_of(seen) == regime::protocol) seen.answered.reset();
    bool pending = what.view.group && what.view.group->commit_pending;
    keep_since(engine.commit_pending_since, pending, seen.now);
    if (primary && has_right_to_primary(seen)) seen.vetoed.reset();
    if (!may_be_primary(seen)) seen.demoting_since.reset();
    notice_seal(seen);
    notice_following(seen);
    notice_witness(seen);
}

void absorb(observation& seen, const event::engine_not_seen& what) {
    auto& engine = seen.engine;
    engine.reachable = what.how;
    if (what.how == reach::login_refused) {
        engine.silent_since.reset();
        engine.unanswered = 0;
        return;
    }
    ++engine.unanswered;
    if (!engine.silent_since) engine.silent_since = what.sent_at;
}

void absorb(observation& seen, const event::diagnostics_seen& what) {
    seen.engine.diagnostics = what.view;
    seen.engine.diagnostics_absent = false;
}

void absorb(observation& seen, const event::diagnostics_missing&) {
    seen.engine.diagnostics.reset();
    seen.engine.diagnostics_absent = true;
}

void absorb(observation& seen, const event::processes_changed& what) {
    bool had_ended = engine_has_ended(seen);
    seen.engine.neighbour_visible = what.visible;
    seen.engine.processes = what.state;
    seen.engine.began = what.began;
    if (had_ended || !engine_has_ended(seen)) return;
    forget_engine(seen);
    seen.engine.diagnostics.reset();
    seen.engine.diagnostics_absent = false;
    seen.engine.answered = false;
    seen.demoting_since.reset();
}

void absorb(observation& seen, const event::renewal_ended& what) {
    auto& hands = seen.hands;
    hands.renewing.reset();
    if (what.good) hands.fencing_unavailable = false;
    hands.last_renewal_error = what.error;
    if (what.error == fencing_refused) hands.fencing_unavailable = true;
}

void absorb(observation& seen, const event::command_ended& what) {
    using how = event::command_ended::how;
    auto& hands = seen.hands;
    if (what.what == command::offline) {
        bool done = what.ended == how::done;
        if (done && hands.offline && seen.leaving && !hands.offline->target.empty())
            seen.leaving->target_checked = seen.leaving->target == hands.offline->target;
        hands.offline.reset();
        hands.offline_refused = what.by_guard;
        if (done) {
            hands.offline_answered = what.sent_at;
            hands.offline_answer_at = seen.now;
        } else {
            hands.offline_failed = seen.now;
        }
        if (what.ended == how::unknown) hands.sessions_to_end = true;
        return;
    }
    hands.role.reset();
    if (what.what == command::set_required) notice_required_change(seen);
    hands.last_role_error = what.ended == how::refused ? what.error : 0;
    if (what.error == fencing_refused) hands.fencing_unavailable = true;
    if (what.ended == how::unknown) hands.sessions_to_end = true;
    if (what.what == command::add_database) notice_database(seen, what);
    if (what.what == command::failover) hands.failover_accepted = what.ended == how::done;
    if (what.what == command::failover && (what.by_guard || what.ended == how::not_sent))
        hands.failover_sent.reset();
}

void absorb(observation& seen, const event::sessions_ended& what) {
    seen.hands.ending_sessions = false;
    if (what.good) seen.hands.sessions_to_end = false;
    notice_required_change(seen);
}

void absorb(observation& seen, const event::labels_written& what) {
    seen.labelling = false;
    if (what.good) {
        seen.label_role = what.role;
        seen.label_failed_at.reset();
    } else {
        seen.label_failed_at = seen.now;
    }
}

void absorb(observation& seen, const event::spec_seen& what) {
    seen.spec = what.spec;
    seen.spec_known = true;
    keep_members(seen);
}

void absorb(observation& seen, const event::orders_seen& what) {
    seen.orders = what.orders;
}

void absorb(observation& seen, const event::request_seen& what) {
    std::vector<standing_request> now;
    for (const auto& one : what.requests) {
        auto same = std::ranges::find(seen.requests, one, &standing_request::what);
        bool stood = same != seen.requests.end();
        now.push_back(stood ? *same : standing_request{one, seen.now, seen.requests_seen});
    }
    seen.requests = std::move(now);
    seen.requests_seen = true;
}

void absorb(observation& seen, const event::answers_seen& what) {
    seen.answered = what.ids;
}

void absorb(observation& seen, const event::databases_wanted& what) {
    if (seen.databases.wanted == what.what) return;
    seen.databases = database_knowledge{};
    seen.databases.wanted = what.what;
}

void absorb(observation& seen, const event::databases_looked_at& what) {
    seen.databases.asking = false;
    if (!what.found) return;
    seen.databases.found = what.found;
    seen.databases.found_at = seen.now;
}

void absorb(observation& seen, const event::pod_deleting&) {
    seen.deleting = true;
}

void absorb(observation& seen, const event::instance_prepared& what) {
    seen.instance_ready = what.ready;
}

}  // namespace ha::agent
