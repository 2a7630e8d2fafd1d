// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/read_common.hpp"
#include "operator/core/server.hpp"

#include <algorithm>

namespace ha::op {
namespace {

// What the preview's own agents are in; nothing of ours is.
constexpr std::string_view former_agents = "mcr.microsoft.com/mssql/ha";

void read_password(field_reader& spec, std::string_view name, secret_key& into) {
    auto from = spec.inside(name);
    if (!from) return;
    if (!from->has("secretKeyRef")) from->complain("secretKeyRef", "is needed");
    read_secret_key(from->inside("secretKeyRef"), into);
}

// Everything but these would have to be merged into a container that is ours.
void read_container(field_reader& spec, server& into) {
    auto from = spec.inside("sqlServerContainer");
    if (!from) return spec.complain("sqlServerContainer", "is needed");
    into.image.clear();
    from->needed_text("image", into.image);
    into.more_env = from->items("env");
    into.resources = from->as_it_is("resources");
    const std::vector<std::string> served{"image", "env", "resources"};
    for (const auto& one : *from->here().members())
        if (std::ranges::find(served, one.name) == served.end())
            into.waits.push_back(from->path(one.name) + " is not carried out: of a container " +
                                 alternatives(served) + " can be set");
}

void read_pod(field_reader& spec, server& into) {
    auto from = spec.inside("sqlServerPod");
    if (!from) return;
    read_placement(*from, into);
    into.node_selector = from->as_it_is("nodeSelector");
    into.tolerations = from->as_it_is("tolerations");
    const std::vector<std::string> served{"imagePullSecrets",
                                          "nodeSelector",
                                          "tolerations",
                                          "affinity",
                                          "topologySpreadConstraints",
                                          "priorityClassName"};
    for (const auto& one : *from->here().members())
        if (std::ranges::find(served, one.name) == served.end())
            into.waits.push_back(from->path(one.name) + " is not carried out: of a pod " +
                                 alternatives(served) + " can be set");
}

void read_volume(field_reader& spec, storage& into) {
    into.reclaim_policy.clear();
    auto claim = spec.inside("instanceRootVolumeClaimTemplate");
    auto volume = spec.inside("instanceRootVolume");
    if (claim && volume)
        spec.complain("instanceRootVolume",
                      "and spec.instanceRootVolumeClaimTemplate are both there: it can be one, a "
                      "volume that exists or a claim that makes one");
    if (volume) into.source = volume->here();
    if (!claim) return;
    claim->text("storageClass", into.class_name);
    into.selector = claim->as_it_is("selector");
    const auto& modes = claim->items("accessModes");
    if (!modes.empty()) into.access_modes.clear();
    for (const auto& mode : modes)
        if (mode.text() != nullptr) into.access_modes.push_back(*mode.text());
    auto resources = claim->inside("resources");
    auto requests = resources ? resources->inside("requests") : std::nullopt;
    if (requests) requests->quantity("storage", into.size);
}

void read_groups(field_reader& spec, server& into, std::vector<std::string>& complaints) {
    const auto& all = spec.items("availabilityGroups");
    if (all.size() > 1)
        spec.complain("availabilityGroups",
                      "names " + std::to_string(all.size()) +
                          " groups: it can name one; make an instance for each");
    if (all.size() != 1) return;
    std::string mode = "synchronousCommit";
    if (all.front().text() != nullptr) {
        into.ag_name = *all.front().text();
    } else {
        field_reader entry{all.front(), spec.path("availabilityGroups[0]"), complaints};
        entry.needed_text("name", into.ag_name);
        entry.one_of("availabilityMode",
                     mode,
                     {"synchronousCommit", "asynchronousCommit", "configurationOnly"});
    }
    if (into.ag_name.empty()) return spec.complain("availabilityGroups[0]", "is empty");
    into.group_object = group_object_name(into.ag_name);
    into.pod_labels.push_back({mode_label(into), mode});
    auto commit = mode.find("Commit");
    into.mode = mode.substr(0, commit);
}

void read_ha(field_reader& spec, server& into) {
    into.ha = spec.as_it_is("ha");
    auto from = spec.inside("ha");
    if (!from) return;
    from->one_of("profile", into.profile, {"balanced", "fast", "wide"});
    from->truth("neighbourFencing", into.neighbour_fencing);
    read_network(*from, into);
    into.required = from->whole("requiredSynchronizedSecondaries", 1, replicas_max - 1);
    from->one_of("witness", into.witness, {"Lease", "None"});
}

void read_spec(field_reader& spec, server& into, std::vector<std::string>& complaints) {
    bool accepted = false;
    spec.truth("acceptEula", accepted);
    if (!accepted) spec.complain("acceptEula", "is not true, and no engine starts without it");
    read_container(spec, into);
    read_password(spec, "saPassword", into.sa_password);
    if (!spec.has("saPassword")) spec.complain("saPassword", "is needed");
    if (spec.has("masterKeyPassword"))
        read_password(spec, "masterKeyPassword", into.master_key_password.emplace());
    spec.text("agentsContainerImage", into.supervisor_image);
    if (into.supervisor_image.starts_with(former_agents))
        spec.complain("agentsContainerImage",
                      "is '" + into.supervisor_image +
                          "', which holds the preview's own agents: leave it out, or name the "
                          "image of this project");
    spec.text("pid", into.edition);
    if (auto policy = spec.whole("monitorPolicy", 0, 5)) into.monitor_policy = *policy;
    if (into.monitor_policy == 2)
        spec.complain("monitorPolicy",
                      "is 2, which there is not on Linux: it can be 0, 1, 3, 4 or 5");
    // As long as supervisors take (times.commandLimit).
    if (auto limit = spec.whole("queryCommandTimeoutSec", 1, 600)) into.command_seconds = *limit;
    read_pod(spec, into);
    read_volume(spec, into.storage);
    read_groups(spec, into, complaints);
    into.more_volumes = spec.items("volumes");
    if (spec.has("sqlPostInitScript"))
        into.waits.push_back("spec.sqlPostInitScript is not carried out: run it at the primary");
    read_ha(spec, into);
}

}  // namespace

tl::expected<server, std::vector<std::string>> read_server(const value& resource,
                                                           const preview_times& of_operator) {
    std::vector<std::string> complaints;
    server found;
    found.kind = resource_kind::server;
    field_reader top{resource, "", complaints};
    if (auto spec = read_head(top, found)) read_spec(*spec, found, complaints);
    if (auto metadata = top.inside("metadata")) metadata->text("creationTimestamp", found.created);
    if (!found.ag_name.empty()) check_pod_name(top, found);
    if (of_operator.given() && found.ha.is_null()) {
        found.times = times_of(of_operator);
        for (const auto& words : complaints_about(of_operator))
            complaints.push_back("the operator's environment: " + words);
    }
    if (!complaints.empty()) return tl::unexpected(std::move(complaints));
    return found;
}

std::string group_named_by(const value& resource) {
    const auto* groups = resource.find({"spec", "availabilityGroups"});
    if (groups == nullptr || groups->items() == nullptr || groups->items()->empty()) return {};
    const auto& first = groups->items()->front();
    const auto* name = first.text() != nullptr ? &first : first.find({"name"});
    return name != nullptr && name->text() != nullptr ? *name->text() : "";
}

}  // namespace ha::op
