// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"
#include "agent/core/orders.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/witness.hpp"

#include <array>

// Replicas come and go, one at a time, by the primary (rule 29).

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

bool may_change(const observation& seen) {
    return is_primary(seen) && !seen.leaving && !open_request(seen);
}

// 1. we are primary, the specification no longer names us, and one that it names could take over
// 2. primary for a while: where that one did not take the role, it is offered again, not at once
action step_aside(glance& look) {
    const auto& seen = look.seen;
    const auto* me = own_spec(seen);
    if (!may_change(seen) || !seen.spec_known || !me || me->wanted) return {};
    step_down how;
    how.reason = reason::not_wanted;
    how.target = best_target(seen);
    how.since = seen.now;
    how.orderly = true;
    if (how.target.empty() || !switchover_refusals(seen, how.target).empty()) return {};
    if (!look.past(seen.hands.primary_since, 10s)) return {};
    return begin_step_down{how};
}

// 1. primary, nobody asks for a switchover, and the configuration is not what is specified
// 2. nothing speaks against the next step: the one before is known to majorities of old and new
//    voters, and what REQUIRED and a majority need stays
// 3. where it begins or ends two data voters: the Lease names this primary alone
// 4. what the engine refused is tried again every ten seconds
action change(glance& look) {
    const auto& seen = look.seen;
    if (!may_change(seen) || !may_command(seen) || !guard_is_fresh(look)) return {};
    auto next = next_member_change(seen);
    if (!next || !next->obstacles.empty() || next->replica.name == seen.self.name) return {};
    if (needs_lone_primary(seen) && !is_settled_alone(seen)) return {};
    auto pause = seen.hands.last_role_error != 0 ? 10s : 1s;
    if (!look.past(seen.hands.last_role_attempt, pause)) return {};
    return change_members{
        next->what, guarded(seen, {role::primary}, seen.held->until), next->replica};
}

// 1. a primary that we could follow has removed this replica: its copy of the group is of no use,
//    and of no danger to anybody once it is dropped; the databases stay, for a later JOIN
// 2. SECONDARY: OFFLINE first
action forget_group(glance& look) {
    const auto& seen = look.seen;
    if (!may_move(seen) || !is_removed(seen)) return {};
    if (engine_role(seen) == role::secondary) {
        if (!look.past(seen.hands.offline_failed, 1s) ||
            !look.past(seen.hands.offline_answered, 1s))
            return {};
        return take_offline{};
    }
    if (!guard_is_fresh(look) || !look.past(seen.hands.last_role_attempt, 2s)) return {};
    return drop_group{guarded(seen, {role::resolving}, seen.now + 2 * seen.chosen.times.period)};
}

constexpr std::array table{
    rule{"step_aside",
         "The specification no longer names this primary: the role goes to one that it names.",
         step_aside},
    rule{"change_members",
         "A replica is to come, to change or to go, and nothing speaks against it.",
         change},
    rule{"forget_group",
         "The primary has removed this replica: its copy of the group is dropped.",
         forget_group},
};

}  // namespace

std::span<const rule> membership_rules() {
    return table;
}

}  // namespace ha::agent
