// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include <nlohmann/json.hpp>

// How each trouble comes and goes.

namespace ha::sim {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// The pod, or as many as the plan says, from the first.
json fence_of(const node& target, int number) {
    json pods = json::array();
    for (int i = 0; i < number; ++i) pods.push_back("db-" + std::to_string(i));
    if (number <= 1) pods = {target.name()};
    return {{"pods", std::move(pods)}, {"by", "anna"}};
}

}  // namespace

void world::schedule(const fault_plan& one) {
    clock_.at(begin_ + one.at, [this, one] {
        if (!one.after_change) return begin_trouble(one);
        auto begun = std::make_shared<bool>(false);
        auto begin = [this, one, begun] {
            if (!std::exchange(*begun, true)) begin_trouble(one);
        };
        clock_.at(clock_.now() + longest_wait, begin);
        on_change_.push_back(
            [this, begin, after = *one.after_change] { clock_.at(clock_.now() + after, begin); });
    });
}

void world::begin_trouble(const fault_plan& one) {
    auto now = std::make_shared<running_trouble>();
    now->plan = one;
    now->target = &victim_of(one);
    auto words_of = std::string(words(one.what)) + " at " + now->target->name();
    say("trouble: " + words_of);
    come(*now);
    if (one.length == duration::zero()) return;
    auto end = [this, now, words_of] {
        if (std::exchange(now->over, true)) return;
        say("over: " + words_of);
        go(*now);
    };
    clock_.at(clock_.now() + one.length, end);
    if (one.until_taken)
        on_taken_.push_back(
            [this, end, after = *one.until_taken] { clock_.at(clock_.now() + after, end); });
}

node& world::victim_of(const fault_plan& one) {
    auto numbered = static_cast<std::size_t>(one.node);
    auto is_primary = [](node& candidate) {
        const auto* engine = candidate.engine().alive();
        return engine && engine->role("ag1") == mssqlsim::replica_role::primary;
    };
    if (one.whom == victim::primary)
        for (auto& candidate : nodes_)
            if (is_primary(*candidate)) return *candidate;
    if (one.whom == victim::not_primary && is_primary(*nodes_[numbered]))
        return *nodes_[(numbered + 1) % nodes_.size()];
    return *nodes_[numbered];
}

void world::cut_peers(node& target, bool outward, bool inward) {
    for (auto& other : nodes_) {
        if (other.get() == &target) continue;
        if (outward) network_.cut(target.host(), other->host());
        if (inward) network_.cut(other->host(), target.host());
        if (outward) engines_.cut(target.name(), other->name());
        if (inward) engines_.cut(other->name(), target.name());
    }
}

void world::heal_peers(node& target) {
    for (auto& other : nodes_) {
        if (other.get() == &target) continue;
        network_.heal(target.host(), other->host());
        network_.heal(other->host(), target.host());
    }
    engines_.heal();
}

void world::cut_api(node& target) {
    network_.cut(target.host(), "api");
    network_.cut("api", target.host());
}

void world::heal_api(node& target) {
    network_.heal(target.host(), "api");
    network_.heal("api", target.host());
}

void world::ask_for_switchover(const node& target) {
    auto id = "request-" + std::to_string(++requests_);
    json wish = {{"id", id}, {"target", target.name()}};
    order("switchover", wish.dump());
    watched_.request_asked(id);
}

// Empty words take the order away.
void world::order(const std::string& key, const std::string& words) {
    auto map = api_.must("GET", "/api/v1/namespaces/default/configmaps/ag1");
    map["data"][key] = words;
    if (words.empty()) map["data"].erase(key);
    api_.must("PUT", "/api/v1/namespaces/default/configmaps/ag1", map);
}

