// SPDX-License-Identifier: MIT
#include "agent/loop/group_loop.hpp"

#include "agent/core/leader.hpp"
#include "common/k8s/lease_codec.hpp"

#include <set>

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// More steps than this in one turn means that an action changes nothing that its row looks at.
constexpr int steps_per_turn_max = 100;

}  // namespace

group_loop::group_loop(asio::any_io_executor where,
                       supervisor_ports ports,
                       group_ports own_ports,
                       group_settings own)
    : where_(where),
      ports_(ports),
      group_(own_ports),
      own_(own),
      tasks_(where,
             [this](const std::string& task, const std::string& why) {
                 ports_.fatal(task + ": " + why);
             }),
      tells_(ports.clock, ports.log),
      lease_(ports.clock, ports.api, lease_name(own.space, own.lease_name), own.chosen.times),
      labels_(ports.api, own.space, own.group),
      events_(ports.clock, ports.api, {"mssql-ha-supervisor", own.self.name}),
      state_(ports.clock,
             ports.api,
             config_map_name(own.space, own.state_name),
             [this](const group_state& before) { take_answers(before); }),
      instance_(ports, own, [this] {
          event::instance_prepared what{instance_.ready()};
          take(what);
      }) {
    seen_.self = own.self;
    seen_.incarnation = own.incarnation;
    seen_.chosen = own.chosen;
    seen_.spec.name = own.group;
    seen_.now = ports.clock.now();
    seen_.started = seen_.now;
    seen_.engine.processes = ports.processes.state();
    seen_.engine.neighbour_visible = ports.processes.visible();
    seen_.engine.began = ports.processes.began();
}

group_loop::~group_loop() = default;

asio::awaitable<void> group_loop::run() {
    co_await load_record();
    start_sensors();
    for (;;) {
        auto next = turn();
        co_await wake_.wait_until(ports_.clock, next);
    }
}

void group_loop::start_sensors() {
    auto login = ports_.credentials().agent;
    canary_session_ = ports_.engine.open("canary", login);
    diagnostics_session_ = ports_.engine.open("diagnostics", login);
    renewal_session_ = ports_.engine.open("renewal", login);
    role_session_ = ports_.engine.open("role", login);
    fence_session_ = ports_.engine.open("fence", login);
    canary_plan plan{own_.group, own_.chosen.canary_period, 3s};
    canary_ = std::make_unique<canary>(
        ports_.clock, *canary_session_, plan, [this](const canary_outcome& what) {
            take_canary(what);
        });
    diagnostics_ = std::make_unique<diagnostics_stream>(
        ports_.clock, *diagnostics_session_, diagnostics_plan{}, [this](const auto& what) {
            if (what.view) take(event::diagnostics_seen{*what.view});
        });
    lease_watch_ = watch_lease(ports_.clock,
                               ports_.api,
                               lease_name(own_.space, own_.lease_name),
                               [this](const lease_sight& what) { take_lease(what); });
    requests_watch_ = watch_requests(ports_.clock,
                                     ports_.api,
                                     config_map_name(own_.space, own_.requests_name),
                                     own_.group,
                                     [this](const requests_sight& what) { take_requests(what); });
    tasks_.spawn("canary", canary_->run());
    tasks_.spawn("diagnostics", diagnostics_->run());
    tasks_.spawn("watch_lease", lease_watch_->run());
    tasks_.spawn("watch_requests", requests_watch_->run());
    tasks_.spawn("instance", instance_.run());
    tasks_.spawn("events", events_.run());
    tasks_.spawn("state", state_.run());
}

// Actions until there is nothing to do. Each changes the observation before it is done, so that the
// next look sees it under way.
instant group_loop::turn() {
    std::optional<instant> again;
    for (int step = 0;; ++step) {
        seen_.now = ports_.clock.now();
        auto made = decide(seen_);
        again = made.look_again_at;
        if (std::holds_alternative<std::monostate>(made.what)) break;
        if (step == steps_per_turn_max) {
            ports_.fatal("the row " + std::string(made.code) + " asks for the same for ever");
            break;
        }
        last_code_ = made.code;
        tells_.tell_action(made);
        if (auto* put = std::get_if<put_lease>(&made.what))
            put->put.wanted.renew_time = k8s::micro_time(ports_.clock.wall_time());
        begin(seen_, made.what);
        perform(std::move(made.what));
    }
    settle_votes();
    tells_.tell(seen_);
    for (auto& note : tells_.take_events())
        events_.write({"v1", "Pod", own_.space, own_.self.name, own_.self.uid}, std::move(note));
    publish();
    turned_.ring();
    auto latest = seen_.now + 1h;
    return again ? std::min(latest, *again) : latest;
}

