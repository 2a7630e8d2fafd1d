// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/group.hpp"
#include "operator/core/reported.hpp"
#include "operator/core/step.hpp"

// How a group's list of replicas grows and shrinks. A pod's number is its replica's place in the
// list, so only the end of the list can change. Supervisors add and remove members, one at a time
// (protocol.md, rule 29); pods are there before their replicas are members, and go after them.

namespace ha::op {

// The annotation of the requests ConfigMap that keeps what the told list calls the replicas.
inline constexpr const char* replica_names = "ha.mssql/replicas";

// The list that supervisors were told last.
struct told_list {
    std::vector<std::string> names;  // as the resource calls them; empty: nobody knows
    value spec;                      // as supervisors read it
};

struct scale_view {
    told_list told;
    std::int64_t pods = 0;  // that the StatefulSet asks for; 0: it is not there
    bool paused = false;
    std::string holder;      // of the Lease; without a cluster the primary, as the state has it
    reported_state state{};  // nothing in it: nobody says how the group is
};

// Somebody leads whom both Lease and state name.
bool is_led(const scale_view& seen);

bool is_member(const scale_view& seen, const std::string& pod);

// Of the list's replicas, whether or not more pods are there.
std::vector<std::string> listed_pods(const group& of);

// The group with the list that was told last instead of the one asked for, and with what depends on
// it; the one asked for where nothing is known to have been told.
group with_told_list(group asked, const told_list& told);

// Why this list cannot come after that one, and what to do; empty: it can.
std::string list_refusal(const group& asked, const group& told);

// What supervisors were told of clusterType; what is asked when they were told nothing yet.
bool told_read_scale(const group& asked, const told_list& told);

// Why the cluster type that is asked for cannot be had. Empty when it stays.
std::string type_refusal(const group& asked, const group& told);

// As many pods as the list has, and the pods of those that are still in the group. While nobody
// leads who could say who is, no pod goes.
std::int64_t needed_pods(const group& listed, const scale_view& seen);

// The first of these that is so:
//  1. the group was never formed, or its members are those that are listed: nothing
//  2. the group is paused: hold, because supervisors change nothing then
//  3. nobody leads: wait
//  4. a listed replica is no member: wait until it has joined
//  5. the primary is not listed: wait until it has handed over
//  6. a member is not listed: wait until it is removed, the last first
step next_scale_step(const group& listed, const scale_view& seen);

// What is told while a roll goes on and another list is asked for: one after the other.
step scale_after_roll();

}  // namespace ha::op
