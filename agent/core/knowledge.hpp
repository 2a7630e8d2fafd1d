// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/decision.hpp"
#include "agent/core/observation.hpp"

// How what happens becomes what is known. Each event is a value; absorb() folds it into the
// observation and does nothing else, so that a test can tell any story.

namespace ha::agent {

namespace event {

struct record_loaded {
    std::optional<replica_record> record;
    std::string trouble;  // unreadable, newer format, disk error; empty when merely absent
};
struct record_saved {
    replica_record record;
};
struct record_not_saved {
    std::string why;
};

struct lease_seen {  // by a read or the watch
    lease_record record;
    instant at{};
    bool by_read = false;
};
struct lease_missing {
    instant at{};
    bool by_read = false;
};
struct lease_read_failed {};
struct put_committed {
    lease_record record;
    instant sent_at{};
};
struct put_unanswered {  // may have been committed, or may still be
    instant sent_at{};
    std::string renew_time;  // as it was written
};
struct put_not_sent {};

struct engine_seen {
    engine_view view;
};
struct engine_not_seen {
    reach how{};
    instant sent_at{};
};
struct diagnostics_seen {
    diagnostics_view view;
};
struct diagnostics_missing {};
struct processes_changed {
    process_state state{};
    bool visible = false;
    std::optional<instant> began{};
};

struct renewal_ended {
    bool good = false;
    std::int32_t error = 0;
    instant sent_at{};
};
struct command_ended {
    command what{};
    enum class how { done, refused, not_sent, unknown } ended{};
    std::int32_t error = 0;
    bool by_guard = false;  // our own THROW: proof that nothing ran
    instant sent_at{};
};
struct sessions_ended {
    bool good = false;
};

struct peer_answered {
    std::string replica;
    peer_status status;
    instant at{};
};
struct peer_silent {
    std::string replica;
    instant at{};
};
struct status_round_ended {};
struct prevote_answered {
    std::uint64_t number = 0;
    std::string replica;
    bool yes = false;
    std::vector<std::string> reasons;
};
struct prevotes_ended {
    std::uint64_t number = 0;
};
struct vote_answered {
    std::uint64_t number = 0;
    std::string replica;
    bool yes = false;
    std::vector<std::string> reasons;
};
struct votes_ended {
    std::uint64_t number = 0;
};
struct vote_asked {
    std::uint64_t number = 0;
    vote_question question;
};
struct primary_noticed {
    primary_notice notice;
    instant at{};
};
struct primary_pushed {
    term of = 0;
};

struct labels_written {
    std::string role;
    bool good = false;
};
struct spec_seen {
    group_spec spec;
};
struct orders_seen {
    group_orders orders;
};
struct request_seen {
    std::vector<switchover_request> requests;  // all that stand
};
struct answers_seen {  // in the state ConfigMap, read since we lead
    std::set<std::string> ids;
};
struct databases_wanted {
    wanted_databases what;
};
struct databases_looked_at {
    std::optional<std::vector<found_database>> found;  // none: no answer
};
struct pod_deleting {};
struct instance_prepared {
    bool ready = false;
};

}  // namespace event

void absorb(observation& seen, const event::record_loaded& what);
void absorb(observation& seen, const event::record_saved& what);
void absorb(observation& seen, const event::record_not_saved& what);
void absorb(observation& seen, const event::lease_seen& what);
void absorb(observation& seen, const event::lease_missing& what);
void absorb(observation& seen, const event::lease_read_failed& what);
void absorb(observation& seen, const event::put_committed& what);
void absorb(observation& seen, const event::put_unanswered& what);
void absorb(observation& seen, const event::put_not_sent& what);
void absorb(observation& seen, const event::engine_seen& what);
void absorb(observation& seen, const event::engine_not_seen& what);
void absorb(observation& seen, const event::diagnostics_seen& what);
void absorb(observation& seen, const event::diagnostics_missing& what);
void absorb(observation& seen, const event::processes_changed& what);
void absorb(observation& seen, const event::renewal_ended& what);
void absorb(observation& seen, const event::command_ended& what);
void absorb(observation& seen, const event::sessions_ended& what);
void absorb(observation& seen, const event::peer_answered& what);
void absorb(observation& seen, const event::peer_silent& what);
void absorb(observation& seen, const event::status_round_ended& what);
void absorb(observation& seen, const event::prevote_answered& what);
void absorb(observation& seen, const event::prevotes_ended& what);
void absorb(observation& seen, const event::vote_answered& what);
void absorb(observation& seen, const event::votes_ended& what);
void absorb(observation& seen, const event::vote_asked& what);
void absorb(observation& seen, const event::primary_noticed& what);
void absorb(observation& seen, const event::primary_pushed& what);
void absorb(observation& seen, const event::labels_written& what);
void absorb(observation& seen, const event::spec_seen& what);
void absorb(observation& seen, const event::orders_seen& what);
void absorb(observation& seen, const event::request_seen& what);
void absorb(observation& seen, const event::answers_seen& what);
void absorb(observation& seen, const event::databases_wanted& what);
void absorb(observation& seen, const event::databases_looked_at& what);
void absorb(observation& seen, const event::pod_deleting& what);
void absorb(observation& seen, const event::instance_prepared& what);

// What starting an action changes: it is under way from here on. The loop calls this for whatever
// decide() returned, before it does it.
void begin(observation& seen, const action& what);

}  // namespace ha::agent
