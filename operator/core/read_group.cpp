// SPDX-License-Identifier: MIT
#include "operator/core/group.hpp"
#include "operator/core/names.hpp"

#include <algorithm>

namespace ha::op {
namespace {

// NetBIOS: what SQL Server can take as its server name, which is the pod's name.
constexpr std::size_t pod_name_max = 15;
constexpr std::size_t replicas_max = 9;

// Reads members of one object and collects what is wrong with them.
class reader {
public:
    reader(const value& from, std::string where, std::vector<std::string>& complaints)
        : from_(from), where_(std::move(where)), complaints_(complaints) {}

    void text(std::string_view name, std::string& into) {
        const auto* found = from_.find({name});
        if (found == nullptr) return;
        if (found->text() != nullptr) {
            into = *found->text();
        } else {
            complain(name, "is not text");
        }
    }

    void needed_text(std::string_view name, std::string& into) {
        text(name, into);
        if (into.empty()) complain(name, "is needed");
    }

    void one_of(std::string_view name, std::string& into, const std::vector<std::string>& words) {
        text(name, into);
        if (std::ranges::find(words, into) == words.end()) {
            complain(name, "is '" + into + "', which is none of the values it can have");
        }
    }

    void port(std::string_view name, std::int64_t& into) {
        const auto* found = from_.find({name});
        if (found == nullptr) return;
        if (found->number() == nullptr || *found->number() < 1 || *found->number() > 65535) {
            complain(name, "is not a port (1 to 65535)");
        } else {
            into = *found->number();
        }
    }

    std::optional<std::int64_t> whole(std::string_view name,
                                      std::int64_t least,
                                      std::int64_t most) {
        const auto* found = from_.find({name});
        if (found == nullptr) return std::nullopt;
        if (found->number() != nullptr && *found->number() >= least && *found->number() <= most)
            return *found->number();
        complain(
            name,
            "is no whole number from " + std::to_string(least) + " to " + std::to_string(most));
        return std::nullopt;
    }

    void truth(std::string_view name, bool& into) {
        const auto* found = from_.find({name});
        if (found == nullptr) return;
        if (found->truth() != nullptr) {
            into = *found->truth();
        } else {
            complain(name, "is neither true nor false");
        }
    }

    // The object of that name, as a reader of its own; null when it is absent.
    std::optional<reader> inside(std::string_view name) {
        const auto* found = from_.find({name});
        if (found == nullptr) return std::nullopt;
        if (found->members() == nullptr) {
            complain(name, "is not an object");
            return std::nullopt;
        }
        return reader{*found, path(name), complaints_};
    }

    const list& items(std::string_view name) {
        static const list none;
        const auto* found = from_.find({name});
        if (found == nullptr) return none;
        if (found->items() != nullptr) return *found->items();
        complain(name, "is not a list");
        return none;
    }

    value as_it_is(std::string_view name) {
        const auto* found = from_.find({name});
        return found == nullptr ? value{} : *found;
    }

    void complain(std::string_view name, std::string_view what) {
        complaints_.push_back(path(name) + " " + std::string{what});
    }

