// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/database_view.hpp"
#include "agent/core/engine_view.hpp"
#include "agent/core/messages.hpp"
#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"

#include <map>
#include <set>

// Everything one supervisor knows about one group at one moment: what it saw, what it holds, what
// it has under way. A plain value; decide() reads it, absorb() writes it, nobody else does either.

namespace ha::agent {

// What a supervisor may do as holder, and until when (rule 1).
struct authority {
    term of = 0;
    instant until{};  // A, counted from the send of the last PUT known to be committed
    bool operator==(const authority&) const = default;
};

// inherit: a renewal by a supervisor that was restarted beside its primary (rule 9).
enum class put_purpose { renew, inherit, acquire, release, mark_group };

// One attempt at writing the Lease.
struct lease_put {
    put_purpose purpose{};
    lease_record wanted;  // renew_time is filled in by who sends it
    instant sent_at{};
    bool operator==(const lease_put&) const = default;
};

struct lease_knowledge {
    std::optional<lease_record> record;  // empty: never read, or missing
    bool missing = false;                // the API server said there is none
    std::optional<instant> changed_at;   // last change of holder, renewTime or transitions seen
    std::optional<instant> read_at;      // last time a read or the watch confirmed what is here
    bool unsettled = true;               // a PUT of ours may or may not have been committed: read
    duration longest{};                  // largest length ever seen in a record
    std::optional<lease_put> put;        // in flight
    std::vector<lease_put> possible;     // given up, could still be what the Lease says
    bool reading = false;
    std::optional<instant> last_attempt;  // of a read or a PUT: attempts are paced
    int failures = 0;                     // attempts in a row without an answer
    bool operator==(const lease_knowledge&) const = default;
};

// Commands that change the engine's role or group.
enum class command {
    offline,
    set_role,
    failover,
    create,
    join,
    set_required,
    change_members,
    add_database,
    resume_database,
    drop
};

struct running_command {
    command what{};
    instant started{};
    std::string target{};  // of an OFFLINE that checks it
    bool operator==(const running_command&) const = default;
};

struct engine_hands {
    std::optional<instant> renewing;           // a renewal batch is in flight since
    std::optional<instant> last_renewal_sent;  // counts as accepted for danger (rule 6)
    std::int32_t last_renewal_error = 0;
    bool fencing_unavailable = false;          // 47116
    std::optional<running_command> role;       // on the role session
    std::optional<running_command> offline;    // on the fence session
    std::optional<instant> offline_answered;   // send time of the last OFFLINE that was answered
    std::optional<instant> offline_answer_at;  // and when its answer came: looks count from here
    std::optional<instant> offline_failed;     // time of the last OFFLINE that was not
    bool offline_refused = false;              // by its own check of the target (rule 24)
    // A batch was given up and may still run: its session must be ended before the next one.
    bool sessions_to_end = true;  // at start: a predecessor's
    bool ending_sessions = false;
    std::optional<instant> last_role_attempt;
    command last_role_command{};
    std::int32_t last_role_error = 0;  // of the last role command that was refused
    bool failover_accepted = false;    // answered without error, for record.promoting
    std::optional<instant> marked;     // record.promoting was written in this life
    std::optional<instant> failover_sent;
    // Nobody looked for a whole write lease after it, and since then neither PRIMARY nor a pending
    // failover is shown.
    std::optional<instant> failover_idle_since;
    std::optional<instant> primary_since;  // PRIMARY is shown since
    std::optional<instant> kill_sent;
    std::optional<instant> look_asked;
    bool operator==(const engine_hands&) const = default;
};

// Two data voters: what the primary knows of the set in the Lease and of the other (rule 27).
struct witness_knowledge {
    // A PUT of ours with this set was answered, and none with another was sent since: no PUT that
    // was given up can put another in its place any more.
    std::optional<std::vector<std::string>> settled;
    std::optional<instant> settled_at;  // so it is since
    std::string settled_time;           // by the wall clock, for people; "before ..." if as found
    // PRIMARY, and the other is not in step, since.
    std::optional<instant> apart_since;
    // Nothing of ours has changed REQUIRED since: looks at it count from here.
    instant required_from{};
    // A commit waits for a secondary, by our engine and by the other's copy of the same
    // configuration, since.
    std::optional<instant> both_required;
    bool operator==(const witness_knowledge&) const = default;
};

struct record_knowledge {
    bool loaded = false;
    bool intact = false;  // a readable file is there
    std::string trouble;  // why not, in words: a newer format, a disk error
    replica_record value;
    bool saving = false;
    std::optional<instant> failed_at;
    bool operator==(const record_knowledge&) const = default;
};

struct peer_view {
    std::optional<peer_status> status;  // last answer
    std::optional<instant> answered_at;
    std::optional<instant> asked_at;  // last question that got no answer yet, or none at all
    bool operator==(const peer_view&) const = default;
};

// A round of questions to all peers, and its answers by replica.
struct round {
    std::uint64_t number = 0;
    instant started{};
    bool running = false;
    std::map<std::string, bool> yes;
    std::map<std::string, std::vector<std::string>> reasons;
    bool operator==(const round&) const = default;
};

// A vote that somebody asked of us, or that we ask of ourselves.
struct standing_vote {
    std::uint64_t number = 0;  // of the question; 0: our own
    vote_question question;
    instant asked_at{};
    bool sealed = false;  // OFFLINE answered after the record was written, RESOLVING seen
    std::optional<instant> seal_from;  // the record names this vote since
    bool operator==(const standing_vote&) const = default;
};

struct candidacy {
    std::optional<round> prevotes;
    std::optional<round> votes;
    bool own_vote = false;  // sealed and compared
    std::optional<instant> acquired_at;
    bool named = false;  // the release that we took named us
    bool operator==(const candidacy&) const = default;
};

// Giving the role up, for a reason, to somebody or to nobody.
struct step_down {
    std::string reason;  // a reason code
    std::string target;  // replica name; empty: nobody
    instant since{};
    bool orderly = false;  // the engine works and may take until A to obey
    std::string request;   // id of the request that asked for it
    // OFFLINE's own batch found the target SYNCHRONIZED: only then is it named (rule 24), for a
    // named candidate's log is not compared.
    bool target_checked = false;
    bool operator==(const step_down&) const = default;
};

struct veto {
    instant until{};
    duration length{};
    std::string reason;
    bool operator==(const veto&) const = default;
};

struct switchover_request {
    std::string id;
    std::string target;         // replica name; empty: the best
    bool accepts_loss = false;  // a forced failover
    bool operator==(const switchover_request&) const = default;
};

struct standing_request {
    switchover_request what;
    instant since{};
    bool is_news = false;  // came while we watched: it did not stand when we began
    bool operator==(const standing_request&) const = default;
};

struct request_answer {
    std::string id;
    bool done = false;
    std::vector<std::string> reasons;
    bool operator==(const request_answer&) const = default;
};

// How a replica under a living primary is doing (rules 18 and 31).
struct following {
    std::optional<instant> asked;       // SET ROLE or JOIN sent
    std::optional<instant> lost_since;  // SECONDARY without its primary
    int attempts = 0;
    // Neither primary nor under one with data that moves since, or since the primary on record
    // changed.
    std::optional<instant> stuck_since;
    std::optional<instant> stalled_since;  // under its primary, and a database gets nothing
    std::optional<instant> own_endpoint_restarted;  // since it was last in step with a primary
    std::optional<instant> endpoints_restarted;     // both ends, last time
    int endpoint_restarts = 0;                      // since it was last in step with a primary
    bool operator==(const following&) const = default;
};

struct observation {
    instant now{};
    instant started{};  // of this supervisor
    pod_identity self;
    std::string incarnation;
    settings chosen;
    // Whom the specification names, and after them who is still in the engine's configuration.
    group_spec spec;
    bool spec_known = false;
    group_orders orders;
    // The voters before they last changed; empty: not since this supervisor started.
    std::optional<std::vector<std::string>> former_voters;

