// SPDX-License-Identifier: MIT
#include "agent/actuators/pod_labels.hpp"

#include "agent/codec/pod.hpp"
#include "common/k8s/resources.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

namespace {

// A merge patch whose uid is another one's is refused by the server with a conflict.
nlohmann::json patch_for(const pod_identity& pod, nlohmann::json labels) {
    return {{"metadata", {{"uid", pod.uid}, {"labels", std::move(labels)}}}};
}

}  // namespace

pod_labels::pod_labels(k8s::client& api, std::string space, std::string group)
    : api_(api), space_(std::move(space)), group_(std::move(group)) {}

pod_labels::answer pod_labels::set_role(pod_identity pod, std::string role, duration limit) {
    if (role.empty()) return clear_role(std::move(pod), limit);
    auto of_group = role == "primary" ? "primary" : "secondary";
    nlohmann::json labels{{role_label, role}, {group_role_label(group_), of_group}};
    return api_.merge_patch({k8s::pods, space_, pod.name, ""}, patch_for(pod, labels), limit);
}

pod_labels::answer pod_labels::clear_role(pod_identity pod, duration limit) {
    nlohmann::json labels{{role_label, nullptr}, {group_role_label(group_), nullptr}};
    return api_.merge_patch({k8s::pods, space_, pod.name, ""}, patch_for(pod, labels), limit);
}

}  // namespace ha::agent
