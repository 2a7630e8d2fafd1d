// SPDX-License-Identifier: MIT
#include "agent/core/reasons.hpp"
#include "agent/loop/group_loop.hpp"

// What is done to the Lease, the record, the labels, and which action leads where.

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto label_limit = 2s;

// A pod that is gone, or another pod under its name, carries no label of ours. The API server
// answers a patch with another uid by 422.
bool is_cleared(const k8s::outcome<k8s::reply>& came) {
    if (came) return true;
    return came.error().code == 404 || came.error().code == 409 || came.error().code == 422;
}

}  // namespace

void group_loop::perform(action what) {
    struct {
        group_loop& loop;
        void operator()(std::monostate) const {}
        void operator()(read_lease) const { loop.tasks_.spawn("read_lease", loop.do_read_lease()); }
        void operator()(put_lease& one) const {
            loop.tasks_.spawn("put_lease", loop.do_put_lease(std::move(one.put)));
        }
        void operator()(save_record& one) const {
            loop.tasks_.spawn("save_record", loop.do_save(std::move(one.value)));
        }
        void operator()(renew_write_lease& one) const {
            loop.tasks_.spawn("renew_write_lease", loop.do_renewal(std::move(one)));
        }
        void operator()(take_offline& one) const {
            loop.tasks_.spawn("take_offline", loop.do_offline(std::move(one)));
        }
        void operator()(fail_over& one) const { loop.start_failover(one); }
        void operator()(set_secondary& one) const { loop.start_set_secondary(one); }
        void operator()(create_group& one) const { loop.start_create(one); }
        void operator()(join_group& one) const { loop.start_join(one); }
        void operator()(set_required& one) const { loop.start_set_required(one); }
        void operator()(change_members& one) const { loop.start_change_members(one); }
        void operator()(look_at_databases) const {
            loop.tasks_.spawn("look_at_databases", loop.do_look_at_databases());
        }
        void operator()(add_database& one) const { loop.start_add_database(one); }
        void operator()(resume_database& one) const { loop.start_resume_database(one); }
        void operator()(drop_group& one) const { loop.start_drop(one); }
        void operator()(end_sessions) const {
            loop.tasks_.spawn("end_sessions", loop.do_end_sessions());
        }
        void operator()(kill_engine& one) const { loop.do_kill(one.reason); }
        void operator()(restart_own_endpoint) const {
            loop.tasks_.spawn("restart_own_endpoint", loop.do_restart_endpoint("nobody else"));
        }
        void operator()(restart_endpoints& one) const {
            loop.tasks_.spawn("restart_endpoints", loop.do_restart_both(std::move(one.primary)));
        }
        void operator()(look_now) const { loop.canary_->ask_now(); }
        void operator()(ask_status) const { loop.tasks_.spawn("ask_status", loop.do_ask_status()); }
        void operator()(ask_prevotes& one) const {
            loop.tasks_.spawn("ask_prevotes", loop.do_prevotes(std::move(one)));
        }
        void operator()(ask_votes& one) const {
            loop.tasks_.spawn("ask_votes", loop.do_votes(std::move(one)));
        }
        void operator()(answer_vote& one) const { loop.take_vote(one); }
        void operator()(push_primary& one) const {
            loop.tasks_.spawn("push_primary", loop.do_push(std::move(one)));
        }
        void operator()(write_labels& one) const {
            loop.tasks_.spawn("write_labels", loop.do_labels(std::move(one)));
        }
        // These change the observation alone, and begin() has done that.
        void operator()(begin_step_down&) const {}
        void operator()(end_step_down&) const {}
        void operator()(answer_request&) const {}
        void operator()(give_up_authority&) const {}
    } doer{*this};
    std::visit(doer, what);
}

asio::awaitable<void> group_loop::do_read_lease() {
    auto came = co_await lease_.read(own_.chosen.put_limit);
    if (came) {
        take(event::lease_seen{came->record, ports_.clock.now(), true});
    } else if (came.error().code == 404) {
        take(event::lease_missing{ports_.clock.now(), true});
    } else {
        tells_.tell_failure("read_lease", came.error().words());
        take(event::lease_read_failed{});
    }
}

// Whatever is not a yes is read again before anything is concluded from it (rule 2).
asio::awaitable<void> group_loop::do_put_lease(lease_put put) {
    auto renew_time = put.wanted.renew_time;
    auto came = co_await lease_.put(std::move(put.wanted), own_.chosen.put_limit);
    if (came) {
        take(event::put_committed{came->record, came->sent_at});
        co_return;
    }
    tells_.tell_failure("put_lease", came.error().words());
    if (came.error().what == k8s::failure::kind::not_sent) {
        take(event::put_not_sent{});
    } else {
        take(event::put_unanswered{came.error().sent_at, renew_time});
    }
}

asio::awaitable<void> group_loop::do_save(replica_record value) {
    auto written = value;
    auto done = co_await group_.record.save(std::move(value));
    if (done) {
        take(event::record_saved{std::move(written)});
    } else {
        tells_.tell_failure("save_record", done.error().message);
        take(event::record_not_saved{done.error().message});
    }
}

// First nobody else carries the label, then we do: a Service never sends writers to two pods.
asio::awaitable<void> group_loop::do_labels(write_labels what) {
    bool good = true;
    if (what.clear_others) {
        for (const auto& [name, pod] : std::map(pods_)) {
            if (name == own_.self.name || labelled_role(pod, own_.group) != "primary") continue;
            pod_identity other{name, pod.uid};
            auto came = co_await labels_.clear_role(std::move(other), label_limit);
            if (!is_cleared(came)) good = false;
            if (!is_cleared(came)) tells_.tell_failure("clear_label", came.error().words());
        }
    }
    if (good) {
        auto wanted = what.role == "none" ? std::string{} : what.role;
        auto came = co_await labels_.set_role(own_.self, std::move(wanted), label_limit);
        good = came.has_value();
        if (!good) tells_.tell_failure("write_labels", came.error().words());
    }
    take(event::labels_written{what.role, good});
}

}  // namespace ha::agent
