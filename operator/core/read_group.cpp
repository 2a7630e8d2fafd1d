// SPDX-License-Identifier: MIT
#include "operator/core/field_reader.hpp"
#include "operator/core/group.hpp"
#include "operator/core/names.hpp"
#include "operator/core/read_common.hpp"
#include "operator/core/scale.hpp"

#include <algorithm>

namespace ha::op {
namespace {

void read_replicas(field_reader& spec, group& into, std::vector<std::string>& complaints) {
    const auto& items = spec.items("replicas");
    if (items.empty() || items.size() > static_cast<std::size_t>(replicas_max))
        spec.complain("replicas",
                      "has " + std::to_string(items.size()) + " entries: it can have 1 to 9");
    for (std::size_t i = 0; i < items.size(); ++i) {
        field_reader entry{items[i], spec.path("replicas[" + std::to_string(i) + "]"), complaints};
        std::string mode = "SynchronousCommit";
        std::string failover = "Automatic";
        replica one;
        entry.needed_text("name", one.name);
        entry.one_of("availabilityMode", mode, {"SynchronousCommit", "AsynchronousCommit"});
        entry.one_of("failoverMode", failover, {"Automatic", "Manual"});
        entry.truth("readableSecondary", one.readable);
        one.synchronous = mode != "AsynchronousCommit";
        one.automatic_failover = failover == "Automatic";
        into.replicas.push_back(std::move(one));
    }
    if (std::ranges::none_of(into.replicas, &replica::synchronous) && !into.replicas.empty())
        spec.complain("replicas",
                      "are all AsynchronousCommit, and only a synchronous replica can be primary: "
                      "one at least must be SynchronousCommit");
}

std::optional<listener> read_listener(field_reader& spec, std::string_view name) {
    auto from = spec.inside(name);
    if (!from) return std::nullopt;
    listener found;
    from->needed_text("name", found.name);
    from->port("port", found.port);
    from->one_of("serviceType", found.service_type, {"ClusterIP", "NodePort", "LoadBalancer"});
    found.annotations = from->as_it_is("annotations");
    return found;
}

void read_failover(field_reader& spec, group& into) {
    // What supervisors take (times.canaryLimit), from the schema's own minimum on.
    constexpr std::int64_t threshold_least = 10;
    constexpr std::int64_t threshold_most = 600;
    std::string cluster_type = "NONE";
    std::string health = "system";
    into.detection_seconds = 30;
    spec.one_of("clusterType", cluster_type, {"NONE", "EXTERNAL"});
    into.read_scale = cluster_type == "NONE";
    auto from = spec.inside("automaticFailover");
    if (!from) return;
    into.automatic_failover = true;
    from->truth("enabled", into.automatic_failover);
    auto threshold = from->whole("failoverThresholdSeconds", threshold_least, threshold_most);
    into.detection_seconds = threshold.value_or(into.detection_seconds);
    from->one_of("healthThreshold", health, {"system", "resource", "query_processing"});
    if (health == "resource") into.monitor_policy = 4;
    if (health == "query_processing") into.monitor_policy = 5;
}

// The two rules that the community operator's schema makes of it.
void check_cluster_type(field_reader& spec, const group& read) {
    if (!read.read_scale) return;
    if (read.automatic_failover)
        spec.complain("automaticFailover.enabled",
                      "is true and spec.clusterType is NONE: automatic failover needs "
                      "clusterType: EXTERNAL");
    std::string automatic;
    for (std::size_t i = 0; i < read.replicas.size(); ++i)
        if (read.replicas[i].automatic_failover)
            automatic += (automatic.empty() ? "" : ", ") + std::to_string(i);
    if (!automatic.empty())
        spec.complain("replicas",
                      "have failoverMode Automatic (entries " + automatic +
                          ") and spec.clusterType is NONE: write clusterType: EXTERNAL, or "
                          "failoverMode: Manual");
}

// A fence takes the role from a primary, and in such a group only people do.
void check_fence(field_reader& top, const group& read) {
    if (read.read_scale && !read.orders.fenced.empty())
        top.complain("spec.ha.fenced",
                     "or the annotation ha.mssql/fence names a pod and spec.clusterType is NONE, "
                     "where no supervisor takes the role from a primary: take it away, and fail "
                     "over by hand");
}

std::string pods_in_words(const group& of) {
    return alternatives(listed_pods(of));
}

// A map from pods to something. An entry of a pod that is none of the group's would be without
// effect.
template <class F>
void read_by_pod(field_reader& ha, std::string_view name, const group& of, const F& read) {
    auto entries = ha.inside(name);
    if (!entries) return;
    for (const auto& entry : *entries->here().members()) {
        std::size_t number = 0;
        while (number < of.replicas.size() && pod_name(of, number) != entry.name) ++number;
        if (number < of.replicas.size()) {
            read(*entries, number);
        } else {
            entries->complain(entry.name,
                              "is none of the group's pods: they are " + pods_in_words(of));
        }
    }
}

// More secondaries than can be synchronized would stop every write.
void read_ha(field_reader& spec, group& into) {
    constexpr std::int64_t priority_most = 1000;
    auto from = spec.inside("ha");
    if (!from) return;
    from->one_of("profile", into.profile, {"balanced", "fast", "wide"});
    from->one_of("witness", into.witness, {"Lease", "None"});
    from->text("supervisorImage", into.supervisor_image);
    from->truth("neighbourFencing", into.neighbour_fencing);
    read_network(*from, into);
    read_placement(*from, into);
    auto synchronous = std::ranges::count(into.replicas, true, &replica::synchronous);
    into.required = from->whole("requiredSynchronizedSecondaries", 1, replicas_max - 1);
    if (into.required && *into.required >= synchronous)
        from->complain("requiredSynchronizedSecondaries",
                       "is " + std::to_string(*into.required) + ", but of " +
                           std::to_string(synchronous) +
                           " synchronous replicas one is primary: no write would ever be "
                           "acknowledged; it can be at most " +
                           std::to_string(synchronous - 1));
    read_by_pod(*from, "priorities", into, [&](field_reader& entry, std::size_t of) {
        auto pod = pod_name(into, of);
        auto number = entry.whole(pod, -priority_most, priority_most);
        if (number) into.priorities.emplace_back(pod, *number);
    });
    read_by_pod(*from, "tags", into, [&](field_reader& entry, std::size_t of) {
        for (const auto& tag : entry.items(pod_name(into, of)))
            if (tag == value{"nofailover"}) into.replicas[of].automatic_failover = false;
    });
}

// Where people alone decide who leads, they also say what the group has.
void read_databases(field_reader& spec, group& into) {
    if (!spec.has("databases") || spec.as_it_is("databases").is_null()) return;
    if (into.read_scale) {
        into.waits.emplace_back(
            "spec.databases is not carried out with clusterType NONE: add them at the primary, "
            "with "
            "ALTER AVAILABILITY GROUP ... ADD DATABASE");
        return;
    }
    const auto& items = spec.items("databases");
    auto& names = into.databases.emplace();
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto* name = items[i].text();
        if (name == nullptr || name->empty())
            spec.complain("databases[" + std::to_string(i) + "]",
                          "is no name: it can be that of a database, such as sales");
        else if (std::ranges::find(names, *name) != names.end())
            spec.complain("databases", "names '" + *name + "' twice: once is enough");
        else
            names.push_back(*name);
    }
}

// What a group's engines must have, whatever else mssql.conf says.
void check_mssql_conf(field_reader& spec, const group& read) {
    for (const auto& [name, content] : read.mssql_conf) {
        auto at = "mssqlConf." + name;
        if (name == "hadr.hadrenabled" && content != "1")
            spec.complain(at, "is '" + content + "': an availability group needs 1");
        if (name == "network.tcpport" && content != std::to_string(read.engine_port))
            spec.complain(at,
                          "is '" + content +
                              "': in a pod the engine's port is 1433; what clients "
                              "use is spec.listener.port");
    }
}

// Two objects cannot have one name.
void check_listeners(field_reader& spec, const group& read) {
    auto headless = names{read}.headless;
    auto check = [&](const std::optional<listener>& one, std::string_view field) {
        if (one && one->name == headless)
            spec.complain(field,
                          "is '" + headless +
                              "', which is the Service by which the pods find each other: it can "
                              "have any other name");
    };
    check(read.read_write, "listener.name");
    check(read.read_only, "readOnlyListener.name");
    if (read.read_write && read.read_only && read.read_write->name == read.read_only->name)
        spec.complain(
            "readOnlyListener.name",
            "is '" + read.read_only->name +
                "', as listener.name is: they lead to different pods and need a name each");
}

void read_spec(field_reader& spec, group& into, std::vector<std::string>& complaints) {
    spec.needed_text("agName", into.ag_name);
    spec.port("endpointPort", into.endpoint_port);
    read_community_fields(spec, into);
    read_failover(spec, into);
    read_replicas(spec, into, complaints);
    check_cluster_type(spec, into);
    read_ha(spec, into);
    check_mssql_conf(spec, into);
    read_databases(spec, into);
    into.read_write = read_listener(spec, "listener");
    into.read_only = read_listener(spec, "readOnlyListener");
    check_listeners(spec, into);
}

}  // namespace

tl::expected<group, std::vector<std::string>> read_group(const value& resource) {
    std::vector<std::string> complaints;
    group found;
    field_reader top{resource, "", complaints};
    if (auto spec = read_head(top, found)) read_spec(*spec, found, complaints);
    found.orders = read_orders(resource, found, complaints);
    check_fence(top, found);
    found.group_object = found.name;
    found.pods = static_cast<std::int64_t>(found.replicas.size());
    check_pod_name(top, found);
    if (!complaints.empty()) return tl::unexpected(std::move(complaints));
    return found;
}

}  // namespace ha::op