asio::awaitable<void> group_loop::load_record() {
    auto loaded = co_await group_.record.load();
    event::record_loaded what;
    if (loaded.intact) what.record = loaded.value;
    if (loaded.newer) what.trouble = loaded.trouble;
    take(what);
}

void group_loop::take_canary(const canary_outcome& what) {
    if (what.view) {
        take(event::engine_seen{*what.view});
        expect_peers();
        if (what.view->started != caught_up_engine_) {
            caught_up_engine_ = what.view->started;
            caught_up_once_ = false;
            leave_idle_sessions();
        }
        caught_up_once_ = caught_up_once_ || has_caught_up(seen_);
    } else {
        take(event::engine_not_seen{what.reachable, what.sent_at});
    }
    looked_.ring();
}

// The engine that they were made to is gone. A driver may find that out only by the next batch, and
// that would count as sent and unknown; a batch under way ends by itself.
void group_loop::leave_idle_sessions() {
    if (!role_session_) return;
    const auto& hands = seen_.hands;
    if (!hands.renewing) renewal_session_->abandon();
    if (!hands.role) role_session_->abandon();
    if (!hands.offline) fence_session_->abandon();
}

void group_loop::take_lease(const lease_sight& what) {
    tells_.tell_api(what.what == sight::out_of_step ? what.why : std::string{});
    if (what.what == sight::unreadable) tells_.tell_failure("read_lease", what.why);
    if (what.what == sight::missing) take(event::lease_missing{what.at, false});
    if (what.what != sight::seen) return;
    if (!seen_.held && !seen_.lease.put) lease_.remember(what.raw);
    take(event::lease_seen{*what.record, what.at, false});
}

void group_loop::take_requests(const requests_sight& what) {
    if (what.what == sight::unreadable) tells_.tell_failure("read_requests", what.why);
    if (what.what != sight::seen || !what.requests) return;
    for (const auto& one : what.requests->ignored)
        ports_.log.write("request_refused", {{"request", one.what}, {"why", one.why}});
    if (what.requests->orders) take(event::orders_seen{*what.requests->orders});
    if (what.requests->spec) {
        take(event::spec_seen{*what.requests->spec});
        expect_peers();
    }
    if (what.requests->databases) take(event::databases_wanted{*what.requests->databases});
    take(event::request_seen{what.requests->switchovers});
}

void group_loop::take_answers(const group_state& before) {
    answers_before_ = before.answers;
    event::answers_seen what;
    for (const auto& one : before.answers) what.ids.insert(one.id);
    take(what);
}

void group_loop::expect_peers() {
    std::set<std::string> names;
    for (const auto& one : seen_.spec.replicas) {
        if (one.name != own_.self.name) names.insert(one.name);
        if (pod_watches_.contains(one.name)) continue;
        auto name = one.name;
        auto& watch = pod_watches_[name];
        watch = watch_pod(ports_.clock,
                          ports_.api,
                          pod_name(own_.space, name),
                          [this, name](const pod_sight& what) { take_pod(name, what); });
        tasks_.spawn("watch_pod " + name, watch->run());
    }
    instance_.expect(std::move(names));
}

void group_loop::take_pod(const std::string& replica, const pod_sight& what) {
    if (what.what == sight::unreadable) tells_.tell_failure("read_pod", what.why);
    if (what.what == sight::seen && what.pod) pods_[replica] = *what.pod;
    if (what.what == sight::missing) pods_.erase(replica);
    auto me = pods_.find(own_.self.name);
    bool ours = me != pods_.end() && me->second.uid == own_.self.uid;
    if (ours && me->second.deleting && !seen_.deleting) take(event::pod_deleting{});
    std::map<std::string, peer_address> directory;
    for (const auto& [name, pod] : pods_)
        if (name != own_.self.name && !pod.ip.empty())
            directory[name] = peer_address{pod.ip, own_.peer_port, pod.uid};
    group_.peers.set_directory(std::move(directory));
    wake_.ring();
}

void group_loop::processes_changed() {
    const auto& processes = ports_.processes;
    take(event::processes_changed{processes.state(), processes.visible(), processes.began()});
    if (engine_has_ended(seen_)) leave_idle_sessions();
    if (processes.state() == process_state::alive) instance_.look_again();
}

void group_loop::pod_deleting() {
    take(event::pod_deleting{});
}

void group_loop::cancel() {
    tasks_.cancel();
}

asio::awaitable<void> group_loop::idle() {
    return tasks_.idle();
}

}  // namespace ha::agent
