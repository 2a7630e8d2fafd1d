// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/rows.hpp"

// When a candidate may reach for the Lease, and how many agree with it. For candidacy and
// bootstrap.

namespace ha::agent {

// The instant at which a replica of this rank may reach for the Lease (rule 10); empty while there
// is nothing to reach for.
std::optional<instant> takeover_due(const observation& seen, int rank);

bool released_for_me(const observation& seen);

// Every other replica of the spec has answered lately that it knows no group (rule 28).
bool peers_know_no_group(const observation& seen);

// Yes from a majority of voters, our own counted; with the Lease as witness what rule 27 asks of
// the other; or, while the group has only its creator, its own.
bool has_majority(const observation& seen, const std::optional<round>& asked, bool own);

term next_term(const observation& seen);

// The group was never initialised: the Lease carries no group id.
bool before_bootstrap(const observation& seen);

}  // namespace ha::agent
