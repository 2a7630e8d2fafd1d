// SPDX-License-Identifier: MIT
#include "operator/core/read_common.hpp"

#include "operator/core/names.hpp"

namespace ha::op {
namespace {

void read_storage(field_reader& spec, storage& into) {
    auto from = spec.inside("storage");
    if (!from) {
        spec.complain("storage", "is needed");
        return;
    }
    from->quantity("dataVolumeSize", into.size);
    from->text("storageClassName", into.class_name);
    from->one_of("reclaimPolicy", into.reclaim_policy, {"Retain", "Delete"});
    from->one_of("whenScaled", into.when_scaled, {"Retain", "Delete"});
    const auto& modes = from->items("accessModes");
    if (!modes.empty()) into.access_modes.clear();
    for (const auto& mode : modes) {
        if (mode.text() != nullptr) into.access_modes.push_back(*mode.text());
    }
}

void read_mssql_conf(field_reader& spec, workload& into) {
    auto from = spec.inside("mssqlConf");
    if (!from) return;
    for (const auto& entry : *from->here().members()) {
        std::string content;
        from->text(entry.name, content);
        into.mssql_conf.emplace_back(entry.name, std::move(content));
    }
}

}  // namespace

std::optional<field_reader> read_head(field_reader& top, workload& into) {
    if (auto metadata = top.inside("metadata")) {
        metadata->needed_text("name", into.name);
        metadata->text("namespace", into.space);
        metadata->text("uid", into.uid);
    } else {
        top.complain("metadata", "is needed");
    }
    if (into.space.empty()) into.space = "default";
    auto spec = top.inside("spec");
    if (!spec) top.complain("spec", "is needed");
    return spec;
}

void read_network(field_reader& ha, workload& into) {
    auto from = ha.inside("networkPolicy");
    if (!from) return;
    from->truth("enabled", into.network.enabled);
    into.network.clients = from->items("clients");
    into.network.monitoring = from->items("monitoring");
}

void read_placement(field_reader& from, workload& into) {
    into.pull_secrets = from.as_it_is("imagePullSecrets");
    into.affinity = from.as_it_is("affinity");
    into.topology_spread = from.as_it_is("topologySpreadConstraints");
    from.text("priorityClassName", into.priority_class);
}

void read_secret_key(std::optional<field_reader> from, secret_key& into) {
    if (!from) return;
    from->needed_text("name", into.name);
    from->needed_text("key", into.key);
}

void read_community_fields(field_reader& spec, workload& into) {
    spec.needed_text("image", into.image);
    spec.one_of("edition",
                into.edition,
                {"Developer", "Express", "Standard", "Enterprise", "EnterpriseCore"});
    spec.one_of("acceptEula", into.accept_eula, {"Y", "y"});
    read_secret_key(spec.inside("saPasswordSecretRef"), into.sa_password);
    if (!spec.has("saPasswordSecretRef")) spec.complain("saPasswordSecretRef", "is needed");
    read_storage(spec, into.storage);
    read_mssql_conf(spec, into);
    into.resources = spec.as_it_is("resources");
    into.node_selector = spec.as_it_is("nodeSelector");
    into.tolerations = spec.as_it_is("tolerations");
}

void check_pod_name(field_reader& top, const workload& read) {
    // NetBIOS.
    constexpr std::size_t most = 15;
    auto longest = read.name.size() + 2;  // "-0": nine replicas at most
    if (longest <= most) return;
    top.complain("metadata.name",
                 "'" + read.name + "' makes pod names of " + std::to_string(longest) +
                     " characters, and SQL Server takes 15 at most as its server name: it can "
                     "have " +
                     std::to_string(most - 2));
}

}  // namespace ha::op
