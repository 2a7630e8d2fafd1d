// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

namespace ha::op {
namespace {

value data_claim_of(const workload& of) {
    list modes;
    for (const auto& mode : of.storage.access_modes) modes.push_back(mode);
    object spec{{"accessModes", std::move(modes)},
                {"resources", object{{"requests", object{{"storage", of.storage.size}}}}}};
    if (!of.storage.selector.is_null()) spec.push_back({"selector", of.storage.selector});
    if (!of.storage.class_name.empty()) {
        spec.push_back({"storageClassName", of.storage.class_name});
    }
    return object{{"metadata", object{{"name", data_claim}, {"labels", object_labels(of)}}},
                  {"spec", std::move(spec)}};
}

}  // namespace

value stateful_set(const workload& of, const plan_settings& settings) {
    names called{of};
    auto made = object_of(of, "apps/v1", "StatefulSet", called.stateful_set);
    made.set(
        "spec",
        object{{"replicas", of.pods},
               {"serviceName", called.headless},
               // A group starts with all its voters or waits for them. (The other is contract.)
               {"podManagementPolicy",
                of.kind == resource_kind::instance ? "OrderedReady" : "Parallel"},
               {"updateStrategy", object{{"type", settings.update_strategy}}},
               {"selector", object{{"matchLabels", object_labels(of)}}},
               {"template", pod_template(of, settings)}});
    if (!of.storage.source.is_null()) return made;
    auto spec = *made.find({"spec"});
    spec.set("volumeClaimTemplates", list{data_claim_of(of)});
    if (!of.storage.reclaim_policy.empty())
        spec.set("persistentVolumeClaimRetentionPolicy",
                 object{{"whenDeleted", of.storage.reclaim_policy},
                        {"whenScaled", of.storage.when_scaled}});
    made.set("spec", std::move(spec));
    return made;
}

}  // namespace ha::op
