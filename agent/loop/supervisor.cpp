// SPDX-License-Identifier: MIT
#include "agent/loop/supervisor.hpp"

namespace ha::agent {

namespace asio = boost::asio;
using namespace std::chrono_literals;

supervisor::supervisor(asio::any_io_executor where,
                       supervisor_ports ports,
                       supervisor_doors doors,
                       supervisor_settings own)
    : where_(where),
      ports_(ports),
      doors_(std::move(doors)),
      own_(std::move(own)),
      tasks_(where, [this](const std::string& task, const std::string& why) {
          ports_.fatal(task + ": " + why);
      }) {
    for (const auto& name : own_.groups) {
        auto& one = groups_[name];
        one.record = doors_.records(name);
        one.peers = make_peer_network(ports_.clock, doors_.peer_dialer, name, own_.self);
        group_ports parts{*one.record, *one.peers};
        one.loop = std::make_unique<group_loop>(where_, ports_, parts, settings_of(name));
    }
    if (own_.groups.empty())
        alone_ = std::make_unique<instance_loop>(where_, ports_, settings_of(""));
    view_.self = own_.self;
    view_.version = own_.version;
    view_.incarnation = own_.incarnation;
    view_.started = ports_.clock.now();
    view_.chosen = own_.chosen;
}

supervisor::~supervisor() = default;

group_settings supervisor::settings_of(const std::string& group) const {
    group_settings chosen;
    chosen.self = own_.self;
    chosen.incarnation = own_.incarnation;
    chosen.space = own_.space;
    chosen.group = group;
    auto named = own_.object_names.find(group);
    auto object = named == own_.object_names.end() ? group : named->second;
    chosen.lease_name = object;
    chosen.requests_name = object;
    chosen.state_name = object + "-state";
    chosen.peer_port = own_.peer_port;
    chosen.endpoint_port = own_.endpoint_port;
    chosen.chosen = own_.chosen;
    return chosen;
}

void supervisor::start() {
    std::map<std::string, peer_handler> answering;
    for (auto& [name, one] : groups_) {
        auto* loop = one.loop.get();
        tasks_.spawn("group " + name, loop->run());
        answering[name] = [loop](peer_caller who, peer_question asked) {
            return loop->answer(std::move(who), std::move(asked));
        };
    }
    tasks_.spawn("processes", ports_.processes.run());
    if (alone_) alone_->start();
    if (doors_.peer_listener)
        tasks_.spawn("peers",
                     serve_peers(ports_.clock, *doors_.peer_listener, std::move(answering)));
    if (!doors_.probe_listener) return;
    probe_sources sources;
    sources.look = [this]() -> const view& { return look(); };
    sources.metrics = doors_.metrics;
    sources.hand_over = [this] { return hand_over(); };
    tasks_.spawn("probes",
                 http::serve(ports_.clock,
                             *doors_.probe_listener,
                             make_probe_handler(ports_.clock, std::move(sources))));
}

void supervisor::processes_changed() {
    if (alone_) alone_->processes_changed();
    for (auto& [name, one] : groups_) one.loop->processes_changed();
}

asio::awaitable<std::string> supervisor::hand_over() {
    std::string said;
    for (auto& [name, one] : groups_) {
        auto words = co_await one.loop->hand_over();
        said += name + ": " + words + "\n";
    }
    co_return said;
}

asio::awaitable<void> supervisor::leave(duration limit) {
    auto until = ports_.clock.now() + limit;
    for (auto& [name, one] : groups_) one.loop->pod_deleting();
    for (auto& [name, one] : groups_) co_await one.loop->left(until);
}

void supervisor::cancel() {
    if (alone_) alone_->cancel();
    for (auto& [name, one] : groups_) one.loop->cancel();
    tasks_.cancel();
}

asio::awaitable<void> supervisor::idle() {
    if (alone_) co_await alone_->idle();
    for (auto& [name, one] : groups_) co_await one.loop->idle();
    co_await tasks_.idle();
}

const view& supervisor::look() {
    view_.groups.clear();
    if (alone_) view_.groups.push_back(alone_->report());
    for (auto& [name, one] : groups_) {
        view_.groups.push_back(one.loop->report());
        view_.deleting = view_.deleting || one.loop->seen().deleting;
    }
    return view_;
}

const group_loop* supervisor::group(const std::string& name) const {
    auto found = groups_.find(name);
    return found == groups_.end() ? nullptr : found->second.loop.get();
}

}  // namespace ha::agent
