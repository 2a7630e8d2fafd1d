// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The nouns of the protocol as plain values: roles, terms, configurations, the Lease, a replica's
// own record.

namespace ha::agent {

// The role of the local replica as the engine itself reports it. `absent`: the engine answered and
// does not know the group; not knowing at all is an empty optional around whatever holds this.
enum class role { absent, resolving, primary, secondary };

enum class availability_mode { synchronous, asynchronous, configuration_only };

// CLUSTER_TYPE of the group: external is what a supervisor elects a primary for; none is
// read-scale, where only people change roles. Whatever is not known to be none is external.
enum class cluster_type { external, none };

enum class synchronization {
    unknown,
    not_synchronizing,
    synchronizing,
    synchronized,
    reverting,
    initializing
};

// leaseTransitions of the Lease: one holder per term.
using term = std::int64_t;

// What is compared when replicas are: the line under which the sequence number last changed, then
// the number itself (protocol.md, "Configuration of a replica").
struct configuration {
    term line = 0;
    std::int64_t number = 0;
    auto operator<=>(const configuration&) const = default;
};

// A log position as the engine prints it, numeric(25,0).
class log_position {
public:
    log_position() = default;
    // Digits only; anything else makes an unknown position.
    explicit log_position(std::string digits);
    bool known() const { return !digits_.empty(); }
    const std::string& digits() const { return digits_; }
    bool operator==(const log_position&) const = default;
    // Meaningful only between known positions.
    std::strong_ordering operator<=>(const log_position& other) const;

private:
    std::string digits_;
};

struct database_position {
    std::string name;
    log_position hardened;
    synchronization state = synchronization::unknown;
    bool operator==(const database_position&) const = default;
};

// A pod, told from its namesakes by its uid.
struct pod_identity {
    std::string name;
    std::string uid;
    std::string holder() const { return name + "_" + uid; }  // as in holderIdentity
    // The same as comparing with holder(), which makes a text each time.
    bool is(std::string_view holder) const {
        return holder.size() == name.size() + 1 + uid.size() && holder.starts_with(name) &&
               holder[name.size()] == '_' && holder.ends_with(uid);
    }
    bool operator==(const pod_identity&) const = default;
};

// Why a Lease was let go, and for whom.
struct release_note {
    std::string by;      // holder identity
    std::string when;    // wall clock of who wrote it: for people
    std::string reason;  // a reason code
    std::string target;  // holder identity; empty: for nobody
    bool operator==(const release_note&) const = default;
};

// The Lease of a group as last read. Times written in it are never used.
struct lease_record {
    std::string uid;
    std::string resource_version;
    std::string holder;  // empty: nobody
    term transitions = 0;
    std::string renew_time;  // only to see that it changed
    duration length{};       // leaseDurationSeconds; zero when absent
    // Annotations, prefix ha.mssql/.
    int format = 1;
    std::string group_id;
    std::optional<configuration> lower_bound;              // `configuration`
    std::optional<std::vector<std::string>> synchronized;  // replica names, rule 27
    std::optional<term> forced;
    std::optional<release_note> released;
    bool operator==(const lease_record&) const = default;
};

// The newest format of the Lease's annotations, of the own record and of peer messages that this
// version reads. A newer one is refused, not guessed at.
inline constexpr int format_version = 1;

// The replica's own record: one fsynced file per group on the data volume.
struct replica_record {
    int format = format_version;
    std::string group_id;
    term voted = 0;         // highest term voted in, followed or promoted under
    std::string voted_for;  // pod uid
    term line = 0;
    configuration numbered;         // sequence number and the line under which it last changed
    std::optional<term> promoting;  // the role may be PRIMARY under this term
    std::string promoting_engine;   // sqlserver_start_time of the engine that FAILOVER was sent to
    // Rule 32: the line of the replica when its engine was found to have been made primary by hand.
    std::optional<term> strange;
    bool operator==(const replica_record&) const = default;
};

// One replica of the spec or of the engine's own configuration.
struct replica_spec {
    std::string name;  // = pod name = @@SERVERNAME
    int ordinal = 0;
    availability_mode mode = availability_mode::synchronous;
    bool may_lead = true;  // false: never primary
    int priority = 0;      // higher goes first
    std::string endpoint_url;
    bool readable = false;
    bool automatic = true;  // false: takes a Lease only when it is named (failoverMode Manual)
    bool wanted = true;     // false: still in the engine's configuration, and to leave it (rule 29)
    bool operator==(const replica_spec&) const = default;
};

struct group_spec {
    std::string name;
    cluster_type cluster = cluster_type::external;
    std::vector<replica_spec> replicas;
    std::optional<int> required;  // REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT; empty: auto
    bool lease_witness = true;    // with two data voters the Lease is the third (rule 27)
    bool operator==(const group_spec&) const = default;

    const replica_spec* find(const std::string& replica) const;
};

// What people ordered of a group and how long it stands (rule 30). Who and when are their words, to
// be told and never compared.
struct standing_order {
    std::string since;
    std::string by;
    bool operator==(const standing_order&) const = default;
};
struct group_orders {
    std::optional<standing_order> pause;
    std::vector<std::string> fenced;  // pods
    standing_order fence;             // of the fenced pods
    bool operator==(const group_orders&) const = default;
};

// How many replicas hold data and vote, and whether one votes without holding any.
struct voter_count {
    int data = 0;
    bool witness = false;  // a CONFIGURATION_ONLY replica
    // Nobody but these two: each waits for the other (rule 27).
    bool two_data_voters() const { return data == 2 && !witness; }
    bool operator==(const voter_count&) const = default;
};
voter_count count_voters(const group_spec& spec);

// REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT as the spec names it; `auto` is half of the data
// voters, as in Microsoft's agent, and 0 with a witness.
int wanted_required(const group_spec& spec);

}  // namespace ha::agent
