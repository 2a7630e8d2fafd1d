// SPDX-License-Identifier: MIT
#include "test/kubesim/api/admission.hpp"
#include "test/kubesim/api/encoding.hpp"
#include "test/kubesim/api/schema.hpp"

#include <algorithm>

namespace ha::kubesim {
namespace {

using json = nlohmann::json;

void unless(json& at, const char* name, json value) {
    if (!at.contains(name) || at[name].is_null()) at[name] = std::move(value);
}

void fill_probe(json& probe) {
    unless(probe, "timeoutSeconds", 1);
    unless(probe, "periodSeconds", 10);
    unless(probe, "successThreshold", 1);
    unless(probe, "failureThreshold", 3);
    if (probe.contains("httpGet")) {
        unless(probe["httpGet"], "path", "/");
        unless(probe["httpGet"], "scheme", "HTTP");
    }
}

void fill_container(json& container) {
    auto image = container.value("image", "");
    auto name = image.substr(image.find_last_of('/') + 1);
    auto colon = name.find(':');
    bool latest = colon == std::string::npos || name.substr(colon) == ":latest";
    unless(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
    unless(container, "terminationMessagePath", "/dev/termination-log");
    unless(container, "terminationMessagePolicy", "File");
    unless(container, "resources", json::object());
    for (const auto* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
        if (container.contains(probe)) fill_probe(container[probe]);
    if (container.contains("ports"))
        for (auto& port : container["ports"]) unless(port, "protocol", "TCP");
    if (container.contains("env"))
        for (auto& one : container["env"])
            if (one.contains("valueFrom") && one["valueFrom"].contains("fieldRef"))
                unless(one["valueFrom"]["fieldRef"], "apiVersion", "v1");
}

void fill_volume(json& volume) {
    for (const auto* kind : {"secret", "configMap", "projected", "downwardAPI"})
        if (volume.contains(kind)) unless(volume[kind], "defaultMode", 420);
    if (!volume.contains("projected") || !volume["projected"].contains("sources")) return;
    for (auto& source : volume["projected"]["sources"])
        if (source.contains("serviceAccountToken"))
            unless(source["serviceAccountToken"], "expirationSeconds", 3600);
}

void fill_pod_spec(json& spec) {
    unless(spec, "restartPolicy", "Always");
    unless(spec, "terminationGracePeriodSeconds", 30);
    unless(spec, "dnsPolicy", "ClusterFirst");
    unless(spec, "securityContext", json::object());
    unless(spec, "schedulerName", "default-scheduler");
    if (spec.contains("serviceAccountName")) spec["serviceAccount"] = spec["serviceAccountName"];
    for (const auto* list : {"containers", "initContainers"})
        if (spec.contains(list))
            for (auto& container : spec[list]) fill_container(container);
    if (spec.contains("volumes"))
        for (auto& volume : spec["volumes"]) fill_volume(volume);
}

void fill_tolerations(json& spec) {
    auto& list = spec["tolerations"];
    if (!list.is_array()) list = json::array();
    for (const auto* taint : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
        bool there = std::any_of(list.begin(), list.end(), [&](const json& one) {
            return one.value("key", "") == taint;
        });
        if (!there)
            list.push_back({{"key", taint},
                            {"operator", "Exists"},
                            {"effect", "NoExecute"},
                            {"tolerationSeconds", 300}});
    }
}

void fill_pod(const json& before, json& pod) {
    fill_pod_spec(pod["spec"]);
    unless(pod["spec"], "enableServiceLinks", true);
    unless(pod["spec"], "priority", 0);
    unless(pod["spec"], "preemptionPolicy", "PreemptLowerPriority");
    fill_tolerations(pod["spec"]);
    if (before.is_null()) pod["status"] = {{"phase", "Pending"}, {"qosClass", "BestEffort"}};
    if (pod["status"].contains("conditions"))
        for (auto& one : pod["status"]["conditions"])
            for (const auto* time : {"lastProbeTime", "lastTransitionTime"})
                unless(one, time, nullptr);
}

void fill_service(cluster& all, const json& before, json& service) {
    auto& spec = service["spec"];
    unless(spec, "type", "ClusterIP");
    unless(spec, "sessionAffinity", "None");
    unless(spec, "internalTrafficPolicy", "Cluster");
    unless(spec, "ipFamilies", json::array({"IPv4"}));
    unless(spec, "ipFamilyPolicy", "SingleStack");
    if (spec.value("clusterIP", "").empty())
        spec["clusterIP"] =
            before.is_null() ? json(all.fresh_service_address()) : before["spec"]["clusterIP"];
    spec["clusterIPs"] = json::array({spec["clusterIP"]});
    if (spec.contains("ports"))
        for (auto& port : spec["ports"]) {
            unless(port, "protocol", "TCP");
            unless(port, "targetPort", port.value("port", json(0)));
        }
    if (before.is_null()) service["status"] = {{"loadBalancer", json::object()}};
}

void fill_claim(json& claim) {
    claim["apiVersion"] = "v1";
    claim["kind"] = "PersistentVolumeClaim";
    unless(claim["spec"], "volumeMode", "Filesystem");
    unless(claim, "status", {{"phase", "Pending"}});
}

void fill_stored_claim(const json& before, json& claim) {
    fill_claim(claim);
    if (before.is_null()) claim["metadata"]["finalizers"].push_back("kubernetes.io/pvc-protection");
}

void fill_volume(const cluster& all, const json& before, json& volume) {
    if (!before.is_null()) return;
    volume["metadata"]["finalizers"].push_back("kubernetes.io/pv-protection");
    volume["status"] = {{"phase", "Pending"}, {"lastPhaseTransitionTime", all.timestamp()}};
}

// Fields of the older kind of Event are always written.
void fill_event(json& event) {
    unless(event, "deprecatedSource", json::object());
    event["deprecatedFirstTimestamp"] = nullptr;
    event["deprecatedLastTimestamp"] = nullptr;
}

void fill_node(const json& before, json& node) {
    unless(node, "spec", json::object());
    if (node["spec"].value("unschedulable", json()) == false) node["spec"].erase("unschedulable");
    if (!before.is_null()) return;
    node["spec"]["taints"] = {{{"key", "node.kubernetes.io/not-ready"}, {"effect", "NoSchedule"}}};
    node["status"] = {{"daemonEndpoints", {{"kubeletEndpoint", {{"Port", 0}}}}},
                      {"nodeInfo", json::object()}};
    for (const auto* fact : {"architecture",
                             "bootID",
                             "containerRuntimeVersion",
                             "kernelVersion",
                             "kubeProxyVersion",
                             "kubeletVersion",
                             "machineID",
                             "operatingSystem",
                             "osImage",
                             "systemUUID"})
        node["status"]["nodeInfo"][fact] = "";
}

void fill_stateful_set(const json& before, json& set) {
    auto& spec = set["spec"];
    unless(spec, "replicas", 1);
    unless(spec, "podManagementPolicy", "OrderedReady");
    unless(spec, "revisionHistoryLimit", 10);
    unless(spec, "updateStrategy", {{"type", "RollingUpdate"}});
    if (spec["updateStrategy"].value("type", "") == "RollingUpdate")
        unless(spec["updateStrategy"], "rollingUpdate", {{"partition", 0}});
    unless(spec,
           "persistentVolumeClaimRetentionPolicy",
           {{"whenDeleted", "Retain"}, {"whenScaled", "Retain"}});
    unless(spec, "serviceName", "");
    if (spec.contains("template")) fill_pod_spec(spec["template"]["spec"]);
    if (spec.contains("volumeClaimTemplates"))
        for (auto& claim : spec["volumeClaimTemplates"]) fill_claim(claim);
    if (before.is_null()) set["status"] = {{"replicas", 0}, {"availableReplicas", 0}};
}

void fill_job(const json& before, json& job) {
    auto& spec = job["spec"];
    unless(spec, "parallelism", 1);
    unless(spec, "completions", 1);
    unless(spec, "backoffLimit", 6);
    unless(spec, "completionMode", "NonIndexed");
    unless(spec, "suspend", false);
    unless(spec, "manualSelector", false);
    unless(spec, "podReplacementPolicy", "TerminatingOrFailed");
    if (!spec["manualSelector"].get<bool>()) {
        const auto& uid = job["metadata"]["uid"];
        const auto& name = job["metadata"]["name"];
        unless(spec, "selector", {{"matchLabels", {{"batch.kubernetes.io/controller-uid", uid}}}});
        auto& labels = spec["template"]["metadata"]["labels"];
        labels["batch.kubernetes.io/controller-uid"] = uid;
        labels["batch.kubernetes.io/job-name"] = name;
        labels["controller-uid"] = uid;
        labels["job-name"] = name;
        if (before.is_null()) unless(job["metadata"], "labels", labels);
    }
    fill_pod_spec(spec["template"]["spec"]);
    unless(job, "status", json::object());
}

void fill_secret(json& secret) {
    unless(secret, "type", "Opaque");
    if (!secret.contains("stringData")) return;
    for (const auto& [name, value] : secret["stringData"].items())
        secret["data"][name] = base64(value.get<std::string>());
    secret.erase("stringData");
}

void fill_definition(json& definition) {
    auto& spec = definition["spec"];
    auto& names = spec["names"];
    unless(spec, "conversion", {{"strategy", "None"}});
    auto kind = names.value("kind", "");
    auto lower = kind;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    unless(names, "singular", lower);
    unless(names, "listKind", kind + "List");
}

// A binding's subjects and role are completed by what they obviously mean.
void fill_binding(json& binding) {
    if (binding.contains("roleRef"))
        unless(binding["roleRef"], "apiGroup", "rbac.authorization.k8s.io");
    for (auto& subject : binding["subjects"]) {
        auto kind = subject.value("kind", "");
        if (kind == "User" || kind == "Group")
            unless(subject, "apiGroup", "rbac.authorization.k8s.io");
    }
}

void fill_budget(const json& before, json& budget) {
    if (before.is_null())
        budget["status"] = {{"currentHealthy", 0},
                            {"desiredHealthy", 0},
                            {"disruptionsAllowed", 0},
                            {"expectedPods", 0}};
}

}  // namespace

void fill_defaults(cluster& all, const kind_info& kind, const json& before, json& object) {
    if (kind.custom()) {
        prune_and_default(object, kind.schema);
        return;
    }
    const auto& name = kind.plural;
    if (name == "pods") fill_pod(before, object);
    if (name == "services") fill_service(all, before, object);
    if (name == "statefulsets") fill_stateful_set(before, object);
    if (name == "jobs") fill_job(before, object);
    if (name == "secrets") fill_secret(object);
    if (name == "customresourcedefinitions") fill_definition(object);
    if (name == "rolebindings" || name == "clusterrolebindings") fill_binding(object);
    if (name == "poddisruptionbudgets") fill_budget(before, object);
    if (name == "leases") unless(object, "spec", json::object());
    if (name == "persistentvolumeclaims") fill_stored_claim(before, object);
    if (name == "networkpolicies") unless(object["spec"], "policyTypes", json::array({"Ingress"}));
    if (name == "persistentvolumes") fill_volume(all, before, object);
    if (name == "events") fill_event(object);
    if (name == "nodes") fill_node(before, object);
    if (name == "roles" || name == "clusterroles") unless(object, "rules", nullptr);
    if (name == "namespaces") {
        object["spec"] = {{"finalizers", {"kubernetes"}}};
        object["status"] = {{"phase", "Active"}};
    }
}

}  // namespace ha::kubesim
