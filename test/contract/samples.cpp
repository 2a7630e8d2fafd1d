// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"

#include <stdexcept>

namespace ha::contract {
namespace {

using json = nlohmann::json;

json parsed(const char* text) {
    return json::parse(text);
}

// What only the scenery is made of: no more than that is promised of it.
const std::vector<std::string> few = {"update", "apply", "delete", "watch", "patch.", "create.dry"};

const json relabel = {{"metadata", {{"labels", {{"role", "primary"}}}}}};

std::vector<sample> core_samples() {
    const std::string at = "/api/v1/namespaces/{space}/";
    return {
        {"Pod",
         at + "pods",
         false,
         {{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", pod_spec()}},
         relabel,
         true,
         parsed(R"({"status":{"podIP":"10.244.0.7","podIPs":[{"ip":"10.244.0.7"}],"phase":"Running",
             "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}})")},
        {"Service",
         at + "services",
         false,
         parsed(R"({"apiVersion":"v1","kind":"Service","spec":{"selector":{"app":"none"},
             "ports":[{"name":"sql","port":1433},{"name":"peers","port":5022,"targetPort":"peers"}]}})"),
         parsed(R"({"spec":{"publishNotReadyAddresses":true}})"),
         false,
         nullptr,
         {"create.nameless"}},
        {"Secret",
         at + "secrets",
         false,
         parsed(
             R"({"apiVersion":"v1","kind":"Secret","stringData":{"password":"Passw0rd"},"data":{"a":"YQ=="}})"),
         parsed(R"({"data":{"a":"Yg=="}})")},
        {"ConfigMap",
         at + "configmaps",
         false,
         parsed(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"a":"1"}})"),
         parsed(R"({"data":{"a":"2"}})")},
        {"ServiceAccount",
         at + "serviceaccounts",
         false,
         parsed(
             R"({"apiVersion":"v1","kind":"ServiceAccount","automountServiceAccountToken":true})"),
         parsed(R"({"automountServiceAccountToken":false})")},
        {"PersistentVolumeClaim",
         at + "persistentvolumeclaims",
         false,
         parsed(
             R"({"apiVersion":"v1","kind":"PersistentVolumeClaim","spec":{"accessModes":["ReadWriteOnce"],
             "resources":{"requests":{"storage":"1Gi"}}}})"),
         relabel,
         false,
         nullptr,
         {"update.same", "apply.again"}},
        {"PersistentVolume",
         "/api/v1/persistentvolumes",
         true,
         parsed(
             R"({"apiVersion":"v1","kind":"PersistentVolume","spec":{"accessModes":["ReadWriteOnce"],
             "capacity":{"storage":"1Gi"},"hostPath":{"path":"/data","type":""},
             "persistentVolumeReclaimPolicy":"Retain","volumeMode":"Filesystem"}})"),
         parsed(R"({"spec":{"persistentVolumeReclaimPolicy":"Delete"}})"),
         true,
         parsed(R"({"status":{"phase":"Bound"}})"),
         // What it consists of must be said whole.
         {"apply", "create.nameless", "update.same"}},
        {"Node",
         "/api/v1/nodes",
         true,
         parsed(R"({"apiVersion":"v1","kind":"Node"})"),
         relabel,
         false,
         nullptr,
         few},
        {"Namespace",
         "/api/v1/namespaces",
         true,
         parsed(R"({"apiVersion":"v1","kind":"Namespace"})"),
         relabel,
         false,
         nullptr,
         few},
    };
}

