// SPDX-License-Identifier: MIT
#include "test/kubesim/api/kinds.hpp"

namespace ha::kubesim {
namespace {

using json = nlohmann::json;
using rules = std::vector<std::string_view>;

enum : unsigned {
    cluster_wide = 1,
    status = 2,
    generation = 4,
    unconditional = 8,
    creates = 16,
    returns = 32,
};

// The rules of a pod's spec below `at`, for pods and for templates.
rules pod_rules(const std::string& at) {
    static const char* const lines[] = {
        "nodeSelector atomic",
        "imagePullSecrets keyed name",
        "hostAliases keyed ip",
        "topologySpreadConstraints keyed topologyKey whenUnsatisfiable",
        "readinessGates atomic",
        "volumes keyed name",
    };
    static const char* const container_lines[] = {
        "keyed name",
        "[].ports keyed containerPort protocol=TCP",
        "[].env keyed name",
        "[].env[].valueFrom.secretKeyRef atomic",
        "[].env[].valueFrom.configMapKeyRef atomic",
        "[].env[].valueFrom.fieldRef atomic",
        "[].env[].valueFrom.resourceFieldRef atomic",
        "[].volumeMounts keyed mountPath",
        "[].volumeDevices keyed devicePath",
    };
    static std::deque<std::string> kept;
    rules made;
    auto add = [&](std::string line) { made.emplace_back(kept.emplace_back(std::move(line))); };
    for (const auto* line : lines) add(at + "." + line);
    for (const auto* list : {"containers", "initContainers"})
        for (const auto* line : container_lines)
            add(at + "." + list + (line[0] == '[' ? "" : " ") + line);
    return made;
}

rules with(rules some, const rules& more) {
    some.insert(some.end(), more.begin(), more.end());
    return some;
}

struct row {
    const char* group;
    const char* version;
    const char* plural;
    const char* kind;
    unsigned flags;
    rules apply;
};

std::vector<row> core_rows() {
    return {
        {"", "v1", "namespaces", "Namespace", cluster_wide | status | unconditional, {}},
        {"", "v1", "nodes", "Node", cluster_wide | status | unconditional, {}},
        {"",
         "v1",
         "pods",
         "Pod",
         status | generation | unconditional | returns,
         with({"status.conditions keyed type", "status.podIPs keyed ip"}, pod_rules("spec"))},
        {"",
         "v1",
         "services",
         "Service",
         status | unconditional | creates | returns,
         {"spec.ports keyed port protocol=TCP",
          "spec.selector atomic",
          "status.conditions keyed type"}},
        {"", "v1", "secrets", "Secret", unconditional, {}},
        {"", "v1", "configmaps", "ConfigMap", unconditional, {}},
        {"",
         "v1",
         "serviceaccounts",
         "ServiceAccount",
         unconditional | returns,
         {"secrets keyed name"}},
        {"",
         "v1",
         "persistentvolumes",
         "PersistentVolume",
         cluster_wide | status | unconditional | returns,
         {}},
        {"",
         "v1",
         "persistentvolumeclaims",
         "PersistentVolumeClaim",
         status | unconditional | returns,
         {"spec.selector atomic"}},
    };
}

std::vector<row> group_rows() {
    return {
        {"coordination.k8s.io", "v1", "leases", "Lease", creates, {}},
        {"discovery.k8s.io",
         "v1",
         "endpointslices",
         "EndpointSlice",
         generation | unconditional,
         {}},
        {"events.k8s.io",
         "v1",
         "events",
         "Event",
         unconditional | creates,
         {"regarding atomic", "related atomic", "deprecatedSource atomic"}},
        {"apps",
         "v1",
         "statefulsets",
         "StatefulSet",
         status | generation | unconditional,
         with({"spec.selector atomic", "status.conditions keyed type"},
              pod_rules("spec.template.spec"))},
        {"batch",
         "v1",
         "jobs",
         "Job",
         status | generation | unconditional,
         with({"spec.selector atomic"}, pod_rules("spec.template.spec"))},
        {"networking.k8s.io",
         "v1",
         "networkpolicies",
         "NetworkPolicy",
         generation | unconditional,
         {"spec.podSelector atomic"}},
        {"policy",
         "v1",
         "poddisruptionbudgets",
         "PodDisruptionBudget",
         status | generation,
         {"spec.selector atomic", "status.conditions keyed type"}},
        {"rbac.authorization.k8s.io", "v1", "roles", "Role", unconditional | creates, {}},
        {"rbac.authorization.k8s.io",
         "v1",
         "rolebindings",
         "RoleBinding",
         unconditional | creates,
         {"roleRef atomic"}},
        {"rbac.authorization.k8s.io",
         "v1",
         "clusterroles",
         "ClusterRole",
         cluster_wide | unconditional | creates,
         {}},
        {"rbac.authorization.k8s.io",
         "v1",
         "clusterrolebindings",
         "ClusterRoleBinding",
         cluster_wide | unconditional | creates,
         {"roleRef atomic"}},
        {"apiextensions.k8s.io",
         "v1",
         "customresourcedefinitions",
         "CustomResourceDefinition",
         cluster_wide | status | generation,
         {}},
    };
}

kind_info from_row(const row& line) {
    kind_info made;
    made.group = line.group;
    made.version = line.version;
    made.plural = line.plural;
    made.kind = line.kind;
    made.namespaced = !(line.flags & cluster_wide);
    made.has_status = line.flags & status;
    made.has_generation = line.flags & generation;
    made.unconditional_update = line.flags & unconditional;
    made.create_on_update = line.flags & creates;
    made.returns_deleted = line.flags & returns;
    made.apply_shape = make_shape(line.apply);
    made.groupless_errors = made.plural == "events";
    made.checks_metadata_twice = made.plural != "endpointslices" &&
                                 made.plural != "poddisruptionbudgets" &&
                                 made.plural != "persistentvolumes";
    // Kept by the real server for the sake of clients from before garbage collection.
    if (made.plural == "jobs") made.propagation = "Orphan";
    return made;
}

const json* served_version(const json& definition) {
    for (const auto& one : definition.at("spec").at("versions"))
        if (one.value("served", false)) return &one;
    return nullptr;
}

}  // namespace

kinds::kinds() {
    // Made once: a simulation starts thousands of servers.
    static const std::map<table, kind_info> built_in = [] {
        std::map<table, kind_info> made;
        for (const auto& rows : {core_rows(), group_rows()})
            for (const auto& line : rows) {
                auto kind = from_row(line);
                made.emplace(kind.where(), kind);
            }
        return made;
    }();
    kinds_ = built_in;
}

const kind_info* kinds::find(const std::string& group,
                             const std::string& version,
                             const std::string& plural) const {
    const auto* found = find({group, plural});
    return found && found->version == version ? found : nullptr;
}

const kind_info* kinds::find(const table& where) const {
    auto found = kinds_.find(where);
    return found == kinds_.end() ? nullptr : &found->second;
}

const kind_info* kinds::of_kind(const std::string& api_version, const std::string& kind) const {
    for (const auto& [name, info] : kinds_)
        if (info.kind == kind && info.api_version() == api_version) return &info;
    return nullptr;
}

bool kinds::serves(const std::string& group, const std::string& version) const {
    for (const auto& [name, info] : kinds_)
        if (info.group == group && info.version == version && !info.custom()) return true;
    return false;
}

void kinds::define(const json& definition) {
    const auto* offered = served_version(definition);
    if (!offered) return;
    const auto& spec = definition.at("spec");
    kind_info made;
    made.group = spec.at("group");
    made.version = offered->at("name");
    made.plural = spec.at("names").at("plural");
    made.kind = spec.at("names").at("kind");
    made.namespaced = spec.at("scope") == "Namespaced";
    made.has_status = offered->value("subresources", json::object()).contains("status");
    made.has_generation = true;
    made.schema = offered->at("schema").at("openAPIV3Schema");
    auto known = shape_of_schema(made.schema);
    auto metadata = make_shape({});
    known->fields["metadata"] = metadata->fields.at("metadata");
    made.apply_shape = known;
    kinds_[made.where()] = made;
}

void kinds::forget(const json& definition) {
    kinds_.erase(
        {definition.at("spec").at("group"), definition.at("spec").at("names").at("plural")});
}

}  // namespace ha::kubesim
