// SPDX-License-Identifier: MIT
#include "test/kubesim/api/controllers.hpp"
#include "test/kubesim/api/selectors.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

const table slices{"discovery.k8s.io", "endpointslices"};
constexpr const char* service_label = "kubernetes.io/service-name";

bool is_ready(const json& pod) {
    for (const auto& one : pod["status"].value("conditions", json::array()))
        if (one.value("type", "") == "Ready") return one.value("status", "") == "True";
    return false;
}

bool counts(const json& pod) {
    auto phase = pod["status"].value("phase", "");
    return !pod["status"].value("podIP", "").empty() && phase != "Failed" && phase != "Succeeded";
}

// Pods on a node that does not exist are left out, as the real controller does.
bool has_node(const cluster& all, const json& pod) {
    auto node = pod["spec"].value("nodeName", "");
    return node.empty() || all.objects.find({"", "nodes"}, {"", node});
}

json endpoint_of(const json& pod, const json& service) {
    const auto& metadata = pod["metadata"];
    bool serving = is_ready(pod);
    bool terminating = metadata.contains("deletionTimestamp");
    bool published = service["spec"].value("publishNotReadyAddresses", false);
    json made = {{"addresses", {pod["status"]["podIP"]}},
                 {"conditions",
                  {{"ready", published || (serving && !terminating)},
                   {"serving", serving},
                   {"terminating", terminating}}},
                 {"targetRef",
                  {{"kind", "Pod"},
                   {"namespace", metadata["namespace"]},
                   {"name", metadata["name"]},
                   {"uid", metadata["uid"]}}}};
    if (pod["spec"].contains("nodeName")) made["nodeName"] = pod["spec"]["nodeName"];
    if (pod["spec"].contains("hostname") &&
        service["metadata"]["name"] == pod["spec"].value("subdomain", ""))
        made["hostname"] = pod["spec"]["hostname"];
    return made;
}

// The number behind a port's name, from the first pod that has it.
json number_of(const json& port, const json& pods) {
    const auto& wanted = port["targetPort"];
    if (!wanted.is_string()) return wanted;
    for (const auto& pod : pods)
        for (const auto* list : {"containers", "initContainers"})
            for (const auto& container : pod["spec"].value(list, json::array()))
                for (const auto& one : container.value("ports", json::array()))
                    if (wanted == one.value("name", "")) return one["containerPort"];
    return nullptr;
}

json ports_of(const json& service, const json& pods) {
    json made = json::array();
    for (const auto& port : service["spec"].value("ports", json::array())) {
        auto number = number_of(port, pods);
        if (number.is_null()) continue;
        json entry = {{"name", port.value("name", "")},
                      {"port", number},
                      {"protocol", port.value("protocol", "TCP")}};
        if (port.contains("appProtocol")) entry["appProtocol"] = port["appProtocol"];
        made.push_back(entry);
    }
    return made.empty() ? json(nullptr) : made;
}

json labels_of(const json& service) {
    json made = service["metadata"].value("labels", json::object());
    made[service_label] = service["metadata"]["name"];
    made["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io";
    if (service["spec"].value("clusterIP", "") == "None")
        made["service.kubernetes.io/headless"] = "";
    return made;
}

json new_slice(cluster& all, const json& service) {
    const auto& metadata = service["metadata"];
    auto prefix = metadata["name"].get<std::string>() + "-";
    return {{"apiVersion", "discovery.k8s.io/v1"},
            {"kind", "EndpointSlice"},
            {"addressType", "IPv4"},
            {"metadata",
             {{"name", prefix + all.fresh_suffix()},
              {"generateName", prefix},
              {"namespace", metadata["namespace"]},
              {"uid", all.fresh_uid()},
              {"creationTimestamp", all.timestamp()},
              {"generation", 1},
              {"ownerReferences",
               {{{"apiVersion", "v1"},
                 {"kind", "Service"},
                 {"name", metadata["name"]},
                 {"uid", metadata["uid"]},
                 {"controller", true},
                 {"blockOwnerDeletion", true}}}}}}};
}

// By the name that new_slice gives.
shared_object slice_of(const cluster& all, const json& service) {
    const auto& uid = service["metadata"]["uid"];
    auto first = key_of(service);
    first.name += "-";
    const auto& rows = all.objects.all(slices);
    for (auto at = rows.lower_bound(first); at != rows.end(); ++at) {
        const auto& [which, slice] = *at;
        if (which.space != first.space || !which.name.starts_with(first.name)) break;
        auto owners = (*slice)["metadata"].value("ownerReferences", json::array());
        if (!owners.empty() && uid == owners[0].value("uid", "")) return slice;
    }
    return nullptr;
}

bool has_selector(const json& service) {
    auto selector = service["spec"].find("selector");
    return selector != service["spec"].end() && !selector->empty();
}

bool selects(const json& service, const json& pod) {
    return has_selector(service) && labels_match(service["spec"]["selector"], pod);
}

void update_service(cluster& all, const json& service, const json& pods) {
    auto before = slice_of(all, service);
    auto after = before ? *before : new_slice(all, service);
    json endpoints = json::array();
    for (const auto& pod : pods)
        if (counts(pod) && has_node(all, pod)) endpoints.push_back(endpoint_of(pod, service));
    after["endpoints"] = endpoints.empty() ? json(nullptr) : endpoints;
    // Which ports there are is read off the pods: without one nobody knows.
    after["ports"] = endpoints.empty() ? json(nullptr) : ports_of(service, pods);
    after["metadata"]["labels"] = labels_of(service);
    if (before && *before == after) return;
    if (before) after["metadata"]["generation"] = after["metadata"]["generation"].get<int>() + 1;
    all.objects.put(slices, key_of(after), after);
}

}  // namespace

void update_endpoints_of(cluster& all, const json& service) {
    if (!has_selector(service)) return;
    const auto space = key_of(service).space;
    json pods = json::array();
    for (const auto& [which, pod] : all.objects.all({"", "pods"}))
        if (which.space == space && selects(service, *pod)) pods.push_back(*pod);
    update_service(all, service, pods);
}

void update_endpoints_with(cluster& all, const json& before, const json& after) {
    const auto space = key_of(after.is_null() ? before : after).space;
    for (const auto& [which, service] : all.objects.all({"", "services"})) {
        auto holds = [&](const json& pod) { return !pod.is_null() && selects(*service, pod); };
        if (which.space == space && (holds(before) || holds(after)))
            update_endpoints_of(all, *service);
    }
}

}  // namespace ha::kubesim
