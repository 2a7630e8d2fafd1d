// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

#include <map>

// ConfigMaps, the empty Lease, the disruption budget.

namespace ha::op {

std::string mssql_conf_text(const workload& of) {
    std::map<std::string, std::map<std::string, std::string>> sections;
    for (const auto& [dotted, content] : of.mssql_conf) {
        auto dot = dotted.find('.');
        if (dot == std::string::npos) {
            sections[""][dotted] = content;
        } else {
            sections[dotted.substr(0, dot)][dotted.substr(dot + 1)] = content;
        }
    }
    if (!of.ag_name.empty()) sections["hadr"]["hadrenabled"] = "1";

    std::string text;
    for (const auto& [section, keys] : sections) {
        if (!section.empty()) text += "[" + section + "]\n";
        for (const auto& [key, content] : keys) text += key + " = " + content + "\n";
        text += "\n";
    }
    return text;
}

std::string digest_words(const std::string& text) {
    // FNV-1a: the same in every build, because it stands in objects.
    std::uint64_t state = 14695981039346656037ULL;
    for (char c : text) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    constexpr const char* digits = "0123456789abcdef";
    std::string made;
    for (int shift = 60; shift >= 0; shift -= 4) made += digits[(state >> shift) & 15];
    return made;
}

value mssql_conf_map(const workload& of) {
    auto made = object_of(of, "v1", "ConfigMap", names{of}.mssql_conf);
    made.set("data", object{{"mssql.conf", mssql_conf_text(of)}});
    return made;
}

value settings_map(const workload& of) {
    auto made = object_of(of, "v1", "ConfigMap", names{of}.settings);
    made.set("data", object{{"supervisor.yaml", supervisor_settings(of)}});
    return made;
}

object wanted_replica(const workload& of, std::size_t ordinal, const char* mode, bool automatic) {
    auto url = "TCP://" + pod_host(of, ordinal) + ":" + std::to_string(of.endpoint_port);
    return {{"name", pod_name(of, ordinal)},
            {"endpointUrl", url},
            {"mode", mode},
            {"failover", automatic ? "automatic" : "manual"}};
}

value wanted_group(const group& of) {
    list replicas;
    for (std::size_t i = 0; i < of.replicas.size(); ++i) {
        const auto& one = of.replicas[i];
        bool automatic = of.automatic_failover && one.automatic_failover;
        const char* mode = one.synchronous ? "synchronous" : "asynchronous";
        auto made = wanted_replica(of, i, mode, automatic);
        made.push_back({"readable", one.readable});
        for (const auto& [pod, priority] : of.priorities)
            if (pod == pod_name(of, i)) made.push_back({"priority", priority});
        replicas.push_back(std::move(made));
    }
    object wanted{{"replicas", std::move(replicas)}};
    if (of.read_scale) wanted.push_back({"clusterType", "NONE"});
    if (of.required) wanted.push_back({"required", *of.required});
    if (of.witness != group{}.witness) wanted.push_back({"witness", of.witness});
    return wanted;
}

// Applied by field: the other keys of this ConfigMap are people's.
value requests_map(const workload& of, const value& spec, const orders& ordered) {
    auto made = object_of(of, "v1", "ConfigMap", names{of}.requests);
    object data{{"format", "1"}, {"spec", json_text(spec)}};
    for (auto& one : order_entries(ordered)) data.push_back(std::move(one));
    made.set("data", std::move(data));
    return made;
}

value state_map(const workload& of) {
    return object_of(of, "v1", "ConfigMap", names{of}.state);
}

value empty_lease(const workload& of) {
    auto made = object_of(of, "coordination.k8s.io/v1", "Lease", names{of}.lease);
    made.set("spec", object{});
    return made;
}

value disruption_budget(const workload& of) {
    auto made = object_of(of, "policy/v1", "PodDisruptionBudget", of.name);
    // A pod that is broken anyway must not hold up a drain.
    made.set("spec",
             object{{"maxUnavailable", 1},
                    {"unhealthyPodEvictionPolicy", "AlwaysAllow"},
                    {"selector", neighbours(of)}});
    return made;
}

}  // namespace ha::op
