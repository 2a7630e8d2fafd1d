// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

#include <map>

// ConfigMaps, the empty Lease, the disruption budget.

namespace ha::op {

std::string mssql_conf_text(const group& of) {
    std::map<std::string, std::map<std::string, std::string>> sections;
    for (const auto& [dotted, content] : of.mssql_conf) {
        auto dot = dotted.find('.');
        if (dot == std::string::npos) {
            sections[""][dotted] = content;
        } else {
            sections[dotted.substr(0, dot)][dotted.substr(dot + 1)] = content;
        }
    }
    sections["hadr"]["hadrenabled"] = "1";

    std::string text;
    for (const auto& [section, keys] : sections) {
        if (!section.empty()) text += "[" + section + "]\n";
        for (const auto& [key, content] : keys) text += key + " = " + content + "\n";
        text += "\n";
    }
    return text;
}

value mssql_conf_map(const group& of) {
    auto made = object_of(of, "v1", "ConfigMap", names{of}.mssql_conf);
    made.set("data", object{{"mssql.conf", mssql_conf_text(of)}});
    return made;
}

value settings_map(const group& of) {
    auto made = object_of(of, "v1", "ConfigMap", names{of}.settings);
    made.set("data", object{{"supervisor.yaml", supervisor_settings(of)}});
    return made;
}

// What the group should be, in the form that supervisors read. Applied by field: the other keys of
// this ConfigMap are people's.
value requests_map(const group& of) {
    list replicas;
    for (std::size_t i = 0; i < of.replicas.size(); ++i) {
        const auto& one = of.replicas[i];
        bool automatic = of.automatic_failover && one.automatic_failover;
        auto url = "TCP://" + pod_host(of, i) + ":" + std::to_string(of.endpoint_port);
        object made{{"name", pod_name(of, i)},
                    {"endpointUrl", url},
                    {"mode", one.synchronous ? "synchronous" : "asynchronous"},
                    {"failover", automatic ? "automatic" : "manual"},
                    {"readable", one.readable}};
        for (const auto& [pod, priority] : of.priorities)
            if (pod == pod_name(of, i)) made.push_back({"priority", priority});
        replicas.push_back(std::move(made));
    }
    object wanted{{"replicas", std::move(replicas)}};
    if (of.required) wanted.push_back({"required", *of.required});
    auto made = object_of(of, "v1", "ConfigMap", names{of}.requests);
    auto spec = json_text(wanted);
    made.set("data", object{{"format", "1"}, {"spec", std::move(spec)}});
    return made;
}

value state_map(const group& of) {
    return object_of(of, "v1", "ConfigMap", names{of}.state);
}

value empty_lease(const group& of) {
    auto made = object_of(of, "coordination.k8s.io/v1", "Lease", names{of}.lease);
    made.set("spec", object{});
    return made;
}

value disruption_budget(const group& of) {
    auto made = object_of(of, "policy/v1", "PodDisruptionBudget", of.name);
    // A pod that is broken anyway must not hold up a drain.
    made.set("spec",
             object{{"maxUnavailable", 1},
                    {"unhealthyPodEvictionPolicy", "AlwaysAllow"},
                    {"selector", object{{"matchLabels", selecting_labels(of)}}}});
    return made;
}

}  // namespace ha::op
