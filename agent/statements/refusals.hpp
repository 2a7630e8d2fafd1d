// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

// The error numbers that tell for certain what a batch did not do.

namespace ha::agent::sql {

// Thrown by our own guards, before any statement of the batch that changes something.
enum refusal : std::int32_t {
    refused_late = 51001,           // ms_ticks is past the limit: the batch waited somewhere
    refused_group = 51002,          // the group is not there, or has another group id
    refused_replica = 51003,        // this instance has another name: not the one meant
    refused_role = 51004,           // the local replica is not in an expected role
    refused_group_exists = 51005,   // CREATE or JOIN, and the instance knows such a group already
    refused_target_behind = 51006,  // the target is not connected and SYNCHRONIZED in everything
    refused_other_session = 51007,  // a session to be killed is not one of ours any more
};

// Numbers of the engine that decide something (sqlserver.md section 7).
enum engine_error : std::int32_t {
    error_latched = 41104,           // SET ROLE or FAILOVER: resource did not come online
    error_already_primary = 41122,   // FAILOVER on the primary
    error_failover_pending = 41113,  // one is under way
    error_not_previous_primary = 41134,
    error_not_primary = 41140,
    error_not_synchronized = 41142,   // this replica must not be promoted
    error_context_missing = 47104,    // no session context: FAILOVER was not begun
    error_join_timeout = 47106,       // JOIN: the primary did not hand its configuration out
    error_lease_unavailable = 47116,  // the group was made without WRITE_LEASE_VALIDITY
    error_lease_stands = 47119,       // a longer write lease stands
};

// Our own THROW: nothing in the batch ran.
bool is_own_refusal(std::int32_t number);

// After this answer to a FAILOVER batch no failover is under way through it (rule 8).
bool proves_no_failover(std::int32_t number);

// What the number means, in a few words; empty for numbers that are not listed here.
std::string_view words_for(std::int32_t number);

}  // namespace ha::agent::sql
