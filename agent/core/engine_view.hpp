// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"

#include <map>

// What the engine said, when it last said something, and what its processes and diagnostics tell.

namespace ha::agent {

struct settings;

struct engine_view;

// True unless the engine's ticks between two looks differ from our clock by more than 1 %: the
// machine was moved or restored. Each look read its ticks at some time between send and receipt.
bool ticks_agree(const engine_view& before, const engine_view& after);

// One replica in the engine's own configuration (sys.availability_replicas and, on a primary, the
// state rows of the others).
struct configured_replica {
    std::string name;
    availability_mode mode = availability_mode::synchronous;
    std::string endpoint_url;
    std::optional<bool> connected;  // empty: not told (a secondary knows only itself)
    // The worst state among its databases; unknown when not told or without databases.
    synchronization state = synchronization::unknown;
    std::int64_t redo_queue_kb = 0;  // of all its databases; 0 where it is not told
    std::string id{};                // another one after it was removed and added again
    bool operator==(const configured_replica&) const = default;
};

// A database of the group that another replica does not have SYNCHRONIZED. Only a primary tells.
struct database_copy {
    std::string database;
    std::string replica;
    synchronization state = synchronization::unknown;
    bool operator==(const database_copy&) const = default;
};

struct group_view {
    std::string group_id;
    cluster_type cluster = cluster_type::external;
    std::int64_t sequence_number = 0;
    int required = 0;
    role local_role = role::resolving;
    bool pending_failover = false;  // operational_state PENDING_FAILOVER
    bool online = false;            // operational_state ONLINE
    bool connected = false;         // connected_state of the local row: has its primary, or is it
    bool commit_pending = false;    // a configuration commit waits for its quorum
    // A local database is NOT SYNCHRONIZING, and neither suspended nor being seeded.
    bool stalled = false;
    // Local databases that the engine suspended because a primary was made by force.
    std::vector<std::string> suspended_by_force;
    std::string local_name;  // replica_server_name of the local row
    std::vector<configured_replica> replicas;
    std::vector<database_position> databases;  // local
    std::vector<database_copy> lagging;
    bool operator==(const group_view&) const = default;

    const configured_replica* find(const std::string& replica) const;
};

// One answer to the canary.
struct engine_view {
    instant sent_at{};
    instant received_at{};
    std::int64_t ms_ticks = 0;
    std::string started;      // sqlserver_start_time as text: another value is another engine
    std::string server_name;  // SERVERPROPERTY('ServerName')
    bool hadr_enabled = true;
    std::string endpoint_url;  // own mirroring endpoint's port and state, "" when there is none
    bool endpoint_started = false;
    std::optional<group_view> group;  // empty: the engine answered and knows no such group
    bool operator==(const engine_view&) const = default;

    role local_role() const { return group ? group->local_role : role::absent; }
};

enum class component_state { unknown = 0, clean = 1, warning = 2, error = 3 };

// The last complete set of sp_server_diagnostics. A component that is missing from the set counts
// as error, as in Microsoft's agent.
struct diagnostics_view {
    instant received_at{};
    component_state system = component_state::error;
    component_state resource = component_state::error;
    component_state query_processing = component_state::error;
    bool operator==(const diagnostics_view&) const = default;
};

enum class process_state { unknown, alive, gone };  // gone: proven, every process of the engine

// How the last attempt at the canary went.
enum class reach { not_tried, answering, silent, login_refused, unreachable };

struct engine_knowledge {
    std::optional<engine_view> last;
    // Between the last two looks ms_ticks and our clock went equally far, within 1 %; false: no
    // deadline may be counted from the last pair (rule 5).
    bool ticks_agree = true;
    reach reachable = reach::not_tried;
    std::optional<instant> silent_since;  // first canary in a row that got no answer, by its send
    int unanswered = 0;                   // how many in a row got none
    // The engine that runs now has answered once. One that has not may be recovering for an hour.
    bool answered = false;
    std::optional<instant> commit_pending_since;  // first look in a row that showed one
    std::optional<diagnostics_view> diagnostics;
    bool diagnostics_absent = false;  // the engine knows no sp_server_diagnostics (SQL Edge)
    process_state processes = process_state::unknown;
    std::optional<instant> began;    // its oldest process that lives; all before have ended
    bool neighbour_visible = false;  // the process namespace is shared: kill and proof are possible
    bool operator==(const engine_knowledge&) const = default;
};

// sqlserver.md 1.5: which policy level is tripped. 0: none.
//   1 the engine is down or does not answer (canary silent for longer than its limit)
//   2 no diagnostics for longer than their limit
//   3 system in error, 4 resource in error, 5 query_processing in error
struct health_verdict {
    int tripped = 0;
    bool healthy = true;  // tripped == 0 or tripped > policy
    std::string reason;   // a sentence; empty when all was judged and nothing is tripped
    bool operator==(const health_verdict&) const = default;
};

// A refused login is unknown, never a dead engine: it trips nothing.
health_verdict judge_health(const engine_knowledge& engine, const settings& chosen, instant now);

}  // namespace ha::agent