    std::string path(std::string_view name) const { return where_ + "." + std::string{name}; }
    const value& here() const { return from_; }

private:
    const value& from_;
    std::string where_;
    std::vector<std::string>& complaints_;
};

void read_replicas(reader& spec, group& into, std::vector<std::string>& complaints) {
    const auto& items = spec.items("replicas");
    if (items.empty() || items.size() > replicas_max) {
        spec.complain("replicas", "has none or more than nine entries");
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        reader entry{items[i], spec.path("replicas[" + std::to_string(i) + "]"), complaints};
        std::string mode = "SynchronousCommit";
        std::string failover = "Automatic";
        replica one;
        entry.needed_text("name", one.name);
        entry.one_of("availabilityMode", mode, {"SynchronousCommit", "AsynchronousCommit"});
        entry.one_of("failoverMode", failover, {"Automatic", "Manual"});
        entry.truth("readableSecondary", one.readable);
        one.synchronous = mode == "SynchronousCommit";
        one.automatic_failover = failover == "Automatic";
        into.replicas.push_back(std::move(one));
    }
}

void read_storage(reader& spec, storage& into) {
    auto from = spec.inside("storage");
    if (!from) {
        spec.complain("storage", "is needed");
        return;
    }
    // A size may be written as a number.
    if (const auto* size = from->here().find({"dataVolumeSize"}); size != nullptr) {
        into.size = size->number() != nullptr ? std::to_string(*size->number()) : "";
        if (size->text() != nullptr) into.size = *size->text();
        if (into.size.empty()) from->complain("dataVolumeSize", "is not a quantity");
    }
    from->text("storageClassName", into.class_name);
    const auto& modes = from->items("accessModes");
    if (!modes.empty()) into.access_modes.clear();
    for (const auto& mode : modes) {
        if (mode.text() != nullptr) into.access_modes.push_back(*mode.text());
    }
}

std::optional<listener> read_listener(reader& spec, std::string_view name) {
    auto from = spec.inside(name);
    if (!from) return std::nullopt;
    listener found;
    from->needed_text("name", found.name);
    from->port("port", found.port);
    from->one_of("serviceType", found.service_type, {"ClusterIP", "NodePort", "LoadBalancer"});
    return found;
}

void read_failover(reader& spec, group& into) {
    std::string cluster_type = "NONE";
    spec.one_of("clusterType", cluster_type, {"NONE", "EXTERNAL"});
    into.external_cluster = cluster_type == "EXTERNAL";
    auto from = spec.inside("automaticFailover");
    if (!from) return;
    into.automatic_failover = true;
    from->truth("enabled", into.automatic_failover);
    from->one_of(
        "healthThreshold", into.health_threshold, {"system", "resource", "query_processing"});
}

// 1. more secondaries than can be synchronized would stop every write
// 2. a priority of a pod that is none of the group's would be without effect
void read_ha(reader& spec, group& into) {
    constexpr std::int64_t priority_most = 1000;
    auto from = spec.inside("ha");
    if (!from) return;
    from->one_of("profile", into.profile, {"balanced", "fast", "wide"});
    from->text("supervisorImage", into.supervisor_image);
    auto synchronous = std::ranges::count(into.replicas, true, &replica::synchronous);
    into.required = from->whole("requiredSynchronizedSecondaries", 1, replicas_max - 1);
    if (into.required && *into.required >= synchronous)
        from->complain("requiredSynchronizedSecondaries",
                       "is more than the group has synchronous secondaries: no write would ever be "
                       "acknowledged");
    auto priorities = from->inside("priorities");
    if (!priorities) return;
    for (const auto& [pod, content] : *priorities->here().members()) {
        auto number = priorities->whole(pod, -priority_most, priority_most);
        if (number) into.priorities.emplace_back(pod, *number);
        bool known = false;
        for (std::size_t i = 0; i < into.replicas.size(); ++i)
            known = known || pod == pod_name(into, i);
        if (!known) priorities->complain(pod, "is none of the group's pods");
    }
}

void read_mssql_conf(reader& spec, group& into) {
    auto from = spec.inside("mssqlConf");
    if (!from) return;
    for (const auto& [name, content] : *from->here().members()) {
        if (content.text() == nullptr) {
            from->complain(name, "is not text");
        } else {
            into.mssql_conf.emplace_back(name, *content.text());
        }
    }
}

void read_spec(reader& spec, group& into, std::vector<std::string>& complaints) {
    spec.needed_text("agName", into.ag_name);
    spec.needed_text("image", into.image);
    spec.text("edition", into.edition);
    spec.text("acceptEula", into.accept_eula);
    spec.port("endpointPort", into.endpoint_port);
    if (auto secret = spec.inside("saPasswordSecretRef")) {
        secret->needed_text("name", into.sa_password.name);
        secret->needed_text("key", into.sa_password.key);
    } else {
        spec.complain("saPasswordSecretRef", "is needed");
    }
    read_failover(spec, into);
    read_replicas(spec, into, complaints);
    read_ha(spec, into);
    read_storage(spec, into.storage);
    read_mssql_conf(spec, into);
    into.read_write = read_listener(spec, "listener");
    into.read_only = read_listener(spec, "readOnlyListener");
    into.resources = spec.as_it_is("resources");
    into.node_selector = spec.as_it_is("nodeSelector");
    into.tolerations = spec.as_it_is("tolerations");
}

}  // namespace

tl::expected<group, std::vector<std::string>> read_group(const value& resource) {
    std::vector<std::string> complaints;
    group found;
    reader top{resource, "", complaints};
    if (auto metadata = top.inside("metadata")) {
        metadata->needed_text("name", found.name);
        metadata->text("namespace", found.space);
        metadata->text("uid", found.uid);
    } else {
        complaints.emplace_back("metadata is needed");
    }
    if (found.space.empty()) found.space = "default";
    if (auto spec = top.inside("spec")) {
        read_spec(*spec, found, complaints);
    } else {
        complaints.emplace_back("spec is needed");
    }
    auto longest = found.name.size() + 2;  // "-0": nine replicas at most
    if (longest > pod_name_max) {
        complaints.push_back("metadata.name '" + found.name + "' makes pod names of " +
                             std::to_string(longest) +
                             " characters; SQL Server takes 15 at most as its server name");
    }
    for (auto& words : complaints) {
        if (words.starts_with('.')) words.erase(0, 1);
    }
    if (!complaints.empty()) return tl::unexpected(std::move(complaints));
    return found;
}

}  // namespace ha::op
