// SPDX-License-Identifier: MIT
#include "agent/codec/words.hpp"
#include "agent/core/databases.hpp"
#include "agent/core/read_scale.hpp"
#include "agent/core/reasons.hpp"
#include "agent/loop/group_loop.hpp"

#include <algorithm>

// What the loop shows to probes, people and the operator after each turn.

namespace ha::agent {

namespace {

// Only conditions that hold are known.
template <class Report>
std::vector<Report> reported(const std::vector<condition>& all) {
    std::vector<Report> told;
    for (const auto& one : all) told.push_back({one.type, true, one.reason, one.words});
    return told;
}

}  // namespace

// What predecessors answered to a request that still stands is written again with each state: an
// answer that is forgotten would have the request carried out once more.
std::vector<answer_report> group_loop::answers_to_publish() const {
    std::vector<answer_report> all;
    for (const auto& one : answers_before_) {
        auto is_it = [&](const standing_request& asked) { return asked.what.id == one.id; };
        bool ours =
            std::ranges::find(seen_.answers, one.id, &request_answer::id) != seen_.answers.end();
        if (!ours && std::ranges::any_of(seen_.requests, is_it)) all.push_back(one);
    }
    for (const auto& one : seen_.answers) {
        answer_report told;
        told.id = one.id;
        told.done = one.done;
        told.reasons = one.reasons;
        for (const auto& code : one.reasons)
            told.words += (told.words.empty() ? "" : " ") + std::string(reason::sentence(code));
        all.push_back(std::move(told));
    }
    return all;
}

void group_loop::publish() {
    bool leads = has_right_to_primary(seen_) && engine_role(seen_) == role::primary;
    if (!leads && !speaks_for_group(seen_)) {
        state_.retire();
        return;
    }
    const auto* group = group_of(seen_);
    group_state now;
    now.group = own_.group;
    now.group_id = group->group_id;
    auto known_primaries = primaries(seen_);
    if (leads) {
        now.primary = own_.self.name;
        now.of = seen_.held->of;
    } else if (known_primaries.size() == 1) {
        now.primary = known_primaries.front();
    }
    now.sequence_number = group->sequence_number;
    now.commit_pending = group->commit_pending;
    now.required = group->required;
    for (const auto& one : group->replicas) {
        replica_report told;
        told.name = one.name;
        bool self = one.name == own_.self.name;
        const auto* peer = answer_of(seen_, one.name);
        bool known = peer && peer->engine_known;
        told.role = self    ? word_of(group->local_role)
                    : known ? word_of(peer->local_role)
                            : "unknown";
        told.mode = word_of(one.mode);
        bool primary = self && group->local_role == role::primary;
        told.synchronization = primary ? "synchronized" : word_of(one.state);
        told.connected = self || one.connected.value_or(false);
        now.replicas.push_back(std::move(told));
    }
    for (auto& one : databases_of(seen_))
        now.databases.push_back({one.name, std::string(word_of(one.where)), one.reason, one.words});
    now.conditions = reported<condition_report>(tells_.conditions());
    now.answers = answers_to_publish();
    for (const auto& one : tells_.transitions()) {
        transition_report told;
        told.at = one.at;
        told.from = one.from;
        told.to = one.to;
        told.of = one.of;
        told.reason = one.reason;
        for (const auto& phase : one.phases)
            told.phases.emplace_back(
                phase.name,
                std::chrono::duration_cast<std::chrono::milliseconds>(phase.after).count());
        now.transitions.push_back(std::move(told));
    }
    state_.publish(std::move(now), leads ? authorship::sole : authorship::shared);
}

group_report group_loop::report() const {
    group_report told;
    told.group = own_.group;
    told.published_at = seen_.now;
    told.spec_known = seen_.spec_known;
    told.spec = seen_.spec;
    told.engine = seen_.engine;
    told.health = judge_health(seen_.engine, seen_.chosen, ports_.clock.now());
    auto role_here = engine_role(seen_);
    told.local_role = role_here.value_or(role::absent);
    told.role_known = role_here.has_value();
    told.caught_up_once = caught_up_once_ || role_here == role::primary;
    told.formed = is_formed(seen_);
    told.authority = holds_authority(seen_);
    told.authority_term = seen_.held ? seen_.held->of : 0;
    if (seen_.held) told.authority_left = seen_.held->until - ports_.clock.now();
    told.lease = seen_.lease.record;
    if (seen_.lease.changed_at) told.lease_age = ports_.clock.now() - *seen_.lease.changed_at;
    told.api_answers =
        seen_.lease.read_at && ports_.clock.now() - *seen_.lease.read_at < own_.chosen.times.lease;
    told.record_intact = seen_.record.intact;
    told.record_trouble = seen_.record.trouble;
    told.record = seen_.record.value;
    told.label_role = seen_.label_role;
    for (const auto& [name, peer] : seen_.peers) {
        peer_line line{name, peer_answers(peer), std::nullopt, peer.status};
        if (peer.asked_at) line.silent_for = ports_.clock.now() - *peer.asked_at;
        told.peers.push_back(std::move(line));
    }
    for (const auto& one : explain(seen_))
        told.rows.push_back({std::string(one.code), std::string(one.sentence), one.holds});
    told.last_action_code = last_code_;
    told.refusals = candidate_refusals(seen_);
    told.conditions = reported<condition_view>(tells_.conditions());
    told.transitions = tells_.transitions();
    for (const auto& one : instance_.certificates())
        told.certificates.push_back({one.name, one.expires});
    return told;
}

}  // namespace ha::agent
