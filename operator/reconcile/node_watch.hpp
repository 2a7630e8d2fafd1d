// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/cordon.hpp"
#include "operator/reconcile/inventory.hpp"

// Which nodes are cordoned. Only for an operator of the whole cluster: Nodes belong to no
// namespace.

namespace ha::op {

class node_watch {
public:
    // What has pods on a node that changed is looked at again.
    node_watch(clock_source& clock, k8s::client& api, inventory& pods, std::uint32_t seed);

    // Runs until cancelled.
    boost::asio::awaitable<void> run();

    // Where these pods are; those without a known node are left out.
    std::map<std::string, place> places(const std::string& space,
                                        const std::vector<std::string>& pods) const;

private:
    inventory& pods_;
    k8s::informer<bool> nodes_;  // whether it is cordoned
};

}  // namespace ha::op
