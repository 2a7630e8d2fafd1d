// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/decision.hpp"

// Who is in the group, who should be, and the one next step from the one to the other (rule 29).

namespace ha::agent {

// By the last look at the own engine; where that knows no group, everybody may be.
bool is_in_group(const observation& seen, const std::string& replica);

// The primary's word: we are in its configuration, or it does not tell who is.
bool is_let_in(const observation& seen, const peer_status& primary);

// A primary that we could follow has a configuration without the replica that our copy of the group
// is of: removed, and perhaps added again since.
bool is_removed(const observation& seen);

// Somebody is to join, or has joined whose certificate is not in place here.
bool expects_members(const observation& seen);

std::vector<std::string> voters_of(const group_view& group);
std::vector<std::string> voters_of(const group_spec& spec);

// The specification of those whom the engine's configuration has; of all before there is a group.
group_spec configured(const observation& seen);
// Nothing but the modes of its replicas, for count_voters() and wanted_required().
group_spec configured_modes(const observation& seen);

// REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT as it should be now: as wanted_required has it, but
// with `auto` not raised for a replica that has yet to be synchronized, and never more than there
// are secondaries.
int required_of_members(const observation& seen);

// observation.spec and its peers: besides the replicas that the specification names, those that are
// still in the engine's configuration. For what folds events into the observation.
void keep_members(observation& seen);
void notice_voters(observation& seen, const engine_view& next);

struct member_change {
    change_members::how what{};
    replica_spec replica;
    std::vector<std::string_view> obstacles;  // reason codes; empty: it may be made now
};

// The next change begins or ends two data voters with the Lease as their witness, and nothing
// speaks against it: the Lease names this primary alone first (rules 27 and 29), so that no stale
// member of the set takes over on a configuration that has passed.
bool needs_lone_primary(const observation& seen);

// The first difference between the configuration of our engine, which has a group with replicas,
// and the specification; whether it may be made is another question.
std::optional<member_change> first_difference(const observation& seen);

// Empty: the configuration is as the specification asks, or we are not the one to change it.
std::optional<member_change> next_member_change(const observation& seen);

// The same for a group without a cluster: by its only primary, and nobody votes on it.
std::optional<member_change> next_read_scale_change(const observation& seen);

// Majorities of the voters of now and of before the last change have told that they have our
// configuration.
bool is_reported(const observation& seen);

std::string_view words_for(change_members::how what);  // "added"

}  // namespace ha::agent
