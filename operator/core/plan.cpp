// SPDX-License-Identifier: MIT
#include "operator/core/plan.hpp"

#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

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
void check_storage(const group& wanted, const existing& found, std::vector<std::string>& into) {
    if (!found.stateful_set) return;
    const auto* templates = found.stateful_set->find({"spec", "volumeClaimTemplates"});
    if (templates == nullptr || templates->items() == nullptr) return;
    for (const auto& claim : *templates->items()) {
        const auto* name = claim.find({"metadata", "name"});
        if (name == nullptr || !(*name == value{names{wanted}.data_claim})) continue;
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

plan_settings with_image(const group& wanted, const existing& found, plan_settings settings) {
    if (!found.supervisor_image.empty()) settings.supervisor_image = found.supervisor_image;
    if (!wanted.supervisor_image.empty()) settings.supervisor_image = wanted.supervisor_image;
    return settings;
}

void add_services(const group& wanted, plan& into) {
    into.objects.push_back({headless_service(wanted)});
    if (wanted.read_write) into.objects.push_back({primary_service(wanted, *wanted.read_write)});
    if (wanted.read_only) into.objects.push_back({read_only_service(wanted, *wanted.read_only)});
}

}  // namespace

value object_of(const group& of, const char* api, const char* kind, const std::string& name) {
    object metadata{{"name", name}, {"namespace", of.space}, {"labels", group_labels(of)}};
    if (!of.uid.empty()) {
        object owner{{"apiVersion", api_version},
                     {"kind", group_kind},
                     {"name", of.name},
                     {"uid", of.uid},
                     {"controller", true},
                     {"blockOwnerDeletion", true}};
        metadata.push_back({"ownerReferences", list{std::move(owner)}});
    }
    return object{{"apiVersion", api}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

plan plan_group(const group& wanted, const existing& found, const plan_settings& settings) {
    plan result;
    auto pods = stateful_set(wanted, with_image(wanted, found, settings));
    check_immutable(pods, found, result.refusals);
    // Another one's pods, or those of another life: nothing of it can be applied.
    bool immutable = !result.refusals.empty();
    check_storage(wanted, found, result.refusals);

    result.secrets.push_back({names{wanted}.group_ca,
                              {"ca.crt", "ca.key"},
                              "the certificate authority of this group alone: its supervisors sign "
                              "themselves certificates with it"});
    // Pods come last: what they mount and what their supervisors watch is there before them.
    result.objects.push_back({service_account(wanted)});
    result.objects.push_back({role(wanted)});
    result.objects.push_back({role_binding(wanted)});
    result.objects.push_back({mssql_conf_map(wanted)});
    result.objects.push_back({settings_map(wanted)});
    result.objects.push_back({requests_map(wanted)});
    result.objects.push_back({state_map(wanted), upkeep::create_once});
    result.objects.push_back({empty_lease(wanted), upkeep::create_once});
    add_services(wanted, result);
    result.objects.push_back({disruption_budget(wanted)});
    if (immutable) return result;
    if (!result.refusals.empty()) keep_claims(found, pods);
    result.objects.push_back({std::move(pods)});
    return result;
}

}  // namespace ha::op
