// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"
#include "test/mssqlsim/model/messages.hpp"
#include "test/mssqlsim/model/outputs.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// The local replica of one group, and what a primary knows of the others.

namespace ha::mssqlsim {

struct follower_database {
    std::int64_t sent = 0;
    std::deque<std::int64_t> in_flight;  // ends of the blocks that it has not told of yet
    std::int64_t hardened = 0;
    std::int64_t redone = 0;
    bool ready = false;  // it has told where it is
    // Has caught up since it follows; log in flight changes nothing of it. Under reading B this is
    // the set that nobody writes down.
    bool synchronized = false;
    bool seeding = false;
    suspension suspended = suspension::none;  // there
    bool damaged = false;                     // there
    bool reverting = false;  // it has log that never was, and has not told that it is undone
};

struct follower {
    link_number link = 0;
    bool may_create_databases = false;
    bool reads_our_log = true;  // its engine is not older than ours
    std::int64_t stored = 0;    // sequence number of the configuration it has on disk
    std::map<std::string, follower_database> databases;  // by the group's id of the database
};

struct seeding_report {
    std::string replica_id;
    std::string database_id;
    std::string operation_id;
    std::string started;
    std::string completed;
    std::string state;
};

struct role_change {
    // resume: the role that a replica without a cluster comes back in
    enum class kind : std::uint8_t { promote, resume, follow, offline } what{};
    instant accepted{};
    instant due{};
    bool forced = false;
};

// A database whose log beyond the common point is undone when the time comes.
struct undone_database {
    std::int64_t common_lsn = 0;
    instant due{};
};

struct group_state {
    group_configuration configuration;
    bool may_create_databases = false;
    bool was_primary = false;
    std::string own_id;  // of the local replica

    replica_role role = replica_role::resolving;
    std::optional<role_change> changing;
    std::optional<instant> lease_end;

    // A configuration that a majority has not stored yet, as far as this replica knows.
    bool uncommitted = false;
    std::optional<std::string> commit_started;  // UTC; of a primary
    bool stored_here = false;                   // the newest configuration is on the disk
    std::set<std::string> also_waited_for;  // replicas of the sets that the open change replaces

    // PRIMARY
    std::string promotion;
    instant primary_since{};
    bool by_force = false;  // FORCE_FAILOVER_ALLOW_DATA_LOSS made it primary
    // After that: which replica's copy of which database (true) takes its log by now, or (false)
    // has told that it is suspended.
    std::map<std::pair<std::string, std::string>, bool> moves_after_force;
    std::map<std::string, follower, std::less<>> followers;  // by replica id
    std::vector<seeding_report> seedings;
    // How far each other replica's log is on its disk, as far as it was heard, by its id and the
    // database's: the primary keeps its log from there on, whether the replica is there or away.
    std::map<std::string, std::map<std::string, std::int64_t>> reached;

    bool left_by_lease = false;  // was primary, and is RESOLVING since the lease ended

    // SECONDARY
    std::string followed;  // the promotion that this replica follows, or followed last
    std::string followed_replica;
    std::optional<link_number> link;
    std::map<std::string, std::int64_t> primary_end;  // of the log, by the database's id
    std::set<std::string> attached_databases;
    // Databases that somebody resumed under a primary made by force, with the promotion of that
    // one.
    std::map<std::string, std::string> resumed_under;
    std::map<std::string, undone_database> reverting;  // by the group's id of the database
    std::set<std::string> half_undone;   // those that have been, and are not undone yet
    std::set<std::string> initializing;  // undone, and behind where the primary was then

    // 41104 until then, or until both endpoints were started anew after an OFFLINE
    std::optional<instant> latched_until;
    std::int64_t latch_own_starts = 0;
    std::int64_t latch_peer_starts = 0;
    bool latch_offline = false;
    bool restarted = false;  // since it was PRIMARY, by a crash

    const group_replica* self() const { return configuration.replica(own_id); }
};

struct link_state {
    link_number number = 0;
    bool outgoing = false;
    bool connected = false;
    bool greeted = false;
    std::string wanted;  // the replica that was dialled
    std::string peer;
    std::string incarnation;
    std::int64_t peer_endpoint_starts = 0;
    std::string peer_version;
    instant heard{};
    instant spoke{};
    std::map<std::string, group_news> news;  // by group id
};

struct connect_trouble {
    std::int32_t number = 0;
    std::string text;
    std::string when;
};

}  // namespace ha::mssqlsim
