// SPDX-License-Identifier: MIT
#pragma once

#include "operator/reconcile/inventory.hpp"
#include "operator/reconcile/keeper.hpp"

// What becomes of volumes when their claims are deleted. Only for an operator of the whole cluster:
// PersistentVolumes belong to no namespace.

namespace ha::op {

// Whether its resource says what becomes of the volumes of its claims.
bool has_volume_policy(const workload& of);

class volume_watch {
public:
    // Whose volume changed is looked at again.
    volume_watch(clock_source& clock, k8s::client& api, inventory& all, std::uint32_t seed);

    // Runs until cancelled.
    boost::asio::awaitable<void> run();

    // The volumes of its claims get the policy that it asks for; nothing happens as long as its
    // StatefulSet is not there, or is another's. `listed`: pods of a group's list, which others are
    // to leave. Answers what stands in the way.
    boost::asio::awaitable<k8s::outcome<std::vector<obstacle>>> keep(
        workload of, std::vector<std::string> listed, keeper& by);

private:
    struct volume {
        k8s::object_key claim;  // that it is bound to; empty: to none
        std::string policy;     // Retain, Delete
        bool operator==(const volume&) const = default;
    };
    using informer = k8s::informer<volume>;

    static volume project(const nlohmann::json& shown);
    informer::callbacks telling();

    inventory& all_;
    std::map<k8s::object_key, k8s::object_key> by_claim_;
    informer volumes_;
};

}  // namespace ha::op
