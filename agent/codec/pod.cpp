// SPDX-License-Identifier: MIT
#include "agent/codec/pod.hpp"

#include "common/json/checked.hpp"

#include <nlohmann/json.hpp>

namespace ha::agent {

result<pod_view> read_pod(const nlohmann::json& object) {
    json::reader reader(object);
    auto metadata = reader.root().object("metadata");
    pod_view seen;
    seen.name = metadata.text("name");
    seen.uid = metadata.text("uid");
    seen.deleting = metadata.has("deletionTimestamp");
    seen.labels = metadata.texts("labels");
    seen.ip = reader.root().optional_object("status").text_or("podIP", "");
    if (auto wrong = reader.failure("a Pod")) return tl::unexpected(*wrong);
    return seen;
}

std::string group_role_label(const std::string& group) {
    return "role.ag.mssql.microsoft.com/" + group;
}

std::string labelled_role(const pod_view& pod, const std::string& group) {
    if (pod.labels.count(group_role_label(group)) == 0) return "";
    auto found = pod.labels.find(role_label);
    return found == pod.labels.end() ? "" : found->second;
}

}  // namespace ha::agent
