// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

// Two data voters and no third: the Lease keeps the set of those that have every acknowledged
// write, and stands in for the vote of the one that cannot be reached (rule 27).

namespace ha::agent {

// How long a secondary that answers and is not in step is waited for before its primary goes on
// alone: as long as a restarted one needs to be back. One that is silent is not waited for.
inline constexpr duration apart_limit = std::chrono::seconds{5};

// The other of exactly two voters that both hold data, by the engine's configuration, or the spec's
// while there is none. Empty: there are not two, or we are not one of them.
std::string other_data_voter(const observation& seen);

// We are one of two data voters, and the group does not forbid the Lease to be their witness.
bool lease_is_witness(const observation& seen);

// The Lease keeps a set and does not name this replica in it: it is never promoted.
bool is_barred_by_set(const observation& seen, const std::string& replica);
// The Lease is the witness and its set names us: rule 27's candidate.
bool is_member(const observation& seen);

// What the candidate needs of the other, by the answers to this round: a member the seal of one
// that is reachable, and of one that is not nothing. Without a set: its yes, and nothing there that
// is unknown or above what is here.
bool other_agrees(const observation& seen, const std::optional<round>& asked);

// Its copy of the configuration is the one that we show, taken as our secondary in our term.
bool shares_configuration(const observation& seen, const peer_status& told);

// The Lease shows us alone...
bool stands_alone(const observation& seen);
// ... and no PUT of ours can put the other beside us any more.
bool is_settled_alone(const observation& seen);
std::vector<std::string> set_of_both(const observation& seen);

// PRIMARY, and the other is not in step: silent, or for longer than apart_limit.
bool other_is_lost(const observation& seen);

// What REQUIRED should be on this primary; empty: as it is.
std::optional<int> required_now(const observation& seen);

// REQUIRED >= 1 is seen on both, and by a later look the other is in step.
bool is_together(const observation& seen);

// REQUIRED >= 1 is in force by a look since our last command on it, and by the same look another
// replica is in step: what is acknowledged is there too.
bool is_held_by_another(const observation& seen);

// What absorb() and begin() note: a look at the engine or a peer's answer; a command on REQUIRED
// that begins, ends, or whose session is gone.
void notice_witness(observation& seen);
void notice_required_change(observation& seen);

}  // namespace ha::agent
