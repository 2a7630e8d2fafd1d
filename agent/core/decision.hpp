// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/observation.hpp"

#include <string_view>
#include <variant>

// What can be done, one thing at a time, and why.

namespace ha::agent {

// A batch with its deadline inside (rule 5): it does nothing once ms_ticks is past the limit, or
// when group, replica or role are not what is written here.
struct guard {
    std::string group_id;  // empty: the engine knows no such group yet
    std::string replica;
    std::vector<role> roles;
    std::int64_t ticks_limit = 0;
    bool operator==(const guard&) const = default;
};

struct read_lease {
    bool operator==(const read_lease&) const = default;
};
struct put_lease {
    lease_put put;
    bool operator==(const put_lease&) const = default;
};
struct save_record {
    replica_record value;
    bool operator==(const save_record&) const = default;
};
struct renew_write_lease {
    guard when;
    duration validity{};
    bool operator==(const renew_write_lease&) const = default;
};
struct take_offline {
    std::string synchronized_target;  // not empty: only if that replica is SYNCHRONIZED everywhere
    bool operator==(const take_offline&) const = default;
};
struct fail_over {
    guard when;
    duration validity{};
    bool without_write_lease = false;
    bool operator==(const fail_over&) const = default;
};
struct set_secondary {
    guard when;
    bool operator==(const set_secondary&) const = default;
};
struct create_group {
    guard when;
    duration validity{};
    int required = 0;
    cluster_type cluster = cluster_type::external;
    bool operator==(const create_group&) const = default;
};
struct join_group {
    guard when;
    cluster_type cluster = cluster_type::external;
    bool operator==(const join_group&) const = default;
};
struct set_required {
    guard when;
    int required = 0;
    bool operator==(const set_required&) const = default;
};
// One replica of the engine's configuration comes, changes or goes (rule 29).
struct change_members {
    enum class how { add, modify, remove } what{};
    guard when;
    replica_spec replica;
    cluster_type cluster = cluster_type::external;
    bool operator==(const change_members&) const = default;
};
// The engine is asked what databases it has.
struct look_at_databases {
    bool operator==(const look_at_databases&) const = default;
};
struct add_database {
    guard when;
    std::string name;
    bool operator==(const add_database&) const = default;
};
// SET HADR RESUME, of a database that the engine suspended itself.
struct resume_database {
    guard when;
    std::string name;
    bool operator==(const resume_database&) const = default;
};
// The local copy of a group that this replica was removed from.
struct drop_group {
    guard when;
    bool operator==(const drop_group&) const = default;
};
// Kill every session of ours (a predecessor's too) that may still run a role command, and see them
// gone.
struct end_sessions {
    bool operator==(const end_sessions&) const = default;
};
struct kill_engine {
    std::string reason;
    bool operator==(const kill_engine&) const = default;
};
// Stop and start our own mirroring endpoint (rule 31).
struct restart_own_endpoint {
    bool operator==(const restart_own_endpoint&) const = default;
};
// The same, and the primary's supervisor is asked to do it with its own.
struct restart_endpoints {
    std::string primary;  // replica name
    bool operator==(const restart_endpoints&) const = default;
};
struct look_now {  // ask the canary at once
    bool operator==(const look_now&) const = default;
};
struct ask_status {
    bool operator==(const ask_status&) const = default;
};
struct ask_prevotes {
    std::uint64_t number = 0;
    prevote_question question;
    bool operator==(const ask_prevotes&) const = default;
};
struct ask_votes {
    std::uint64_t number = 0;
    vote_question question;
    bool operator==(const ask_votes&) const = default;
};
struct answer_vote {
    std::uint64_t number = 0;
    bool yes = false;
    std::vector<std::string> reasons;
    bool operator==(const answer_vote&) const = default;
};
struct push_primary {
    primary_notice notice;
    bool operator==(const push_primary&) const = default;
};
struct write_labels {
    std::string role;           // for our own pod
    bool clear_others = false;  // first take the primary label off every other pod
    bool operator==(const write_labels&) const = default;
};
struct begin_step_down {
    step_down how;
    bool operator==(const begin_step_down&) const = default;
};
struct end_step_down {
    std::optional<veto> then;
    bool operator==(const end_step_down&) const = default;
};
struct answer_request {
    request_answer answer;
    bool operator==(const answer_request&) const = default;
};
// Authority ends by our own will: a later term was voted for, or the role is being handed over.
struct give_up_authority {
    std::string reason;
    bool operator==(const give_up_authority&) const = default;
};

using action = std::variant<std::monostate,
                            read_lease,
                            put_lease,
                            save_record,
                            renew_write_lease,
                            take_offline,
                            fail_over,
                            set_secondary,
                            create_group,
                            join_group,
                            set_required,
                            change_members,
                            look_at_databases,
                            add_database,
                            resume_database,
                            drop_group,
                            end_sessions,
                            kill_engine,
                            restart_own_endpoint,
                            restart_endpoints,
                            look_now,
                            ask_status,
                            ask_prevotes,
                            ask_votes,
                            answer_vote,
                            push_primary,
                            write_labels,
                            begin_step_down,
                            end_step_down,
                            answer_request,
                            give_up_authority>;

// A row of the table and whether it holds now. The first row that holds gives the action.
struct row {
    std::string_view code;
    std::string_view sentence;
    bool holds = false;
    bool operator==(const row&) const = default;
};

struct decision {
    action what;
    std::string_view code;  // of the row that gave it; empty with nothing to do
    std::optional<instant> look_again_at;
    bool operator==(const decision&) const = default;
};

// Rule by rule, the first that holds. Pure: the same observation always yields the same decision.
decision decide(const observation& seen);

// The whole table as it stands for this observation: for /explain.
std::vector<row> explain(const observation& seen);

// Why this replica is not the one to take over, as reason codes; empty when it may.
std::vector<std::string> candidate_refusals(const observation& seen);

}  // namespace ha::agent
