// SPDX-License-Identifier: MIT
#include "test/demo/eyes.hpp"

#include "agent/codec/lease.hpp"
#include "common/async/supervise.hpp"
#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace ha::test::demo {
namespace {

namespace asio = boost::asio;
using node::json;

const json* found(const node::mirror& in, const std::string& name) {
    auto place = in.objects().find(name);
    return place == in.objects().end() ? nullptr : &place->second;
}

}  // namespace

eyes::eyes(asio::any_io_executor executor,
           clock_source& clock,
           k8s::client& api,
           eyes_on what,
           timeline& events)
    : executor_(executor),
      clock_(clock),
      what_(std::move(what)),
      events_(events),
      pods_(clock, api, k8s::pods, what_.space, news_),
      slices_(clock, api, k8s::endpoint_slices, what_.space, news_),
      leases_(clock, api, k8s::leases, what_.space, news_),
      maps_(clock, api, k8s::config_maps, what_.space, news_),
      resources_(clock, api, k8s::sql_server_groups, what_.space, news_) {}

void eyes::begin() {
    auto on_end = [](std::string_view name, std::string_view why) {
        std::cerr << "demo: " << name << " ended: " << why << std::endl;
        std::_Exit(1);
    };
    for (auto* one : {&pods_, &slices_, &leases_, &maps_}) {
        supervise(executor_, "mirror", one->run(), on_end);
    }
    if (what_.resource) supervise(executor_, "mirror", resources_.run(), on_end);
    supervise(executor_, "eyes", compare(), on_end);
}

asio::awaitable<void> eyes::compare() {
    for (;;) {
        co_await news_.wait();
        look();
        changed_.ring();
    }
}

void eyes::look() {
    auto note = [this](const std::string& subject, const std::string& now, const std::string& who) {
        auto& last = seen_[subject];
        if (last == now) return;
        last = now;
        events_.note(who, subject + (now.empty() ? ": none" : ": " + now));
    };
    for (const auto& pod : pods()) note("label of " + pod, role(pod), pod);
    auto who = holder();
    const std::string leader = what_.has_lease ? "Lease" : "leader by its label";
    bool taken = !who.empty() && seen_[leader] != who;
    note(leader, who, "api server");
    if (taken && tenure_) tenure_(who.substr(0, who.find(',')));
    for (const auto* name : {"Scaling", "Rolling", "Paused"})
        note(name, condition(name), "operator");
    auto leads_to = endpoint();
    for (const auto& pod : pods()) {
        if (address(pod) == leads_to && !leads_to.empty()) leads_to = pod;
    }
    note("read-write route", leads_to, "api server");
}

std::vector<std::string> eyes::pods() const {
    std::vector<std::string> made;
    for (const auto& [name, pod] : pods_.objects()) {
        const auto& labels = node::at(pod, "/metadata/labels");
        // Of one list, or an instance that names the group by itself (the preview's kind).
        bool listed = node::text_at(pod, "/metadata/labels/app") == what_.group;
        bool names_it = labels.contains("mode.ag.mssql.microsoft.com/" + what_.group);
        if (listed || names_it) made.push_back(name);
    }
    return made;
}

bool eyes::settled(std::size_t replicas) const {
    auto all = pods();
    auto in_place = [this](const std::string& pod) { return ready(pod) && !role(pod).empty(); };
    return all.size() == replicas && std::ranges::all_of(all, in_place) && primaries().size() == 1;
}

asio::awaitable<bool> eyes::until(std::function<bool()> holds, instant end) {
    while (!holds()) {
        if (clock_.now() > end) co_return false;
        co_await changed_.wait_until(clock_, end);
    }
    co_return true;
}

std::string eyes::role(const std::string& pod) const {
    const auto* object = found(pods_, pod);
    if (object == nullptr) return {};
    const auto& labels = node::at(*object, "/metadata/labels");
    return labels.value(op::role_label, std::string{});
}

bool eyes::ready(const std::string& pod) const {
    auto all = conditions(pod);
    auto found = all.find("Ready");
    return found != all.end() && found->second == "True";
}

std::map<std::string, std::string> eyes::conditions(const std::string& pod) const {
    std::map<std::string, std::string> made;
    const auto* object = found(pods_, pod);
    if (object == nullptr) return made;
    for (const auto& one : node::at(*object, "/status/conditions"))
        made[node::text_at(one, "/type")] = node::text_at(one, "/status");
    return made;
}

std::string eyes::address(const std::string& pod) const {
    const auto* object = found(pods_, pod);
    return object == nullptr ? "" : node::text_at(*object, "/status/podIP");
}

std::vector<std::string> eyes::primaries() const {
    std::vector<std::string> made;
    for (const auto& pod : pods()) {
        if (role(pod) == op::role_primary) made.push_back(pod);
    }
    return made;
}

std::string eyes::route() const {
    return routed_by_service() ? what_.service_address : endpoint();
}

std::string eyes::endpoint() const {
    for (const auto& [name, slice] : slices_.objects()) {
        const auto& labels = node::at(slice, "/metadata/labels");
        if (!labels.is_object()) continue;
        if (labels.value("kubernetes.io/service-name", std::string{}) != what_.listener) continue;
        for (const auto& endpoint : node::at(slice, "/endpoints")) {
            auto where = node::text_at(endpoint, "/addresses/0");
            if (node::at(endpoint, "/conditions/ready") != json(false)) return where;
        }
    }
    return {};
}

std::string eyes::holder() const {
    if (!what_.has_lease) {
        auto labelled = primaries();
        return labelled.size() == 1 ? labelled.front() : std::string{};
    }
    const auto* lease = found(leases_, what_.group);
    if (lease == nullptr) return {};
    auto who = node::text_at(*lease, "/spec/holderIdentity");
    auto term = node::number_at(*lease, "/spec/leaseTransitions");
    if (who.empty()) return {};
    return who.substr(0, who.find('_')) + ", term " + std::to_string(term);
}

agent::term eyes::term() const {
    const auto* lease = found(leases_, what_.group);
    return lease ? node::number_at(*lease, "/spec/leaseTransitions") : 0;
}

// Of two data voters only one that the Lease names takes over (rule 27).
bool eyes::names_both() const {
    const auto* lease = found(leases_, what_.group);
    auto read = lease != nullptr ? agent::read_lease_object(*lease) : result<agent::lease_record>{};
    return read && read->synchronized && read->synchronized->size() == 2;
}

bool eyes::in_step() const {
    auto told = state();
    if (told.commit_pending || told.replicas.empty()) return false;
    auto voters = std::ranges::count(told.replicas, "synchronous", &agent::replica_report::mode);
    if (voters == 2 && !names_both()) return false;
    return std::ranges::all_of(told.replicas, [](const auto& one) {
        auto wanted = one.mode == "asynchronous" ? "synchronizing" : "synchronized";
        return one.connected && (one.synchronization == wanted || one.role == "primary");
    });
}

std::string eyes::condition(const std::string& name) const {
    const auto* resource = found(resources_, what_.group);
    if (resource == nullptr) return {};
    for (const auto& one : node::at(*resource, "/status/conditions")) {
        bool holds = node::text_at(one, "/status") == "True";
        if (holds && node::text_at(one, "/type") == name) return node::text_at(one, "/message");
    }
    return {};
}

agent::group_state eyes::state() const {
    const auto* map = found(maps_, what_.group + "-state");
    if (map == nullptr) return {};
    auto read = agent::read_group_state(*map);
    return read ? *read : agent::group_state{};
}

}  // namespace ha::test::demo