std::vector<sample> workload_samples() {
    json set = parsed(
        R"({"apiVersion":"apps/v1","kind":"StatefulSet","spec":{"serviceName":"db","replicas":1,
        "selector":{"matchLabels":{"app":"db"}},
        "template":{"metadata":{"labels":{"app":"db"}}},
        "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],
            "resources":{"requests":{"storage":"1Gi"}}}}]}})");
    set["spec"]["template"]["spec"] = pod_spec();
    json job = parsed(R"({"apiVersion":"batch/v1","kind":"Job","spec":{"template":{}}})");
    job["spec"]["template"]["spec"] = pod_spec();
    job["spec"]["template"]["spec"]["restartPolicy"] = "Never";
    const std::string space = "/namespaces/{space}/";
    return {
        {"StatefulSet",
         "/apis/apps/v1" + space + "statefulsets",
         false,
         set,
         parsed(R"({"spec":{"replicas":2}})"),
         true,
         parsed(R"({"status":{"replicas":1,"readyReplicas":1}})")},
        {"Job",
         "/apis/batch/v1" + space + "jobs",
         false,
         job,
         parsed(R"({"spec":{"parallelism":2}})"),
         true,
         parsed(R"({"status":{"active":1,"startTime":"2026-01-01T00:00:00Z"}})"),
         // Its template says the uid, too, so that another one is told in many words. One that was
         // deleted is there for a moment longer: its finalizer orphans its pods.
         {"update.same", "apply.again", "patch.other_uid", "apply.other_uid", "update.deleted"}},
        {"PodDisruptionBudget",
         "/apis/policy/v1" + space + "poddisruptionbudgets",
         false,
         parsed(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget",
             "spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"db"}}}})"),
         parsed(R"({"spec":{"maxUnavailable":2}})"),
         true,
         parsed(R"({"status":{"disruptionsAllowed":1}})")},
    };
}

json policy_spec() {
    return parsed(R"({"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress"],
        "ingress":[{"ports":[{"port":1433,"protocol":"TCP"}]},
            {"from":[{"podSelector":{"matchLabels":{"app":"db"}}}],
             "ports":[{"port":5022,"protocol":"TCP"}]}]})");
}

std::vector<sample> group_samples() {
    const std::string space = "/namespaces/{space}/";
    const std::string rbac = "/apis/rbac.authorization.k8s.io/v1";
    return {
        {"Lease",
         "/apis/coordination.k8s.io/v1" + space + "leases",
         false,
         parsed(
             R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","spec":{"holderIdentity":"a",
             "leaseDurationSeconds":15,"acquireTime":"2026-01-01T00:00:00.000000Z",
             "renewTime":"2026-01-01T00:00:00.000001Z","leaseTransitions":3}})"),
         parsed(R"({"spec":{"holderIdentity":"b"}})")},
        {"EndpointSlice",
         "/apis/discovery.k8s.io/v1" + space + "endpointslices",
         false,
         parsed(R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
             "endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true}}],
             "ports":[{"name":"sql","port":1433,"protocol":"TCP"}]})"),
         parsed(R"({"ports":[{"name":"sql","port":1434,"protocol":"TCP"}]})")},
        {"Event",
         "/apis/events.k8s.io/v1" + space + "events",
         false,
         parsed(
             R"({"apiVersion":"events.k8s.io/v1","kind":"Event","eventTime":"2026-01-01T00:00:00.000000Z",
             "reportingController":"mssql-ha/supervisor","reportingInstance":"db-0","action":"Promote",
             "reason":"Promoted","type":"Normal","note":"words",
             "regarding":{"kind":"Pod","namespace":"{space}","name":"db-0"}})"),
         parsed(R"({"series":{"count":2,"lastObservedTime":"2026-01-01T00:00:01.000000Z"}})")},
        {"NetworkPolicy",
         "/apis/networking.k8s.io/v1" + space + "networkpolicies",
         false,
         {{"apiVersion", "networking.k8s.io/v1"},
          {"kind", "NetworkPolicy"},
          {"spec", policy_spec()}},
         parsed(R"({"spec":{"podSelector":{"matchLabels":{"app":"db","role":"x"}}}})")},
        {"Role",
         rbac + space + "roles",
         false,
         parsed(R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","rules":[
             {"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]})"),
         parsed(R"({"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]})")},
        {"RoleBinding",
         rbac + space + "rolebindings",
         false,
         parsed(R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding",
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},
             "subjects":[{"kind":"ServiceAccount","name":"x","namespace":"other"}]})"),
         parsed(R"({"subjects":[{"kind":"ServiceAccount","name":"y","namespace":"other"}]})")},
        {"ClusterRole",
         rbac + "/clusterroles",
         true,
         parsed(R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","rules":[
             {"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]})"),
         parsed(R"({"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]})")},
        {"ClusterRoleBinding",
         rbac + "/clusterrolebindings",
         true,
         parsed(R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"r"},
             "subjects":[{"kind":"User","name":"x"}]})"),
         parsed(
             R"({"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"y"}]})")},
        {"Widget",
         "/apis/contract.example.com/v1" + space + "widgets",
         false,
         parsed(R"({"apiVersion":"contract.example.com/v1","kind":"Widget","spec":{"size":1}})"),
         parsed(R"({"spec":{"size":2}})"),
         true,
         parsed(R"({"status":{"phase":"Ready"}})")},
    };
}

}  // namespace

