// SPDX-License-Identifier: MIT
#include "agent/core/conditions.hpp"
#include "agent/core/leader.hpp"
#include "agent/core/membership.hpp"
#include "agent/core/reasons.hpp"
#include "agent/core/witness.hpp"

// What status says where there are two synchronous replicas and no third voter.

namespace ha::agent {

using namespace std::chrono_literals;

namespace {

using conditions = std::vector<condition>;

// Without the witness, or where the spec wants a commit to wait for the other in any case.
void add_lost_secondary(const observation& seen, conditions& all) {
    const auto* group = group_of(seen);
    if (!group || engine_role(seen) != role::primary || group->databases.empty() ||
        has_enough_secondaries(seen))
        return;
    if (lease_is_witness(seen) && seen.spec.required.value_or(0) == 0) return;
    all.push_back({"LostSecondaryStopsWrites",
                   std::string(reason::two_data_voters),
                   "The secondary " + other_data_voter(seen) +
                       " is lost, and with two synchronous replicas a lost secondary stops writes: "
                       "they go on when it is synchronized again."});
}

// Our engine is not the primary's secondary, nobody is known to lead, and the other one's
// supervisor or engine does not answer.
bool has_lost_primary(const observation& seen) {
    auto peer = seen.peers.find(other_data_voter(seen));
    auto role_here = engine_role(seen);
    if (peer == seen.peers.end() || !role_here || *role_here == role::primary) return false;
    if (somebody_leads(seen) || !group_of(seen) || is_attached(seen)) return false;
    const auto& status = peer->second.status;
    if (peer_answers(peer->second) && status->engine_known) return false;
    return peer->second.asked_at || status;
}

void add_lost_primary(const observation& seen, conditions& all) {
    if (!has_lost_primary(seen)) return;
    auto other = other_data_voter(seen);
    if (!lease_is_witness(seen)) {
        all.push_back({"LostPrimaryIsWaitedFor",
                       std::string(reason::two_data_voters),
                       "The primary " + other +
                           " is lost, and with two synchronous replicas a lost primary is waited "
                           "for: neither can be promoted without the other's vote."});
    } else if (is_barred_by_set(seen, seen.self.name)) {
        all.push_back({"LostPrimaryIsWaitedFor",
                       std::string(reason::not_in_set),
                       "The primary " + other +
                           " took writes alone and is lost: this replica lacks them, so " + other +
                           " is waited for. Bring its pod back."});
    }
}

std::string who_may_lead(const observation& seen) {
    const auto& set = seen.lease.record->synchronized;
    if (!set) return "It does not say yet who has every acknowledged write.";
    if (set->size() == 1)
        return "It names " + set->front() +
               " alone: the other lacks acknowledged writes and does not take over.";
    return "It names both: either has every acknowledged write and takes over from the other.";
}

constexpr std::string_view required_setting = "REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT";

// The primary alone: writes go on, or something keeps them from it.
void add_alone(const observation& seen, conditions& all) {
    const auto* group = group_of(seen);
    if (!group || engine_role(seen) != role::primary || !is_settled_alone(seen)) return;
    auto other = other_data_voter(seen);
    if (group->required == 0) {
        all.push_back({"WritesUnprotected",
                       std::string(reason::alone),
                       seen.self.name + " takes writes alone and they are not protected since " +
                           seen.witness.settled_time + ": " + other +
                           " is not synchronized. It counts again by itself as soon as it is; "
                           "until then nobody takes over from " +
                           seen.self.name + "."});
    } else if (other_is_lost(seen) && required_now(seen) == 0 &&
               seen.now - *seen.witness.settled_at >= 10s) {
        all.push_back({"RequiredNotLowered",
                       std::string(reason::alone),
                       other + " is lost and the engine does not let " + seen.self.name +
                           " write alone. By hand, on " + seen.self.name +
                           " only: ALTER AVAILABILITY GROUP [" + seen.spec.name + "] SET (" +
                           std::string(required_setting) + " = 0)."});
    }
}

}  // namespace

void add_two_voters(const observation& seen, conditions& all) {
    if (!count_voters(configured_modes(seen)).two_data_voters()) return;
    if (!seen.spec.lease_witness) {
        all.push_back({"TwoDataVoters",
                       std::string(reason::two_data_voters),
                       "With two synchronous replicas and no witness a lost secondary stops writes "
                       "and a lost primary is waited for; a third synchronous or a "
                       "configuration-only replica lifts this, or the Lease as witness."});
    } else if (seen.lease.record) {
        all.push_back(
            {"LeaseIsWitness",
             std::string(reason::lease_is_witness),
             "With two synchronous replicas the Lease is their witness. " + who_may_lead(seen)});
    }
    if (other_data_voter(seen).empty()) return;
    add_lost_secondary(seen, all);
    add_lost_primary(seen, all);
    if (lease_is_witness(seen)) add_alone(seen, all);
}

}  // namespace ha::agent
