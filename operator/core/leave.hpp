// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/scale.hpp"

// How a SqlServer that is being deleted leaves the group that it forms with others: its finalizer
// holds it, and so its pod, until the others do without its replica (docs/preview.md).

namespace ha::op {

inline constexpr const char* leave_finalizer = "ha.mssql/leave-group";

// A deletion ends, whatever the group does.
inline constexpr std::chrono::seconds leave_patience{30};

struct leave_view {
    std::string pod;
    std::vector<std::string> stay;  // pods of the SqlServers that are not being deleted
    scale_view group;               // told: pods, as supervisors read them
    std::chrono::nanoseconds waited{};
};

// The first of these that is so:
//  1. nobody stays, or the group was never formed: nothing is waited for
//  2. supervisors are told a list that names it: wait
//  3. the group is paused: wait, for supervisors change nothing then
//  4. nobody leads: wait
//  5. it is primary: wait until it has handed over
//  6. it is no member: nothing is waited for
//  7. of two it is the secondary: nothing is waited for, because the group can spare it only when
//     it is gone (docs/two-replicas.md)
//  8. it is a member: wait until it is removed
//  9. what would be waited for was waited for during leave_patience: stopped, and it goes all the
//     same
step next_leave_step(const leave_view& seen);

// The finalizers that a resource should have. `leaves`: what its deletion waits for has happened.
std::vector<std::string> wanted_finalizers(std::vector<std::string> there,
                                           bool in_group,
                                           bool deleting,
                                           bool leaves);

}  // namespace ha::op
