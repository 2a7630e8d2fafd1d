// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

namespace ha::op {
namespace {

value port(std::int64_t number) {
    return object{{"port", number}, {"protocol", "TCP"}};
}

value open_to(const list& peers, list ports) {
    object made{{"ports", std::move(ports)}};
    if (!peers.empty()) made.push_back({"from", peers});
    return made;
}

}  // namespace

// Nodes always reach their own pods, so that the kubelet's probes and hooks need no rule.
value network_policy(const workload& of) {
    auto made = object_of(of, "networking.k8s.io/v1", "NetworkPolicy", of.name);
    list open{open_to(of.network.clients, {port(of.engine_port)}),
              open_to(of.network.monitoring, {port(http_port)})};
    if (!of.ag_name.empty()) {
        list group{object{{"podSelector", neighbours(of)}}};
        open.push_back(open_to(group, {port(of.endpoint_port), port(peers_port)}));
    }
    made.set("spec",
             object{{"podSelector", object{{"matchLabels", selecting_labels(of)}}},
                    {"policyTypes", list{"Ingress"}},
                    {"ingress", std::move(open)}});
    return made;
}

}  // namespace ha::op
