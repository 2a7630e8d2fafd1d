// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

// What people have ordered, and what is left to do under it (rule 30): pause, fenced pods, failover
// only by name.

namespace ha::agent {

// The group is paused, or of another cluster type than is asked for: most rows do not act.
bool stands_still(const observation& seen);
// The row acts where the group stands still, too.
bool acts_nevertheless(const observation& seen, std::string_view row);
// The row acts in a pause, too.
bool goes_on_in_pause(std::string_view row);

bool is_fenced(const observation& seen, const std::string& replica);
// Primary by somebody's word at the least: synchronous, neither barred nor fenced.
bool may_ever_lead(const observation& seen, const replica_spec& one);
// Primary without being named.
bool may_run(const observation& seen, const replica_spec& one);

// A hand-over to us was begun just now: it is ended although a pause was ordered meanwhile, for
// nobody leads.
bool is_hand_over_under_way(const observation& seen);

// The request that is to be worked on now: the first without an answer. Null: none, or what
// predecessors answered is not known yet.
const standing_request* open_request(const observation& seen);

// For a replica that takes a Lease only when it is named. It is, where
// 1. the Lease was released for it
// 2. the group is being formed: this is no failover
// 3. somebody asked for a switchover to it after the Lease was last renewed. A request that stood
//    when this supervisor began to watch does not count: it may have been carried out long ago
bool is_named_to_lead(const observation& seen);

// Lets the Lease go and names itself, because failover to others is manual, and its engine coming
// back is no failover.
bool may_take_back(const observation& seen);

}  // namespace ha::agent