    engine_knowledge engine;
    engine_hands hands;
    record_knowledge record;
    lease_knowledge lease;
    witness_knowledge witness;
    database_knowledge databases;
    std::optional<authority> held;
    // OFFLINE was first asked for at this instant while authority was wanting (rule 7's two
    // seconds).
    std::optional<instant> demoting_since;

    std::map<std::string, peer_view> peers;  // by replica name, without ourselves
    std::optional<instant> status_asked;
    bool status_running = false;
    std::uint64_t rounds = 0;  // of questions so far

    std::optional<standing_vote> vote;
    candidacy running;
    std::optional<step_down> leaving;
    std::optional<veto> vetoed;
    following follows;

    std::vector<standing_request> requests;  // as the request ConfigMap has them
    bool requests_seen = false;              // it was read once
    // Ids of requests with an answer, as the state ConfigMap shows them; read anew by each primary:
    // what its predecessor answered is not carried out again. Empty: not read yet.
    std::optional<std::set<std::string>> answered;
    std::string attempted_request;        // id of the request we stepped down for
    std::vector<request_answer> answers;  // given in this life
    bool deleting = false;                // our own pod has a deletionTimestamp
    bool instance_ready = false;          // endpoint up, every peer's certificate imported

    std::string label_role;  // what our pod's label says, as last written; empty: unknown
    bool labelling = false;
    std::optional<instant> label_failed_at;
    std::optional<term> pushed_term;  // `primary` was pushed to all peers under this term
    bool pushing = false;

    bool operator==(const observation&) const = default;
};

// The reading that every rule shares.
bool engine_has_ended(const observation& seen);            // proven, of the one that answered last
bool engine_answers(const observation& seen);              // a canary answer younger than its limit
std::optional<role> engine_role(const observation& seen);  // empty: unknown
bool peer_answers(const peer_view& peer);  // it told its status, nothing asked is open
const peer_status* answer_of(const observation& seen, const std::string& replica);  // null: none
const group_view* group_of(const observation& seen);  // null: unknown or absent
bool may_be_primary(const observation& seen);         // rule 8: not until proven otherwise
bool promotion_has_ended(const observation& seen);    // rule 8: `promoting` may be cleared
bool holds_authority(const observation& seen);        // and A is not reached
// When the engine must begin to leave PRIMARY: at A, where its own lease has ended by then; three
// seconds before, where it has none (rule 6).
instant end_of_primary(const observation& seen, const authority& held);
bool may_stay_primary(const observation& seen);  // authority is held, and that instant not reached
configuration own_configuration(const observation& seen);
std::vector<database_position> own_positions(const observation& seen);
const replica_spec* own_spec(const observation& seen);
// As the primary's engine shows it: connected, and synchronized in every database there is.
bool is_in_step(const group_view& group, const configured_replica& one);
// REQUIRED of the secondaries are in step.
bool has_enough_secondaries(const observation& seen);
bool has_right_to_primary(const observation& seen);  // authority and record agree on the term

}  // namespace ha::agent
