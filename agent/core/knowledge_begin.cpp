// SPDX-License-Identifier: MIT
#include "agent/core/knowledge.hpp"
#include "agent/core/voting.hpp"
#include "agent/core/witness.hpp"

// What is under way once an action has been started.

namespace ha::agent {

namespace {

void start_role_command(observation& seen, command what) {
    seen.hands.role = running_command{what, seen.now, {}};
    seen.hands.last_role_attempt = seen.now;
    seen.hands.last_role_command = what;
    seen.hands.last_role_error = 0;
}

// Whatever else a PUT says counts from its send as what may stand (rule 27).
void unsettle_set(observation& seen, const lease_put& put) {
    bool other = seen.witness.settled != put.wanted.synchronized;
    bool keeps = put.purpose != put_purpose::acquire && put.purpose != put_purpose::inherit;
    if (other || !keeps) seen.witness.settled.reset();
}

struct starter {
    observation& seen;

    void operator()(const std::monostate&) const {}
    void operator()(const read_lease&) const {
        seen.lease.reading = true;
        seen.lease.last_attempt = seen.now;
    }
    void operator()(const put_lease& what) const {
        // Own authority is given up before the release is sent (rule 8).
        if (what.put.purpose == put_purpose::release) {
            seen.held.reset();
            seen.running = candidacy{};
            if (seen.vote && seen.vote->number == 0) seen.vote.reset();
        }
        if (what.put.purpose == put_purpose::acquire)
            seen.running.named = is_excused(seen, seen.self, seen.record.value.line);
        unsettle_set(seen, what.put);
        seen.lease.put = what.put;
        seen.lease.last_attempt = seen.now;
    }
    void operator()(const save_record&) const { seen.record.saving = true; }
    void operator()(const renew_write_lease&) const {
        seen.hands.renewing = seen.now;
        seen.hands.last_renewal_sent = seen.now;
    }
    void operator()(const take_offline& what) const {
        seen.hands.offline = running_command{command::offline, seen.now, what.synchronized_target};
        if (!may_stay_primary(seen) && !seen.demoting_since) seen.demoting_since = seen.now;
    }
    void operator()(const fail_over&) const {
        start_role_command(seen, command::failover);
        seen.hands.failover_sent = seen.now;
        seen.hands.failover_accepted = false;
        seen.hands.primary_since.reset();
        seen.hands.last_renewal_sent = seen.now;
    }
    void operator()(const set_secondary&) const {
        start_role_command(seen, command::set_role);
        seen.follows.asked = seen.now;
        ++seen.follows.attempts;
    }
    void operator()(const create_group&) const {
        start_role_command(seen, command::create);
        seen.hands.last_renewal_sent = seen.now;
    }
    void operator()(const join_group&) const {
        start_role_command(seen, command::join);
        seen.follows.asked = seen.now;
    }
    void operator()(const set_required&) const {
        start_role_command(seen, command::set_required);
        notice_required_change(seen);
    }
    void operator()(const change_members&) const {
        start_role_command(seen, command::change_members);
    }
    void operator()(const look_at_databases&) const {
        seen.databases.asking = true;
        seen.databases.asked_at = seen.now;
    }
    void operator()(const add_database& what) const {
        start_role_command(seen, command::add_database);
        seen.databases.adding = what.name;
    }
    void operator()(const resume_database&) const {
        start_role_command(seen, command::resume_database);
    }
    void operator()(const drop_group&) const { start_role_command(seen, command::drop); }
    void operator()(const end_sessions&) const { seen.hands.ending_sessions = true; }
    void operator()(const kill_engine&) const { seen.hands.kill_sent = seen.now; }
    void operator()(const restart_own_endpoint&) const {
        seen.follows.own_endpoint_restarted = seen.now;
    }
    // SET ROLE is tried again when both endpoints are up: a stop, some seconds, a start.
    void operator()(const restart_endpoints&) const {
        seen.follows.endpoints_restarted = seen.now;
        ++seen.follows.endpoint_restarts;
        seen.follows.asked = seen.now;
        seen.follows.attempts = 2;
    }
    void operator()(const look_now&) const { seen.hands.look_asked = seen.now; }
    void operator()(const ask_status&) const {
        seen.status_running = true;
        seen.status_asked = seen.now;
        ++seen.rounds;
    }
    void operator()(const ask_prevotes& what) const {
        seen.running.prevotes = round{what.number, seen.now, true, {}, {}};
        ++seen.rounds;
    }
    void operator()(const ask_votes& what) const {
        auto before = seen.running.votes;
        seen.running.votes = round{what.number, seen.now, true, {}, {}};
        if (before) seen.running.votes->yes = before->yes;
        ++seen.rounds;
    }
    // A yes leaves the vote standing: its seal holds until a primary is followed.
    void operator()(const answer_vote& what) const {
        if (!seen.vote) return;
        if (seen.vote->question.candidate_uid == seen.self.uid) {
            seen.running.own_vote = what.yes;
            if (what.yes) return;
        }
        seen.vote.reset();
    }
    void operator()(const push_primary&) const { seen.pushing = true; }
    void operator()(const write_labels&) const { seen.labelling = true; }
    void operator()(const begin_step_down& what) const {
        seen.leaving = what.how;
        if (!what.how.request.empty()) seen.attempted_request = what.how.request;
        seen.demoting_since.reset();
    }
    void operator()(const end_step_down& what) const {
        seen.leaving.reset();
        seen.running = candidacy{};
        if (what.then) seen.vetoed = what.then;
    }
    void operator()(const answer_request& what) const { seen.answers.push_back(what.answer); }
    void operator()(const give_up_authority&) const {
        seen.held.reset();
        seen.running = candidacy{};
    }
};

}  // namespace

void begin(observation& seen, const action& what) {
    std::visit(starter{seen}, what);
}

}  // namespace ha::agent
