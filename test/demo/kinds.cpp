// SPDX-License-Identifier: MIT
#include "test/demo/kinds.hpp"

#include "common/k8s/resources.hpp"

namespace ha::test::demo {

result<k8s::resource> kind_of(const node::json& object) {
    static const k8s::resource known[] = {
        k8s::leases,
        k8s::config_maps,
        k8s::secrets,
        k8s::services,
        k8s::stateful_sets,
        k8s::disruption_budgets,
        {"", "v1", "serviceaccounts", "ServiceAccount"},
        {"rbac.authorization.k8s.io", "v1", "roles", "Role"},
        {"rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"},
    };
    auto api = node::text_at(object, "/apiVersion");
    auto kind = node::text_at(object, "/kind");
    for (const auto& one : known) {
        auto version = one.group.empty() ? one.version : one.group + "/" + one.version;
        if (version == api && one.kind == kind) return one;
    }
    return failure(errc::not_found, "no plan makes a " + kind + " of " + api);
}

}  // namespace ha::test::demo
