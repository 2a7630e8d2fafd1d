// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

namespace ha::op {
namespace {

value data_claim(const group& of) {
    list modes;
    for (const auto& mode : of.storage.access_modes) modes.push_back(mode);
    object spec{{"accessModes", std::move(modes)},
                {"resources", object{{"requests", object{{"storage", of.storage.size}}}}}};
    if (!of.storage.class_name.empty()) {
        spec.push_back({"storageClassName", of.storage.class_name});
    }
    return object{
        {"metadata", object{{"name", names{of}.data_claim}, {"labels", group_labels(of)}}},
        {"spec", std::move(spec)}};
}

}  // namespace

value stateful_set(const group& of, const plan_settings& settings) {
    names called{of};
    auto made = object_of(of, "apps/v1", "StatefulSet", called.stateful_set);
    made.set("spec",
             object{{"replicas", static_cast<std::int64_t>(of.replicas.size())},
                    {"serviceName", called.headless},
                    // A group starts with all its voters or waits for them.
                    {"podManagementPolicy", "Parallel"},
                    {"updateStrategy", object{{"type", "RollingUpdate"}}},
                    {"selector", object{{"matchLabels", group_labels(of)}}},
                    {"template", pod_template(of, settings)},
                    {"volumeClaimTemplates", list{data_claim(of)}}});
    return made;
}

}  // namespace ha::op
