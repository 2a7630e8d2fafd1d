// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"
#include "agent/statements/guard.hpp"

// What changes the group: every role command, lease and membership statement the agent can send.

namespace ha::agent::sql {

// ALTER AVAILABILITY GROUP ... SET (WRITE_LEASE_VALIDITY = n). Whole seconds; a fraction is cut
// off.
statement renew_write_lease(std::string_view group, const guard& when, duration validity);

// The write lease first (unless there is none to be had: `validity` zero), then session context and
// FAILOVER, on one connection in one batch. Its success proves nothing about the role.
statement failover(std::string_view group, const guard& when, duration validity);

// ALTER AVAILABILITY GROUP ... OFFLINE, never guarded by time: it is what is still sent after A.
// With a target it is refused with refused_target_behind unless that replica is connected and
// SYNCHRONIZED in every database of the local replica (rule 24).
statement offline(std::string_view group, std::string_view synchronized_target = {});

// SET (ROLE = SECONDARY).
statement set_role_secondary(std::string_view group, const guard& when);

struct group_options {
    duration write_lease{};
    int required = 0;
    duration session_timeout{};
    cluster_type cluster = cluster_type::external;
};
// All replicas of the spec named, SEEDING_MODE = AUTOMATIC. EXTERNAL always with DB_FAILOVER = ON
// and WRITE_LEASE_VALIDITY, NONE with neither. `when.group_id` is empty here.
statement create_group(const group_spec& group, const guard& when, const group_options& options);

// JOIN WITH (CLUSTER_TYPE = ...). `when.group_id` is empty here.
statement join_group(std::string_view group,
                     const guard& when,
                     cluster_type cluster = cluster_type::external);

// On every replica that databases may be seeded to.
statement grant_create_any_database(std::string_view group);

// REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT, on the primary.
statement set_required(std::string_view group, const guard& when, int required);

// ADD REPLICA ON, as CREATE would name it; MODIFY REPLICA ON with its endpoint and its mode (never
// to or from CONFIGURATION_ONLY, and one option a statement); REMOVE REPLICA ON. All on the
// primary.
statement add_replica(std::string_view group,
                      const guard& when,
                      const replica_spec& replica,
                      duration session_timeout,
                      cluster_type cluster = cluster_type::external);
statement modify_replica(std::string_view group, const guard& when, const replica_spec& replica);
statement remove_replica(std::string_view group, const guard& when, std::string_view replica);

// DROP AVAILABILITY GROUP: the copy of a replica that was removed.
statement drop_group(std::string_view group, const guard& when);

// Restarting an endpoint is a stop, some seconds, and a start (rule 31).
statement stop_endpoint(std::string_view endpoint);
statement start_endpoint(std::string_view endpoint);

// Sessions of this program on the engine, without the one that asks.
struct own_session {
    std::int64_t id = 0;
    std::string purpose;     // "role", "renewal" ...: what follows the slash in the program name
    std::string login_time;  // tells a session from a later one with the same number
    bool operator==(const own_session&) const = default;
};
statement list_own_sessions();
result<std::vector<own_session>> parse_own_sessions(const engine_answer& answer);

// KILL, only while that number still belongs to the same session of this program.
statement kill_session(const own_session& which);

}  // namespace ha::agent::sql
