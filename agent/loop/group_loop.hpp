// SPDX-License-Identifier: MIT
#pragma once

#include "agent/actuators/lease_access.hpp"
#include "agent/actuators/pod_labels.hpp"
#include "agent/actuators/state_writer.hpp"
#include "agent/core/decision.hpp"
#include "agent/core/knowledge.hpp"
#include "agent/loop/instance_keeper.hpp"
#include "agent/loop/narrator.hpp"
#include "agent/loop/ports.hpp"
#include "agent/probes/view.hpp"
#include "agent/sensors/canary.hpp"
#include "agent/sensors/diagnostics.hpp"
#include "agent/sensors/watches.hpp"
#include "common/async/task_group.hpp"
#include "common/k8s/event_writer.hpp"

#include <map>
#include <memory>

// One group's loop: what is seen is folded into the observation, decide() says what to do, the
// hands do it, and how it ended is seen again. The one place where eyes and hands meet.

namespace ha::agent {

class group_loop {
public:
    group_loop(boost::asio::any_io_executor where,
               supervisor_ports ports,
               group_ports own_ports,
               group_settings own);
    ~group_loop();

    // Until cancelled.
    boost::asio::awaitable<void> run();

    // A peer asks. Answers within the question's own time.
    boost::asio::awaitable<peer_answer> answer(peer_caller who, peer_question asked);

    // The pre-stop hook: returns when the role is handed over or there is nothing to hand over, and
    // says which. Does nothing unless our own pod is being deleted.
    boost::asio::awaitable<std::string> hand_over();

    // The engine's processes changed, as the port says now.
    void processes_changed();
    // Our own pod is being deleted (its deletionTimestamp, or SIGTERM to us).
    void pod_deleting();
    // Returns when no authority is held any more and the Lease is not being written, or at `until`.
    boost::asio::awaitable<void> left(instant until);

    group_report report() const;
    const observation& seen() const { return seen_; }

    // Ends every task of this loop; nothing is done any more after it.
    void cancel();
    boost::asio::awaitable<void> idle();

private:
    template <class Event>
    void take(const Event& what) {
        seen_.now = ports_.clock.now();
        absorb(seen_, what);
        wake_.ring();
    }

    void start_sensors();
    // When to look again although nothing was seen.
    instant turn();
    void perform(action what);
    void take_lease(const lease_sight& what);
    void take_requests(const requests_sight& what);
    void take_answers(const group_state& before);
    void take_pod(const std::string& replica, const pod_sight& what);
    void take_canary(const canary_outcome& what);
    void leave_idle_sessions();
    void expect_peers();
    void settle_votes();
    boost::asio::awaitable<bool> is_being_deleted();
    bool has_successor() const;
    bool keeps_role_in_pause() const;
    bool has_role_to_leave() const;
    void publish();
    std::vector<answer_report> answers_to_publish() const;

    boost::asio::awaitable<void> load_record();
    boost::asio::awaitable<void> do_read_lease();
    boost::asio::awaitable<void> do_put_lease(lease_put put);
    boost::asio::awaitable<void> do_save(replica_record value);
    boost::asio::awaitable<void> do_labels(write_labels what);

    boost::asio::awaitable<void> do_renewal(renew_write_lease what);
    boost::asio::awaitable<void> do_offline(take_offline what);
    boost::asio::awaitable<void> do_command(command what, statement text, statement then);
    boost::asio::awaitable<void> do_end_sessions();
    void start_failover(const fail_over& what);
    void start_set_secondary(const set_secondary& what);
    void start_create(const create_group& what);
    void start_join(const join_group& what);
    void start_set_required(const set_required& what);
    void start_change_members(const change_members& what);
    void start_add_database(const add_database& what);
    void start_resume_database(const resume_database& what);
    boost::asio::awaitable<void> do_look_at_databases();
    void start_drop(const drop_group& what);
    void do_kill(const std::string& why);
    void take_vote(const answer_vote& decided);
    boost::asio::awaitable<void> do_restart_endpoint(std::string why);
    boost::asio::awaitable<void> do_restart_both(std::string primary);

    boost::asio::awaitable<void> do_ask_status();
    boost::asio::awaitable<void> ask_one_status(std::string replica);
    boost::asio::awaitable<void> do_prevotes(ask_prevotes what);
    boost::asio::awaitable<void> ask_one_prevote(std::string replica, ask_prevotes what);
    boost::asio::awaitable<void> do_votes(ask_votes what);
    boost::asio::awaitable<void> ask_one_vote(std::string replica, ask_votes what);
    boost::asio::awaitable<void> do_push(push_primary what);
    boost::asio::awaitable<void> push_one(std::string replica, primary_notice notice);
    boost::asio::awaitable<result<peer_answer>> ask(std::string replica,
                                                    peer_question question,
                                                    duration limit);
    void note_peer(const std::string& replica, const std::string& trouble);
    boost::asio::awaitable<void> all_of(std::vector<boost::asio::awaitable<void>> tasks);

    boost::asio::awaitable<peer_answer> answer_prevote(prevote_question asked);
    boost::asio::awaitable<peer_answer> answer_vote_question(vote_question asked);
    boost::asio::awaitable<void> look_since(instant when, duration limit);
    peer_answer plain_answer() const;

    boost::asio::any_io_executor where_;
    supervisor_ports ports_;
    group_ports group_;
    group_settings own_;
    observation seen_;
    doorbell wake_;
    doorbell looked_;  // a new engine view, or a failed look
    doorbell turned_;  // what was seen has been decided upon
    task_group tasks_;
    narrator tells_;

    std::unique_ptr<engine_session> canary_session_;
    std::unique_ptr<engine_session> diagnostics_session_;
    std::unique_ptr<engine_session> renewal_session_;
    std::unique_ptr<engine_session> role_session_;
    std::unique_ptr<engine_session> fence_session_;
    std::unique_ptr<canary> canary_;
    std::unique_ptr<diagnostics_stream> diagnostics_;
    std::unique_ptr<object_watch> lease_watch_;
    std::unique_ptr<object_watch> requests_watch_;
    std::map<std::string, std::unique_ptr<object_watch>> pod_watches_;
    std::map<std::string, pod_view> pods_;
    lease_access lease_;
    pod_labels labels_;
    k8s::event_writer events_;
    state_writer state_;
    std::vector<answer_report> answers_before_;  // of predecessors
    instance_keeper instance_;

    // Votes that somebody waits for, by number; filled in when decided.
    std::map<std::uint64_t, std::optional<answer_vote>> pending_votes_;
    std::uint64_t questions_ = 0;
    doorbell voted_;
    bool caught_up_once_ = false;
    std::string caught_up_engine_;
    std::string last_code_;
    std::vector<instant> endpoint_restarts_;
    std::map<std::string, std::string> peer_trouble_;  // why each does not answer; empty: it does
};

}  // namespace ha::agent