void world::come(running_trouble& now) {
    auto& target = *now.target;
    const auto number = now.plan.number;
    kubesim::fault of_lease;
    of_lease.resource = "leases";
    switch (now.plan.what) {
        case trouble::engine_killed: target.kill_engine(); break;
        case trouble::supervisor_killed: target.kill_supervisor(); break;
        case trouble::engine_frozen: target.engine().freeze(); break;
        case trouble::node_paused: target.pause(false); break;
        case trouble::machine_stopped: target.pause(true); break;
        case trouble::node_off: target.power_off(); break;
        case trouble::node_isolated: cut_peers(target, true, true), cut_api(target); break;
        case trouble::cut_from_api: cut_api(target); break;
        case trouble::cut_from_peers: cut_peers(target, true, true); break;
        case trouble::cut_one_way: cut_peers(target, number == 1, number != 1); break;
        case trouble::api_outage: network_.isolate("api"); break;
        case trouble::api_slow:
            of_lease.what = kubesim::fault::kind::late;
            of_lease.delay = 1ms * number;
            now.fault = api_.faults().add(of_lease);
            break;
        case trouble::lost_response:
            of_lease.what = kubesim::fault::kind::lost_response;
            of_lease.verb = "update";
            of_lease.left = static_cast<std::size_t>(number);
            api_.faults().add(of_lease);
            break;
        case trouble::api_refuses:
            of_lease.what = kubesim::fault::kind::status;
            of_lease.status = number;
            now.fault = api_.faults().add(of_lease);
            break;
        case trouble::engine_slow:
            if (auto* engine = target.engine().alive())
                engine->faults().slow_statements = 1ms * number;
            break;
        case trouble::diagnostics_bad:
            if (auto* engine = target.engine().alive()) engine->faults().diagnostics[0] = 3;
            break;
        case trouble::switchover: ask_for_switchover(target); break;
        case trouble::failover_by_hand:
        case trouble::force_by_hand: {
            bool forced = now.plan.what == trouble::force_by_hand;
            auto* command = forced ? "FORCE_FAILOVER_ALLOW_DATA_LOSS" : "FAILOVER";
            tasks_->spawn("hands", type(secondary_from(now.plan.node), command, number));
            break;
        }
        case trouble::endpoints_stuck: stick_endpoints(now.plan.node); break;
        case trouble::lease_made_anew: delete_lease(); break;
        case trouble::pause:
            order("pause", R"({"since":"noon","by":"anna"})");
            watched_.paused(clock_.now());
            break;
        case trouble::failover_job:
            tasks_->spawn("job", fail_over_by_job(now.plan.words, number == 2));
            break;
        case trouble::typed: tasks_->spawn("hands", type(target, now.plan.words, 1)); break;
        case trouble::fence: order("fence", fence_of(target, number).dump()); break;
    }
}

void world::go(running_trouble& now) {
    auto& target = *now.target;
    switch (now.plan.what) {
        case trouble::engine_frozen:
            if (!target.clock().paused()) target.engine().thaw();
            break;
        case trouble::node_paused:
        case trouble::machine_stopped: target.resume(); break;
        case trouble::node_off: target.power_on(); break;
        case trouble::node_isolated: heal_peers(target), heal_api(target); break;
        case trouble::cut_from_api: heal_api(target); break;
        case trouble::cut_from_peers:
        case trouble::cut_one_way: heal_peers(target); break;
        case trouble::api_outage: network_.rejoin("api"); break;
        case trouble::api_slow:
        case trouble::api_refuses: api_.faults().clear(now.fault); break;
        case trouble::engine_slow:
            if (auto* engine = target.engine().alive()) engine->faults().slow_statements = {};
            break;
        case trouble::diagnostics_bad:
            if (auto* engine = target.engine().alive()) engine->faults().diagnostics[0] = 1;
            break;
        case trouble::lease_made_anew: make_lease(); break;
        case trouble::pause:
            order("pause", "");
            watched_.paused({});
            break;
        case trouble::fence: order("fence", ""); break;
        default: break;
    }
}

}  // namespace ha::sim
