// SPDX-License-Identifier: MIT
#include "test/sim/invariants.hpp"

#include <algorithm>
#include <chrono>

namespace ha::sim {

namespace {

std::string in_ms(duration span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count()) +
           " ms";
}

std::string pod_of(const std::string& holder) {
    return holder.substr(0, holder.find('_'));
}

// Until every supervisor has seen a pause, and what was under way has ended.
constexpr auto pause_grace = std::chrono::seconds{5};

bool needs_authority(const std::string& statement) {
    static const std::set<std::string> known{"renew_write_lease",
                                             "failover",
                                             "create_group",
                                             "set_required",
                                             "add_replica",
                                             "modify_replica",
                                             "remove_replica"};
    return known.contains(statement);
}

}  // namespace

invariants::invariants(duration margin, report violate)
    : margin_(margin), violate_(std::move(violate)) {}

std::optional<instant> invariants::authority_end(const std::string& pod) const {
    auto found = own_.find(pod);
    if (found == own_.end()) return std::nullopt;
    return found->second.renewed_at + found->second.length - margin_;
}

void invariants::changed_hands(instant now, const std::string& what) {
    if (calm_from_ && now >= *calm_from_)
        violate("L2: " + what + ", " + in_ms(now - *calm_from_) + " after all had been calm");
}

void invariants::took_over(instant now, const std::string& what) {
    if (paused_ && now >= *paused_ + pause_grace)
        violate("S6: " + what + ", " + in_ms(now - *paused_) + " into a pause");
}

// A Lease that its holder let go may be taken at once; one that it did not stands for its whole
// length, and so does one that was emptied without a word.
void invariants::lease_written(instant now, const lease_sight& next) {
    bool let_go = next.holder.empty() && !last_.holder.empty();
    bool taken = !next.holder.empty() && next.holder != last_.holder;
    if (let_go) {
        if (next.may_be_primary)
            violate("S4: released while " + pod_of(last_.holder) + " may be PRIMARY");
        if (next.released && next.release_reason.empty())
            violate("S7: " + pod_of(last_.holder) + " released the Lease without a reason");
    }
    if (taken) {
        bool stands = !last_.released && !stands_for_.empty() && stands_for_ != next.holder;
        auto left = last_written_ + stands_length_ - now;
        if (stands && left > duration::zero())
            violate("rule 10: " + pod_of(next.holder) + " took the Lease of " +
                    pod_of(stands_for_) + " with " + in_ms(left) + " left of it");
        if (stands_for_ != next.holder) took_over(now, pod_of(next.holder) + " took the Lease");
    }
    if (next.holder != last_.holder)
        changed_hands(now, "the Lease went from '" + last_.holder + "' to '" + next.holder + "'");
    if (!next.holder.empty()) {
        auto [known, first] = holders_.try_emplace(next.of, next.holder);
        if (!first && known->second != next.holder)
            violate("S3: term " + std::to_string(next.of) + " belongs to " + pod_of(known->second) +
                    " and to " + pod_of(next.holder));
        own_[next.holder] = next;
        stands_for_ = next.holder;
        stands_length_ = next.length;
    }
    last_written_ = now;
    last_ = next;
}

void invariants::statement_sent(const std::string& pod, const std::string& name, instant own_now) {
    if (!needs_authority(name)) return;
    auto end = authority_end(pod);
    if (!end) return violate("S5: " + pod_of(pod) + " sent " + name + " and never held the Lease");
    if (own_now >= *end)
        violate("S5: " + pod_of(pod) + " sent " + name + " " + in_ms(own_now - *end) +
                " after its authority ended");
}

void invariants::commits_alone(const std::string& replica) {
    if (!last_.set) return;
    for (const auto& one : *last_.set)
        if (one != replica)
            violate("rule 27: the Lease names " + one + ", and " + replica + " commits without it");
}