std::string sample::name(const std::string& space) const {
    return cluster_wide ? space + "-x" : "x";
}

json sample::named(const std::string& wanted) const {
    auto made = object;
    made["metadata"]["name"] = wanted;
    return made;
}

json pod_spec() {
    return parsed(R"({
        "nodeName":"contract-node","serviceAccountName":"supervisor",
        "containers":[{"name":"engine","image":"registry/engine:1",
            "ports":[{"name":"sql","containerPort":1433},{"name":"peers","containerPort":5022}],
            "env":[{"name":"A","value":"1"},
                   {"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
            "readinessProbe":{"httpGet":{"port":8080,"path":"/readyz"}},
            "volumeMounts":[{"name":"data","mountPath":"/var/opt/mssql"}]}],
        "initContainers":[{"name":"supervisor","image":"registry/supervisor","restartPolicy":"Always",
            "startupProbe":{"httpGet":{"port":8080,"path":"/startupz"},"periodSeconds":1}}],
        "volumes":[{"name":"data","emptyDir":{}},
                   {"name":"token","projected":{"sources":[{"serviceAccountToken":{"path":"token"}}]}},
                   {"name":"config","configMap":{"name":"c"}}]})");
}

json widget_definition() {
    return parsed(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
        "metadata":{"name":"widgets.contract.example.com"},
        "spec":{"group":"contract.example.com","scope":"Namespaced",
            "names":{"plural":"widgets","kind":"Widget"},
            "versions":[{"name":"v1","served":true,"storage":true,"subresources":{"status":{}},
                "schema":{"openAPIV3Schema":{"type":"object","required":["spec"],"properties":{
                    "spec":{"type":"object","required":["size"],"properties":{
                        "size":{"type":"integer","minimum":1,"maximum":9},
                        "color":{"type":"string","default":"red","enum":["red","green"]},
                        "name":{"type":"string","pattern":"^[a-z]+$","maxLength":8},
                        "limit":{"x-kubernetes-int-or-string":true},
                        "nested":{"type":"object","properties":{"mode":{"type":"string","default":"auto"},
                            "list":{"type":"array","items":{"type":"string"}}}},
                        "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
                        "settings":{"type":"object","additionalProperties":{"type":"string"}},
                        "replicas":{"type":"array","maxItems":3,"x-kubernetes-list-type":"map",
                            "x-kubernetes-list-map-keys":["name"],
                            "items":{"type":"object","required":["name"],"properties":{
                                "name":{"type":"string"},"mode":{"type":"string","default":"sync"}}}}}},
                    "status":{"type":"object","properties":{
                        "phase":{"type":"string"},"observedGeneration":{"type":"integer"},
                        "conditions":{"type":"array","x-kubernetes-list-type":"map",
                            "x-kubernetes-list-map-keys":["type"],
                            "items":{"type":"object","required":["type","status"],"properties":{
                                "type":{"type":"string"},"status":{"type":"string"},
                                "message":{"type":"string"}}}}}}}}}}]}})");
}

const std::vector<sample>& samples() {
    static const std::vector<sample> all = [] {
        std::vector<sample> made;
        for (const auto& some : {core_samples(), workload_samples(), group_samples()})
            made.insert(made.end(), some.begin(), some.end());
        return made;
    }();
    return all;
}

const sample& sample_of(const std::string& kind) {
    for (const auto& one : samples())
        if (one.kind == kind) return one;
    throw std::logic_error{"no sample of kind " + kind};
}

}  // namespace ha::contract
