// SPDX-License-Identifier: MIT
#include "operator/reconcile/node_watch.hpp"

#include "common/json/checked.hpp"
#include "common/k8s/resources.hpp"

namespace ha::op {

namespace {

bool is_cordoned(const nlohmann::json& node) {
    json::reader reader(node);
    return reader.root().optional_object("spec").optional_boolean("unschedulable").value_or(false);
}

k8s::informer<bool>::callbacks telling(inventory& pods) {
    auto changed = [&pods](const k8s::object_key& node, const k8s::informer<bool>::entry&) {
        pods.touch_pods_on(node.name);
    };
    return {changed, {}, {}, {}};
}

k8s::reflector_plan plan_of(std::uint32_t seed) {
    k8s::reflector_plan plan;
    plan.seed = seed + 100;
    return plan;
}

}  // namespace

node_watch::node_watch(clock_source& clock, k8s::client& api, inventory& pods, std::uint32_t seed)
    : pods_(pods),
      nodes_(
          clock, api, k8s::selection{k8s::nodes, ""}, is_cordoned, telling(pods), plan_of(seed)) {}

boost::asio::awaitable<void> node_watch::run() {
    return nodes_.run();
}

std::map<std::string, place> node_watch::places(const std::string& space,
                                                const std::vector<std::string>& pods) const {
    std::map<std::string, place> found;
    for (const auto& name : pods) {
        const auto* pod = pods_.find({k8s::pods, space, name});
        if (pod == nullptr) continue;
        if (const auto* node = nodes_.find({"", pod->value.node}))
            found[name] = {pod->value.node, node->value};
    }
    return found;
}

}  // namespace ha::op
