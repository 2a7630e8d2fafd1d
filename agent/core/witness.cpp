// SPDX-License-Identifier: MIT
#include "agent/core/witness.hpp"

#include "agent/core/membership.hpp"
#include "agent/core/voting.hpp"

#include <algorithm>

namespace ha::agent {

namespace {

using names = std::vector<std::string>;

const peer_view* peer_named(const observation& seen, const std::string& name) {
    auto found = seen.peers.find(name);
    return found == seen.peers.end() ? nullptr : &found->second;
}

bool is_in_step_with_us(const observation& seen) {
    const auto* group = group_of(seen);
    const auto* other = group ? group->find(other_data_voter(seen)) : nullptr;
    return other && is_in_step(*group, *other);
}

const std::optional<names>& set_of(const observation& seen) {
    static const std::optional<names> none;
    return seen.lease.record ? seen.lease.record->synchronized : none;
}

bool names_replica(const names& set, const std::string& replica) {
    return std::find(set.begin(), set.end(), replica) != set.end();
}

// No excuses where nobody knows who had every write: each position is known, and none above ours.
bool covers(const std::vector<database_position>& ours,
            const std::vector<database_position>& theirs) {
    return std::all_of(theirs.begin(), theirs.end(), [&](const auto& one) {
        auto mine = std::find_if(
            ours.begin(), ours.end(), [&](const auto& here) { return here.name == one.name; });
        return one.hardened.known() && mine != ours.end() && mine->hardened.known() &&
               one.hardened <= mine->hardened;
    });
}

}  // namespace

std::string other_data_voter(const observation& seen) {
    if (voters_number(seen) != 2) return {};
    auto all = voters(seen);
    if (!names_replica(all, seen.self.name)) return {};
    auto other = all[0] == seen.self.name ? all[1] : all[0];
    const auto* group = group_of(seen);
    for (const auto& name : all) {
        const auto* one = group ? group->find(name) : nullptr;
        const auto* spec = seen.spec.find(name);
        auto mode = one ? one->mode : spec ? spec->mode : availability_mode::asynchronous;
        if (mode != availability_mode::synchronous) return {};
    }
    return other;
}

bool lease_is_witness(const observation& seen) {
    return seen.spec.lease_witness && !other_data_voter(seen).empty();
}

bool is_barred_by_set(const observation& seen, const std::string& replica) {
    return set_of(seen) && !names_replica(*set_of(seen), replica);
}

bool is_member(const observation& seen) {
    return lease_is_witness(seen) && set_of(seen) && names_replica(*set_of(seen), seen.self.name);
}

bool other_agrees(const observation& seen, const std::optional<round>& asked) {
    auto name = other_data_voter(seen);
    const auto* other = peer_named(seen, name);
    if (!asked || !other) return false;
    auto said = asked->yes.find(name);
    bool yes = said != asked->yes.end() && said->second;
    // Silent when the Lease was reached for, or through the whole round before that.
    bool unreachable =
        !peer_answers(*other) && !asked->reasons.contains(name) && (seen.held || !asked->running);
    if (is_member(seen)) return yes || unreachable;
    if (!yes || !other->status || set_of(seen)) return false;
    const auto& told = *other->status;
    return told.engine_known && told.record_intact && told.line <= seen.record.value.line &&
           told.numbered.number > 0 && told.numbered <= own_configuration(seen) &&
           covers(own_positions(seen), told.databases);
}

bool shares_configuration(const observation& seen, const peer_status& told) {
    return told.engine_known && told.working && told.local_role == role::secondary &&
           told.line == seen.record.value.line &&
           told.numbered.number == group_of(seen)->sequence_number;
}

bool stands_alone(const observation& seen) {
    return set_of(seen) == names{seen.self.name};
}

bool is_settled_alone(const observation& seen) {
    return seen.witness.settled == names{seen.self.name};
}

std::vector<std::string> set_of_both(const observation& seen) {
    names both{seen.self.name, other_data_voter(seen)};
    std::sort(both.begin(), both.end());
    return both;
}

bool other_is_lost(const observation& seen) {
    if (!seen.witness.apart_since || engine_role(seen) != role::primary) return false;
    const auto* other = peer_named(seen, other_data_voter(seen));
    bool gone = other && (other->asked_at || (other->status && !other->status->engine_known));
    return gone || seen.now - *seen.witness.apart_since >= apart_limit;
}

// 1. without the witness, or where the spec names a number that no loss lowers: that number
// 2. the Lease is not known to name us alone: one that may name both needs 1; while that is being
//    found out nothing is lowered, and nothing raised that may stand
// 3. alone: 0 without the other, 1 as soon as it is in step; while it is awaited, as it is
std::optional<int> required_now(const observation& seen) {
    if (!lease_is_witness(seen) || seen.spec.required.value_or(0) > 0)
        return required_of_members(seen);
    if (!is_settled_alone(seen)) {
        bool both = set_of(seen) && !stands_alone(seen);
        return both ? std::optional<int>{1} : std::nullopt;
    }
    if (seen.spec.required) return *seen.spec.required;
    if (is_in_step_with_us(seen)) return 1;
    return other_is_lost(seen) ? std::optional<int>{0} : std::nullopt;
}

bool is_together(const observation& seen) {
    const auto& since = seen.witness.both_required;
    return since && seen.engine.last && seen.engine.last->sent_at > *since &&
           is_in_step_with_us(seen);
}

bool is_held_by_another(const observation& seen) {
    const auto* group = group_of(seen);
    if (!group || group->required < 1 || seen.engine.last->sent_at <= seen.witness.required_from)
        return false;
    return std::ranges::any_of(group->replicas, [&](const auto& one) {
        bool data = one.mode == availability_mode::synchronous && one.name != seen.self.name;
        return data && is_in_step(*group, one);
    });
}

void notice_witness(observation& seen) {
    auto& known = seen.witness;
    auto keep = [&](std::optional<instant>& since, bool holds) {
        since = holds ? since.value_or(seen.now) : std::optional<instant>{};
    };
    auto name = other_data_voter(seen);
    bool leads = engine_role(seen) == role::primary && !name.empty();
    const auto* other = leads ? peer_named(seen, name) : nullptr;
    keep(known.apart_since, leads && !is_in_step_with_us(seen));
    const auto& hands = seen.hands;
    bool changing = hands.role || hands.sessions_to_end || hands.ending_sessions;
    keep(known.both_required,
         other && other->status && !changing && seen.engine.last->sent_at > known.required_from &&
             group_of(seen)->required > 0 && other->status->required.value_or(0) > 0 &&
             shares_configuration(seen, *other->status));
}

void notice_required_change(observation& seen) {
    seen.witness.required_from = seen.now;
    seen.witness.both_required.reset();
}

}  // namespace ha::agent
