// SPDX-License-Identifier: MIT
#include "agent/loop/instance_loop.hpp"

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

instance_loop::instance_loop(asio::any_io_executor where,
                             supervisor_ports ports,
                             group_settings own)
    : ports_(ports),
      own_(own),
      tasks_(where,
             [this](const std::string& task, const std::string& why) {
                 ports_.fatal(task + ": " + why);
             }),
      instance_(ports, own, {}) {
    seen_.self = own.self;
    seen_.incarnation = own.incarnation;
    seen_.chosen = own.chosen;
    seen_.now = ports.clock.now();
    seen_.started = seen_.now;
    seen_.engine.processes = ports.processes.state();
    seen_.engine.neighbour_visible = ports.processes.visible();
    seen_.engine.began = ports.processes.began();
}

instance_loop::~instance_loop() = default;

void instance_loop::start() {
    auto login = ports_.credentials().agent;
    canary_session_ = ports_.engine.open("canary", login);
    diagnostics_session_ = ports_.engine.open("diagnostics", login);
    canary_plan plan{"", own_.chosen.canary_period, 3s};
    canary_ = std::make_unique<canary>(
        ports_.clock, *canary_session_, plan, [this](const canary_outcome& what) {
            take_canary(what);
        });
    diagnostics_ = std::make_unique<diagnostics_stream>(
        ports_.clock, *diagnostics_session_, diagnostics_plan{}, [this](const auto& what) {
            if (what.view) take(event::diagnostics_seen{*what.view});
            if (what.what == diagnostics_report::kind::missing) take(event::diagnostics_missing{});
        });
    tasks_.spawn("canary", canary_->run());
    tasks_.spawn("diagnostics", diagnostics_->run());
    tasks_.spawn("instance", instance_.run());
}

void instance_loop::take_canary(const canary_outcome& what) {
    if (what.view) {
        take(event::engine_seen{*what.view});
    } else {
        take(event::engine_not_seen{what.reachable, what.sent_at});
    }
}

void instance_loop::tell_health() {
    auto now = judge_health(seen_.engine, seen_.chosen, seen_.now);
    if (now == told_) return;
    told_ = now;
    ports_.log.write("engine_health_changed",
                     {{"healthy", now.healthy}, {"level", now.tripped}, {"why", now.reason}});
}

void instance_loop::processes_changed() {
    const auto& processes = ports_.processes;
    take(event::processes_changed{processes.state(), processes.visible(), processes.began()});
    if (processes.state() == process_state::alive) instance_.look_again();
}

group_report instance_loop::report() const {
    group_report told;
    told.standalone = true;
    told.published_at = seen_.now;
    told.engine = seen_.engine;
    told.health = judge_health(seen_.engine, seen_.chosen, ports_.clock.now());
    return told;
}

}  // namespace ha::agent
