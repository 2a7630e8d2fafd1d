// SPDX-License-Identifier: MIT
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
    if (seen.record.value.line != seen.held->of || other_data_voter(seen).empty()) return false;
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
    if (!may_write_set(look) || !seen.spec.lease_witness) return {};
    bool may_lower = seen.spec.required.value_or(0) == 0;
    if (seen.witness.apart_since) look.reached(*seen.witness.apart_since + apart_limit);
    bool alone = other_is_lost(seen) && may_lower && !is_settled_alone(seen);
    if (seen.lease.record->synchronized && !alone) return {};
    return write_set(seen, std::vector{seen.self.name});
}

// 1. the Lease names us alone, or keeps a set although it is not to be the witness any more
// 2. no command of ours or of a predecessor may still change REQUIRED
// 3. REQUIRED >= 1 is seen on both, in the same configuration; then the other was seen SYNCHRONIZED
action come_together(glance& look) {
    const auto& seen = look.seen;
    if (!may_write_set(look) || !may_command(seen) || !is_together(seen)) return {};
    const auto& set = seen.lease.record->synchronized;
    if (!set || seen.spec.required == 0) return {};
    if (!seen.spec.lease_witness) return write_set(seen, std::nullopt);
    if (!stands_alone(seen)) return {};
    return write_set(seen, set_of_both(seen));
}

constexpr std::array table{
    rule{"go_alone",
         "The other of two data voters is lost, or the Lease keeps no set: it names us alone.",
         go_alone},
    rule{"come_together",
         "Both data voters have every write again, and neither writes alone: the Lease names both.",
         come_together},
};

}  // namespace

std::span<const rule> witness_rules() {
    return table;
}

}  // namespace ha::agent
