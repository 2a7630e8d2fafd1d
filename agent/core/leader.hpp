// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

// Whom a replica may be put under, and how it does there (rules 18 and 31).

namespace ha::agent {

// The peer says, by an answer younger than L, that it is PRIMARY and has authority.
bool leads(const observation& seen, const peer_view& peer);

// A peer whose last question was answered does.
bool somebody_leads(const observation& seen);

// Whom rule 18 lets this engine follow; null: nobody.
const peer_status* leader(const observation& seen);

// The group there is not the one here: never touched (rule 31).
bool is_of_other_group(const observation& seen, const peer_status& told);

// The configuration here is above the primary's, and was taken under its term or a later one: never
// touched (rule 31).
bool is_ahead_of(const observation& seen, const peer_status& told);

// The own record names this primary as the one to follow.
bool is_recorded(const observation& seen, const peer_status& to);

// SECONDARY with its primary.
bool is_attached(const observation& seen);
// And every database is as far as its mode lets it come.
bool has_caught_up(const observation& seen);

// The ladder of rule 31 for a replica whose engine does not come under the primary that its
// supervisor speaks with, or gets nothing from it: how often both endpoints are restarted, and how
// long each time waits.
inline constexpr int endpoint_restarts_max = 5;
duration endpoint_restart_pause(int restarts);  // 30 s, doubling, at most ten minutes

}  // namespace ha::agent
