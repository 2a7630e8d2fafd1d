// SPDX-License-Identifier: MIT
#include "agent/core/membership.hpp"
#include "agent/core/rows.hpp"
#include "agent/core/witness.hpp"

#include <array>

// Two data voters: what the primary writes into the Lease before it goes on alone, and when both
// have every write again (rule 27). REQUIRED itself is set by the row that sets it for every group.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

// The Lease may be written now, in the same PUT as a renewal: under rule 3's conditions.
bool may_write_set(glance& look) {
    const auto& seen = look.seen;
    if (!has_right_to_primary(seen) || engine_role(seen) != role::primary || seen.leaving)
        return false;
    if (seen.record.value.line != seen.held->of) return false;
    if (!lease_is_mine(seen) || !may_write_lease(seen)) return false;
    return judge_health(seen.engine, seen.chosen, seen.now).healthy &&
           look.past(seen.lease.last_attempt, 200ms);
}

action write_set(const observation& seen, std::optional<std::vector<std::string>> set) {
    auto wanted = renewed(seen);
    wanted.synchronized = std::move(set);
    return put_lease{lease_put{put_purpose::renew, wanted, {}}};
}

// 1. primary of two data voters, and the Lease may be written
// 2. it keeps no set: we have every write, and it is not known who else; or the other is lost, and
//    it is not settled that we are alone (no REQUIRED in the spec forbids that)
action go_alone(glance& look) {
    const auto& seen = look.seen;
    if (!may_write_set(look) || !lease_is_witness(seen)) return {};
    bool may_lower = seen.spec.required.value_or(0) == 0;
    if (seen.witness.apart_since) look.reached(*seen.witness.apart_since + apart_limit);
    bool alone = other_is_lost(seen) && may_lower && !is_settled_alone(seen);
    if (seen.lease.record->synchronized && !alone) return {};
    return write_set(seen, std::vector{seen.self.name});
}

// 1. the Lease names us alone, or keeps a set although it is not to be the witness any more
// 2. no command of ours or of a predecessor may still change REQUIRED
// 3. REQUIRED >= 1 is seen on both, in the same configuration; then the other was seen SYNCHRONIZED
// 4. it is not about to be joined by a third voter
action come_together(glance& look) {
    const auto& seen = look.seen;
    if (!may_write_set(look) || !may_command(seen) || !is_together(seen)) return {};
    if (other_data_voter(seen).empty() || needs_lone_primary(seen)) return {};
    const auto& set = seen.lease.record->synchronized;
    if (!set || seen.spec.required == 0) return {};
    if (!seen.spec.lease_witness) return write_set(seen, std::nullopt);
    if (!stands_alone(seen)) return {};
    return write_set(seen, set_of_both(seen));
}

// 1. a replica is to come, change or go, and two data voters begin or end by it
// 2. it is not settled that the Lease names us alone
action name_alone(glance& look) {
    const auto& seen = look.seen;
    if (!may_write_set(look) || !needs_lone_primary(seen) || is_settled_alone(seen)) return {};
    return write_set(seen, std::vector{seen.self.name});
}

// 1. the Lease keeps a set, there are no two data voters any more, and there are not to be
// 2. first it names us alone: a member of {both} may not have seen the third
// 3. by a look since our last command on it REQUIRED >= 1 is in force, and another is SYNCHRONIZED
action end_set(glance& look) {
    const auto& seen = look.seen;
    if (!may_write_set(look) || !may_command(seen) || !seen.lease.record->synchronized) return {};
    if (!other_data_voter(seen).empty() || needs_lone_primary(seen)) return {};
    if (!is_settled_alone(seen)) return write_set(seen, std::vector{seen.self.name});
    if (!is_held_by_another(seen)) return {};
    return write_set(seen, std::nullopt);
}

constexpr std::array table{
    rule{"go_alone",
         "The other of two data voters is lost, or the Lease keeps no set: it names us alone.",
         go_alone},
    rule{"come_together",
         "Both data voters have every write again, and neither writes alone: the Lease names both.",
         come_together},
    rule{"name_alone",
         "Two data voters are to begin or to end: until then the Lease names us alone.",
         name_alone},
    rule{"end_set",
         "There are three voters now, and another has every write: the Lease keeps no set.",
         end_set},
};

}  // namespace

std::span<const rule> witness_rules() {
    return table;
}

}  // namespace ha::agent
