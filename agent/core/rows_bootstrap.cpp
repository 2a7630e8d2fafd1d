// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"
#include "agent/core/takeover.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

#include <array>

// The first time (rule 28): one replica makes the group, and nobody ever does it again.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

bool clear_to_make(const observation& seen) {
    return seen.spec_known && seen.instance_ready && peers_know_no_group(seen) &&
           !seen.record.value.strange;
}

// Nobody can have authority by an earlier Lease whose length rule 10 would have us wait for:
// 1. in this life nobody was seen to hold one: a holder writes its length
// 2. since this one was seen, every other replica of the spec was asked, and answered that it holds
//    no authority, has no PUT under way, and knows no group
bool is_first_lease(const observation& seen) {
    const auto& lease = seen.lease;
    if (lease.longest > duration::zero() || !lease.changed_at) return false;
    return std::all_of(seen.peers.begin(), seen.peers.end(), [&](const auto& one) {
        const auto& at = one.second.answered_at;
        return at && *at >= *lease.changed_at + seen.chosen.peer_limit;
    });
}

// 1. the Lease was never marked, may be taken by us now, and what it says is settled
// 2. every other replica has answered that it knows no group, and its endpoint and ours are ready
action acquire(glance& look) {
    const auto& seen = look.seen;
    if (!before_bootstrap(seen) || seen.held || seen.leaving || !may_write_lease(seen)) return {};
    if (!clear_to_make(seen) || !candidate_refusals(seen).empty()) return {};
    if (!hands_are_idle(seen)) return {};
    auto due = takeover_due(seen, own_spec(seen)->ordinal);
    bool may = due && (is_first_lease(seen) || look.reached(*due));
    if (!may) return {};
    auto wanted = renewed(seen);
    wanted.transitions = next_term(seen);
    return put_lease{lease_put{put_purpose::acquire, wanted, {}}};
}

// 1. the Lease is ours and unmarked, the engine knows no group
// 2. the record names the promotion before CREATE is sent
action record_creation(glance& look) {
    const auto& seen = look.seen;
    if (!before_bootstrap(seen) || !holds_authority(seen) || seen.leaving) return {};
    if (engine_role(seen) != role::absent || !clear_to_make(seen) || !may_write_record(seen))
        return {};
    if (seen.record.value.promoting == seen.held->of) return {};
    if (seen.record.value.promoting || !look.past(seen.record.failed_at, 200ms)) return {};
    auto next = seen.record.value;
    next.voted = seen.held->of;
    next.voted_for = seen.self.uid;
    next.promoting = seen.held->of;
    next.promoting_engine = seen.engine.last->started;
    return save_record{next};
}

// 1. as above, on record, and CREATE was not sent under this term
action create(glance& look) {
    const auto& seen = look.seen;
    const auto& times = seen.chosen.times;
    if (!before_bootstrap(seen) || !has_right_to_primary(seen) || seen.leaving) return {};
    if (engine_role(seen) != role::absent || !clear_to_make(seen)) return {};
    if (!may_command(seen) || !guard_is_fresh(look) || !promotion_is_on_record(seen)) return {};
    auto latest = seen.held->until - times.write_lease;
    if (seen.now >= latest || !look.past(seen.hands.last_role_attempt, 1s)) return {};
    return create_group{
        guarded(seen, {role::absent}, latest), times.write_lease, wanted_required(seen.spec)};
}

// 1. the engine is PRIMARY under our term, and the Lease does not carry the group's id: the group
// was
//    just made, or the Lease was made anew
action mark(glance& look) {
    const auto& seen = look.seen;
    if (!has_right_to_primary(seen) || seen.leaving || !may_write_lease(seen)) return {};
    if (!lease_is_mine(seen) || !seen.lease.record->group_id.empty()) return {};
    if (engine_role(seen) != role::primary) return {};
    if (!look.past(seen.lease.last_attempt, 100ms)) return {};
    auto wanted = renewed(seen);
    wanted.group_id = seen.engine.last->group->group_id;
    return put_lease{lease_put{put_purpose::mark_group, wanted, {}}};
}

// 1. the engine is PRIMARY and its REQUIRED is not what rule 27, the spec or `auto` asks for
action require(glance& look) {
    const auto& seen = look.seen;
    if (!has_right_to_primary(seen) || engine_role(seen) != role::primary || seen.leaving)
        return {};
    if (!seen.spec_known || !may_command(seen) || !guard_is_fresh(look)) return {};
    auto wanted = required_now(seen);
    if (!wanted || group_of(seen)->required == *wanted) return {};
    bool again = seen.hands.last_role_command == command::set_required;
    if (again && !look.past(seen.hands.last_role_attempt, 1s)) return {};
    return set_required{guarded(seen, {role::primary}, seen.held->until), *wanted};
}

constexpr std::array table{
    rule{"mark_group", "The group is made: its id is written into the Lease, once for all.", mark},
    rule{"create_group", "Nobody knows a group and the Lease is ours: it is made here.", create},
    rule{"record_creation",
         "The group is about to be made: it is written down first.",
         record_creation},
    rule{"acquire_to_create",
         "Nobody knows a group and the Lease is free: it is reached for.",
         acquire},
    rule{"set_required",
         "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT is not what it should be.",
         require},
};

}  // namespace

std::span<const rule> bootstrap_rules() {
    return table;
}

}  // namespace ha::agent
