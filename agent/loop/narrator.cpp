// SPDX-License-Identifier: MIT
#include "agent/loop/narrator.hpp"

#include "agent/codec/words.hpp"
#include "agent/core/reasons.hpp"
#include "common/k8s/lease_codec.hpp"

#include <algorithm>
#include <utility>

namespace ha::agent {

namespace {

std::string role_word(const observation& seen) {
    auto found = engine_role(seen);
    return found ? std::string(word_of(*found)) : "unknown";
}

bool has_phase(const std::vector<phase_view>& phases, std::string_view name) {
    return std::any_of(
        phases.begin(), phases.end(), [&](const auto& one) { return one.name == name; });
}

}  // namespace

narrator::narrator(clock_source& clock, log::logger lines)
    : clock_(clock), lines_(std::move(lines)) {}

std::vector<k8s::event_note> narrator::take_events() {
    auto taken = std::move(events_);
    events_.clear();
    return taken;
}

void narrator::tell_action(const decision& what) {
    lines_.write("action_started", {{"row", what.code}});
}

// The same trouble is told once a minute, not at every attempt.
bool narrator::repeats(std::string_view what, const std::string& why) {
    auto now = clock_.now();
    auto& last = told_failures_[std::string(what)];
    if (last.why == why && now - last.at < std::chrono::minutes{1}) return true;
    last = told_failure{why, now};
    return false;
}

void narrator::tell_failure(std::string_view what, const std::string& why) {
    if (!repeats(what, why)) lines_.write("action_failed", {{"action", what}, {"why", why}});
}

void narrator::tell_api(const std::string& trouble) {
    constexpr const char* subject = "the API";
    bool was_down = told_failures_.contains(subject);
    if (trouble.empty()) {
        told_failures_.erase(subject);
        if (was_down) lines_.write("api_up");
    } else if (!repeats(subject, trouble)) {
        lines_.write("api_down", {{"why", trouble}});
    }
}

void narrator::tell(const observation& now) {
    auto seen = glance_at(now);
    if (!before_) before_ = seen;
    tell_engine(now, seen);
    tell_lease(now, seen);
    tell_primary(now);
    tell_conditions(now);
    before_ = std::move(seen);
}

narrator::glance narrator::glance_at(const observation& now) {
    glance seen;
    seen.answers = engine_answers(now);
    seen.role = role_word(now);
    seen.ended = engine_has_ended(now);
    seen.health = judge_health(now.engine, now.chosen, now.now);
    if (now.lease.record) seen.holder = now.lease.record->holder;
    seen.held = now.held;
    seen.leaving = now.leaving.has_value();
    seen.answers_given = now.answers.size();
    return seen;
}

// What lasts for less than three seconds is the way of every failover, and not told.
void narrator::tell_conditions(const observation& now) {
    for (auto& [type, one] : standing_) one.holds = false;
    conditions_ = conditions_of(now);
    for (const auto& one : conditions_) {
        auto& known = standing_.try_emplace(one.type, standing_condition{now.now}).first->second;
        known.holds = true;
        if (known.told || now.now - known.since < std::chrono::seconds{3}) continue;
        known.told = true;
        lines_.write("condition_set", {{"condition", one.type}, {"why", one.words}});
        bool wrong = one.type != "LeaseIsWitness";  // which is how a group of two is made
        events_.push_back({wrong, one.type, "Observe", one.words});
    }
    std::erase_if(standing_, [&](const auto& one) {
        if (!one.second.holds && one.second.told)
            lines_.write("condition_cleared", {{"condition", one.first}});
        return !one.second.holds;
    });
}

void narrator::tell_engine(const observation& now, const glance& seen) {
    const auto& before = *before_;
    if (before.answers != seen.answers) {
        if (seen.answers) {
            lines_.write("engine_up", {{"role", seen.role}});
        } else {
            lines_.write("engine_down");
        }
    }
    if (seen.ended && !before.ended) {
        lines_.write("engine_exited");
        events_.push_back({true, "EngineExited", "Observe", "The engine's processes are gone."});
    }
    if (engine_role(now) && before.role != seen.role)
        lines_.write("engine_role_changed", {{"from", before.role}, {"to", seen.role}});
    const auto& health = seen.health;
    if (before.health != health)
        lines_.write(
            "engine_health_changed",
            {{"healthy", health.healthy}, {"level", health.tripped}, {"why", health.reason}});
}

void narrator::tell_lease(const observation& now, const glance& seen) {
    const auto& before = *before_;
    if (before.holder != seen.holder)
        lines_.write("lease_seen",
                     {{"holder", seen.holder},
                      {"term", now.lease.record ? now.lease.record->transitions : 0}});
    bool gained = now.held && (!before.held || before.held->of != now.held->of);
    if (gained) lines_.write("lease_acquired", {{"term", now.held->of}});
    if (before.held && !now.held) {
        if (now.leaving) {
            lines_.write("lease_released",
                         {{"term", before.held->of}, {"why", now.leaving->reason}});
        } else {
            lines_.write("lease_lost", {{"term", before.held->of}});
        }
    }
    if (now.leaving && !before.leaving) {
        auto why = reason::sentence(now.leaving->reason);
        lines_.write("condition_set",
                     {{"condition", "stepping_down"},
                      {"why", now.leaving->reason},
                      {"target", now.leaving->target}});
        events_.push_back({true, "SteppingDown", "StepDown", std::string(why)});
    }
    for (auto i = before.answers_given; i < now.answers.size(); ++i) {
        const auto& answer = now.answers[i];
        if (answer.done) {
            lines_.write("request_done", {{"request", answer.id}});
        } else {
            lines_.write("request_refused", {{"request", answer.id}, {"reasons", answer.reasons}});
        }
    }
}

void narrator::phase(const char* name, instant at) {
    if (!detected_) {
        detected_ = at;
        phases_.clear();
    }
    if (has_phase(phases_, name)) return;
    phases_.push_back({name, at - *detected_});
    lines_.write("promotion_started", {{"phase", name}, {"after_s", at - *detected_}});
}

// Who led before, and why he let go: the release says it, for as long as nobody has taken the
// Lease.
void narrator::follow_lease(const observation& now) {
    if (!now.lease.record) return;
    const auto& record = *now.lease.record;
    if (record.released) {
        if (holder_.empty()) holder_ = record.released->by;
        reason_ = record.released->reason;
    }
    if (record.holder.empty()) return;
    if (record.holder == holder_ && record.transitions == holder_term_) return;
    if (!now.self.is(record.holder)) detected_.reset();
    from_ = holder_.substr(0, holder_.find('_'));
    holder_ = record.holder;
    holder_term_ = record.transitions;
    taken_for_ = std::exchange(reason_, {});
}

void narrator::tell_primary(const observation& now) {
    follow_lease(now);
    if (before_->held && !now.held) detected_.reset();
    // A round of questions that led to nothing is not the beginning of what comes much later, nor
    // of what comes after somebody else took the Lease.
    const auto& asked = now.running.prevotes;
    bool reaching = asked && now.now - asked->started < std::chrono::seconds{5} &&
                    asked->started >= now.lease.changed_at.value_or(instant{});
    if (!now.held && reaching) phase("detected", now.now);
    if (!now.held && !reaching) detected_.reset();
    if (!now.held) return;
    // One who was restarted beside its own primary goes on in the same term: no transition.
    if (now.running.acquired_at) acquired_ = now.held->of;
    if (acquired_ != now.held->of) return;
    phase("lease", now.now);
    if (now.record.value.promoting == now.held->of) phase("votes", now.now);
    bool primary = engine_role(now) == role::primary && now.record.value.line == now.held->of;
    if (primary && !has_phase(phases_, "promoted")) {
        phase("promoted", now.now);
        events_.push_back(
            {false,
             "Promoted",
             "Promote",
             "This replica is primary in term " + std::to_string(now.held->of) + "."});
    }
    if (primary && has_enough_secondaries(now)) phase("writable", now.now);
    bool routed = primary && now.label_role == "primary" && !now.labelling;
    if (routed) phase("routed", now.now);
    bool complete = has_phase(phases_, "writable") && has_phase(phases_, "routed");
    bool told = !transitions_.empty() && transitions_.back().of == now.held->of;
    if (primary && complete && !told) finish_transition(now);
}

void narrator::finish_transition(const observation& now) {
    transition_view done;
    done.at = k8s::micro_time(clock_.wall_time());
    done.from = from_;
    done.to = now.self.name;
    done.of = now.held->of;
    done.reason = taken_for_;
    if (done.reason.empty())
        done.reason = from_.empty() ? reason::bootstrap : reason::lease_expired;
    done.phases = phases_;
    transitions_.push_back(done);
    if (transitions_.size() > 20) transitions_.erase(transitions_.begin());
    std::vector<std::string> words;
    for (const auto& one : phases_) {
        auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(one.after).count();
        words.push_back(one.name + " " + std::to_string(ms));
    }
    lines_.write(
        "promotion_done",
        {{"term", now.held->of}, {"from", done.from}, {"why", done.reason}, {"phases_ms", words}});
}

}  // namespace ha::agent