void invariants::promotion_accepted(const std::string& pod) {
    if (last_.set && !last_.set->contains(pod_of(pod)))
        violate("rule 27: " + pod_of(pod) + " is promoted and the set does not name it");
    // One that is deleted takes no authority away: it was the last to be named, and none came
    // since.
    bool deleted = last_.holder.empty() && !last_.released && stands_for_ == pod;
    if (last_.holder == pod || deleted) return;
    violate("S3: " + pod_of(pod) + " is promoted while the Lease names '" + pod_of(last_.holder) +
            "'");
}

void invariants::became_primary(const std::string& pod, instant now) {
    // One whose FAILOVER was accepted long ago and took effect only now is not the newest.
    auto of = own_.contains(pod) ? own_[pod].of : agent::term{0};
    if (of >= newest_term_) {
        newest_primary_ = pod;
        newest_term_ = of;
        newest_since_ = now;
    }
    changed_hands(now, pod_of(pod) + " became PRIMARY");
    took_over(now, pod_of(pod) + " became PRIMARY");
}

void invariants::write_lease_granted(const std::string& pod, instant end, instant own_now) {
    auto until = authority_end(pod);
    if (end <= own_now || (until && end <= *until)) return;
    violate("rule 4: the write lease of " + pod_of(pod) + " ends " +
            (until ? in_ms(end - *until) + " after its authority" : "and it has no authority"));
}

void invariants::writable_now(const std::vector<std::string>& pods) {
    if (pods.size() < 2) return;
    violate("S2: " + pod_of(pods[0]) + " and " + pod_of(pods[1]) + " both accept writes");
}

void invariants::acknowledged(std::int64_t key, const std::string& pod) {
    acknowledged_.insert(key);
    writers_[key] = pod;
}

void invariants::acknowledged_since(const std::string& pod, instant submitted) {
    bool superseded = !newest_primary_.empty() && newest_primary_ != pod;
    if (superseded && submitted > newest_since_)
        violate("S9: " + pod_of(pod) + " acknowledged a write " + in_ms(submitted - newest_since_) +
                " after " + pod_of(newest_primary_) + " had become PRIMARY");
}

void invariants::read_back(const std::string& pod,
                           const std::set<std::int64_t>& expected,
                           const std::set<std::int64_t>& there) {
    for (auto key : expected) {
        if (there.contains(key)) continue;
        return violate("S1: key " + std::to_string(key) + ", acknowledged by " +
                       pod_of(writers_[key]) + ", is not in " + pod_of(pod));
    }
}

void invariants::record_saved(const std::string& pod,
                              const agent::replica_record& before,
                              const agent::replica_record& after) {
    if (after.voted < before.voted)
        violate("S8: " + pod_of(pod) + " goes back from term " + std::to_string(before.voted) +
                " to " + std::to_string(after.voted));
    bool other = !before.voted_for.empty() && after.voted_for != before.voted_for;
    if (after.voted == before.voted && other)
        violate("S8: " + pod_of(pod) + " is for two pods in term " + std::to_string(after.voted));
}

void invariants::voted(const std::string& pod, bool sealed) {
    if (!sealed) violate("rule 13: " + pod_of(pod) + " votes and is not sealed");
}

void invariants::refused(const std::string& what, const std::vector<std::string>& reasons) {
    bool said =
        std::any_of(reasons.begin(), reasons.end(), [](const auto& one) { return !one.empty(); });
    if (!said) violate("S7: " + what + " was refused without a reason");
}

void invariants::request_answered(const std::string& id,
                                  bool done,
                                  const std::vector<std::string>& reasons) {
    answered_.insert(id);
    if (!done) refused("request " + id, reasons);
}

void invariants::end(instant now,
                     std::optional<instant> last_acknowledged,
                     duration silence_allowed) {
    if (!last_acknowledged || now - *last_acknowledged > silence_allowed)
        violate("L1: no write was acknowledged in the last " + in_ms(silence_allowed));
    if (!last_request_.empty() && !answered_.contains(last_request_))
        violate("L3: request " + last_request_ + " was never answered");
}

}  // namespace ha::sim
