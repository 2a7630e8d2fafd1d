// SPDX-License-Identifier: MIT
#include "operator/core/plan.hpp"

#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"
#include "operator/core/scale.hpp"

namespace ha::op {
namespace {

// Kubernetes never changes these fields of a StatefulSet; asking would only fail at every pass.
void check_immutable(const value& wanted, const existing& found, std::vector<std::string>& into) {
    if (!found.stateful_set) return;
    auto differs = [&](std::initializer_list<std::string_view> path) {
        const auto* now = found.stateful_set->find(path);
        const auto* then = wanted.find(path);
        return now != nullptr && then != nullptr && !(*now == *then);
    };
    if (differs({"spec", "selector"})) {
        into.emplace_back(
            "the StatefulSet of this name selects its pods by other labels, and a selector cannot "
            "be changed: delete it with --cascade=orphan, and it is made again around its pods");
    }
    if (differs({"spec", "serviceName"})) {
        into.emplace_back("the StatefulSet of this name belongs to another headless Service");
    }
}

// Size and class of an existing claim template: the API server's own defaults are in there too, so
// that only the two fields people set are compared.
void check_storage(const workload& wanted, const existing& found, std::vector<std::string>& into) {
    if (!found.stateful_set) return;
    const auto* templates = found.stateful_set->find({"spec", "volumeClaimTemplates"});
    if (templates == nullptr || templates->items() == nullptr) return;
    for (const auto& claim : *templates->items()) {
        const auto* name = claim.find({"metadata", "name"});
        if (name == nullptr || !(*name == value{data_claim})) continue;
        const auto* size = claim.find({"spec", "resources", "requests", "storage"});
        if (size != nullptr && !(*size == value{wanted.storage.size})) {
            into.emplace_back(
                "storage.dataVolumeSize cannot be changed through a StatefulSet: resize the "
                "PersistentVolumeClaims, then delete it with --cascade=orphan");
        }
    }
}

// Claim templates stay as they are, so that all the rest of the StatefulSet can still be changed.
void keep_claims(const existing& found, value& pods) {
    if (!found.stateful_set) return;
    const auto* templates = found.stateful_set->find({"spec", "volumeClaimTemplates"});
    if (templates == nullptr) return;
    auto spec = *pods.find({"spec"});
    spec.set("volumeClaimTemplates", *templates);
    pods.set("spec", std::move(spec));
}

// A group is named once, when it is formed. Its objects stay those of the name that it has.
group with_name(group wanted, const existing& found, std::vector<std::string>& into) {
    if (found.ag_name.empty() || found.ag_name == wanted.ag_name) return wanted;
    into.push_back("agName is '" + wanted.ag_name + "', but the group is called '" + found.ag_name +
                   "', and a group cannot be renamed: write the old name, or make another group");
    wanted.ag_name = found.ag_name;
    return wanted;
}

void add_services(const group& wanted, plan& into) {
    into.objects.push_back({headless_service(wanted)});
    if (wanted.read_write) into.objects.push_back({primary_service(wanted, *wanted.read_write)});
    if (wanted.read_only) into.objects.push_back({read_only_service(wanted, *wanted.read_only)});
}

value requests_of(const group& wanted) {
    auto made = requests_map(wanted, wanted_group(wanted), wanted.orders);
    if (wanted.databases) {
        list databases;
        for (const auto& one : *wanted.databases) databases.push_back(one);
        auto data = *made.find({"data"});
        data.set("databases", json_text(object{{"names", std::move(databases)}}));
        made.set("data", std::move(data));
    }
    list called;
    for (const auto& one : wanted.replicas) called.push_back(one.name);
    return annotated(std::move(made), object{{replica_names, json_text(called)}});
}

}  // namespace

value annotated(value made, const value& annotations) {
    if (annotations.is_null()) return made;
    auto metadata = *made.find({"metadata"});
    metadata.set("annotations", annotations);
    made.set("metadata", std::move(metadata));
    return made;
}

value object_of(const workload& of, const char* api, const char* kind, const std::string& name) {
    object metadata{{"name", name}, {"namespace", of.space}, {"labels", object_labels(of)}};
    const auto& resource = custom_kind_of(of.kind);
    list owners;
    for (const auto& one : of.owners)
        owners.push_back(object{{"apiVersion", resource.api},
                                {"kind", resource.kind},
                                {"name", one.name},
                                {"uid", one.uid}});
    if (!of.uid.empty())
        owners.push_back(object{{"apiVersion", resource.api},
                                {"kind", resource.kind},
                                {"name", of.name},
                                {"uid", of.uid},
                                {"controller", true},
                                {"blockOwnerDeletion", true}});
    if (!owners.empty()) metadata.push_back({"ownerReferences", std::move(owners)});
    return object{{"apiVersion", api}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

void add_pods(const workload& wanted, const existing& found, plan_settings settings, plan& into) {
    if (wanted.network.enabled) into.objects.push_back({network_policy(wanted)});
    if (!found.supervisor_image.empty()) settings.supervisor_image = found.supervisor_image;
    if (!wanted.supervisor_image.empty()) settings.supervisor_image = wanted.supervisor_image;
    auto pods = stateful_set(wanted, settings);
    auto before = into.refusals.size();
    check_immutable(pods, found, into.refusals);
    // Another one's pods, or those of another life: nothing of it can be applied.
    if (into.refusals.size() > before) return;
    check_storage(wanted, found, into.refusals);
    if (into.refusals.size() > before) keep_claims(found, pods);
    into.objects.push_back({std::move(pods)});
}

plan plan_group(const group& asked, const existing& found, const plan_settings& settings) {
    plan result;
    auto wanted = with_name(asked, found, result.refusals);
    result.secrets.push_back({names{wanted}.group_ca,
                              {"ca.crt", "ca.key"},
                              "the certificate authority of this group alone: its supervisors sign "
                              "themselves certificates with it",
                              ""});
    // Pods come last: what they mount and what their supervisors watch is there before them.
    result.objects.push_back({service_account(wanted)});
    result.objects.push_back({role(wanted, pod_names(wanted))});
    result.objects.push_back({role_binding(wanted)});
    result.objects.push_back({mssql_conf_map(wanted)});
    result.objects.push_back({settings_map(wanted)});
    result.objects.push_back({requests_of(wanted)});
    result.objects.push_back({state_map(wanted), upkeep::create_once});
    result.objects.push_back({empty_lease(wanted), upkeep::create_once});
    add_services(wanted, result);
    result.objects.push_back({disruption_budget(wanted)});
    add_pods(wanted, found, settings, result);
    return result;
}

}  // namespace ha::op
