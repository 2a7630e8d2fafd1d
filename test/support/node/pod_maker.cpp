// SPDX-License-Identifier: MIT
#include "test/support/node/pod_maker.hpp"

#include <algorithm>

namespace ha::test::node {
namespace {

std::string pod_name(const json& set, int ordinal) {
    return text_at(set, "/metadata/name") + "-" + std::to_string(ordinal);
}

bool owned_by(const json& pod, const json& set) {
    for (const auto& owner : at(pod, "/metadata/ownerReferences")) {
        if (text_at(owner, "/uid") == text_at(set, "/metadata/uid")) return true;
    }
    return false;
}

void add_claims(const json& set, const std::string& pod_name, json& spec) {
    for (const auto& claim : at(set, "/spec/volumeClaimTemplates")) {
        auto name = text_at(claim, "/metadata/name");
        auto& volumes = spec["volumes"];
        if (volumes.is_null()) volumes = json::array();
        volumes.push_back(
            {{"name", name}, {"persistentVolumeClaim", {{"claimName", name + "-" + pod_name}}}});
    }
}

}  // namespace

std::string revision_of(const json& set) {
    auto digest = std::hash<std::string>{}(at(set, "/spec/template").dump());
    return text_at(set, "/metadata/name") + "-" + std::to_string(digest);
}

json status_of(const json& set) {
    return {{"observedGeneration", number_at(set, "/metadata/generation")},
            {"updateRevision", revision_of(set)}};
}

json make_pod(const json& set, int ordinal, const std::string& node_name) {
    auto name = pod_name(set, ordinal);
    json metadata = at(set, "/spec/template/metadata");
    if (!metadata.is_object()) metadata = json::object();
    metadata["name"] = name;
    metadata["namespace"] = text_at(set, "/metadata/namespace", "default");
    metadata["labels"]["controller-revision-hash"] = revision_of(set);
    metadata["labels"]["statefulset.kubernetes.io/pod-name"] = name;
    metadata["labels"]["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
    metadata["ownerReferences"] = json::array({{{"apiVersion", "apps/v1"},
                                                {"kind", "StatefulSet"},
                                                {"name", text_at(set, "/metadata/name")},
                                                {"uid", text_at(set, "/metadata/uid")},
                                                {"controller", true},
                                                {"blockOwnerDeletion", true}}});
    json spec = at(set, "/spec/template/spec");
    spec["hostname"] = name;
    spec["subdomain"] = text_at(set, "/spec/serviceName");
    spec["nodeName"] = node_name;
    add_claims(set, name, spec);
    return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", spec}};
}

pod_changes missing_and_surplus(const json& set, const std::map<std::string, json>& pods) {
    pod_changes changes;
    auto wanted = static_cast<int>(number_at(set, "/spec/replicas", 1));
    if (!at(set, "/metadata/deletionTimestamp").is_null()) wanted = 0;
    std::vector<std::string> right;
    for (int i = 0; i < wanted; ++i) {
        right.push_back(pod_name(set, i));
        if (!pods.contains(right.back())) changes.create.push_back(i);
    }
    for (const auto& [name, pod] : pods) {
        bool kept = std::ranges::find(right, name) != right.end();
        bool ending = !at(pod, "/metadata/deletionTimestamp").is_null();
        if (!kept && !ending && owned_by(pod, set)) changes.remove.push_back(name);
    }
    std::ranges::sort(changes.remove, std::greater{});
    return changes;
}

}  // namespace ha::test::node
