// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include <nlohmann/json.hpp>

// How each trouble comes and goes.

namespace ha::sim {

using namespace std::chrono_literals;
using nlohmann::json;

void world::schedule(const fault_plan& one) {
    auto begin = begin_ + one.at;
    auto end = begin + one.length;
    last_trouble_ = std::max(last_trouble_, end);
    auto during = [this, one, begin, end](std::function<void()> come, std::function<void()> go) {
        clock_.at(begin, [this, one, come] {
            say(std::string("trouble: ") + words(one.what) + " at db-" + std::to_string(one.node));
            come();
        });
        if (!go) return;
        clock_.at(end, [this, one, go] {
            say(std::string("over: ") + words(one.what) + " at db-" + std::to_string(one.node));
            go();
        });
    };
    auto target = [this, index = static_cast<std::size_t>(one.node)]() -> node& {
        return *nodes_[index];
    };
    auto each_other = [this, target](auto act) {
        for (auto& other : nodes_)
            if (other->name() != target().name()) act(*other);
    };
    auto cut = [this, target](const std::string& host) {
        network_.cut(target().host(), host);
        network_.cut(host, target().host());
    };
    auto heal = [this, target](const std::string& host) {
        network_.heal(target().host(), host);
        network_.heal(host, target().host());
    };
    auto cut_peers = [this, target, each_other, cut] {
        each_other([&](node& other) {
            cut(other.host());
            engines_.cut(target().name(), other.name());
            engines_.cut(other.name(), target().name());
        });
    };
    auto heal_peers = [this, each_other, heal] {
        each_other([&](node& other) { heal(other.host()); });
        engines_.heal();
    };
    switch (one.what) {
        case trouble::engine_killed: during([target] { target().kill_engine(); }, {}); break;
        case trouble::supervisor_killed:
            during([target] { target().kill_supervisor(); }, {});
            break;
        case trouble::engine_frozen:
            during([target] { target().engine().freeze(); },
                   [target] {
                       if (!target().clock().paused()) target().engine().thaw();
                   });
            break;
        case trouble::node_paused:
            during([target, length = one.length] { target().pause(length); }, {});
            break;
        case trouble::node_off:
            during([target] { target().power_off(); }, [target] { target().power_on(); });
            break;
        case trouble::node_isolated:
            during([cut_peers, cut] { cut_peers(), cut("api"); },
                   [heal_peers, heal] { heal_peers(), heal("api"); });
            break;
        case trouble::cut_from_api: during([cut] { cut("api"); }, [heal] { heal("api"); }); break;
        case trouble::cut_from_peers: during(cut_peers, heal_peers); break;
        case trouble::api_outage:
            during([this] { network_.isolate("api"); }, [this] { network_.rejoin("api"); });
            break;
        case trouble::lost_response:
            during(
                [this, one] {
                    kubesim::fault lost;
                    lost.what = kubesim::fault::kind::lost_response;
                    lost.resource = "leases";
                    lost.verb = "update";
                    lost.left = static_cast<std::size_t>(one.number);
                    api_.faults().add(lost);
                },
                {});
            break;
        case trouble::api_refuses:
            during(
                [this, one] {
                    kubesim::fault refusing;
                    refusing.what = kubesim::fault::kind::status;
                    refusing.status = one.number;
                    refusing.resource = "leases";
                    api_.faults().add(refusing);
                },
                [this] { api_.faults().clear(); });
            break;
        case trouble::diagnostics_bad:
            during(
                [target] {
                    if (auto* engine = target().engine().alive())
                        engine->faults().diagnostics[0] = 3;
                },
                [target] {
                    if (auto* engine = target().engine().alive())
                        engine->faults().diagnostics[0] = 1;
                });
            break;
        case trouble::failover_by_hand:
        case trouble::force_by_hand:
            during(
                [this, one] {
                    bool forced = one.what == trouble::force_by_hand;
                    auto* command = forced ? "FORCE_FAILOVER_ALLOW_DATA_LOSS" : "FAILOVER";
                    tasks_->spawn("hands", type(secondary_from(one.node), command, one.number));
                },
                {});
            break;
        case trouble::endpoints_stuck:
            during([this, one] { stick_endpoints(one.node); }, {});
            break;
        case trouble::lease_made_anew:
            during([this] { delete_lease(); }, [this] { make_lease(); });
            break;
        case trouble::switchover:
            during(
                [this, one] {
                    json wish = {{"id", "request-" + std::to_string(one.at / 1ms)},
                                 {"target", "db-" + std::to_string(one.node)}};
                    auto map = api_.must("GET", "/api/v1/namespaces/default/configmaps/ag1");
                    map["data"]["switchover"] = wish.dump();
                    api_.must("PUT", "/api/v1/namespaces/default/configmaps/ag1", map);
                },
                {});
            break;
    }
}

}  // namespace ha::sim
