// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"

// The supervisors' configuration file. One file serves all pods of the group: what differs from pod
// to pod comes by environment.

namespace ha::op {
namespace {

// A YAML scalar that is text whatever is in it.
std::string quoted(const std::string& text) {
    std::string made = "'";
    for (char c : text) {
        made += c;
        if (c == '\'') made += c;
    }
    return made + "'";
}

std::string line(int depth, const char* key, const std::string& scalar) {
    return std::string(static_cast<std::size_t>(depth) * 2, ' ') + key + ": " + scalar + "\n";
}

std::string number(std::int64_t n) {
    return std::to_string(n);
}

// Microsoft's failure condition levels by the words of the custom resource.
int monitor_policy(const group& of) {
    if (of.health_threshold == "resource") return 4;
    return of.health_threshold == "query_processing" ? 5 : 3;
}

std::string replica_lines(const group& of, std::size_t ordinal) {
    const auto& one = of.replicas[ordinal];
    return line(2, "  - pod", quoted(pod_name(of, ordinal))) +
           line(4, "host", quoted(pod_host(of, ordinal))) +
           line(4, "mode", one.synchronous ? "synchronous" : "asynchronous") +
           line(4, "automaticFailover", one.automatic_failover ? "true" : "false") +
           line(4, "readable", one.readable ? "true" : "false");
}

std::string group_lines(const group& of) {
    names called{of};
    std::string text =
        line(0, "  - name", quoted(of.name)) + line(2, "availabilityGroup", quoted(of.ag_name)) +
        line(2, "lease", quoted(called.lease)) + line(2, "requests", quoted(called.requests)) +
        line(2, "state", quoted(called.state)) + line(2, "endpointPort", number(of.endpoint_port)) +
        line(2, "automaticFailover", of.automatic_failover ? "true" : "false") +
        "    roleLabel:\n" + line(3, "key", quoted(role_label)) +
        line(3, "primary", quoted(role_primary)) + line(3, "readable", quoted(role_readable)) +
        line(3, "secondary", quoted(role_secondary)) + "    replicas:\n";
    for (std::size_t i = 0; i < of.replicas.size(); ++i) text += replica_lines(of, i);
    return text;
}

}  // namespace

std::string supervisor_settings(const group& of) {
    return line(0, "version", "1") + "engine:\n" + line(1, "port", number(engine_port)) +
           line(1, "dataFolder", "/var/opt/mssql") +
           line(1, "saPasswordFile", "/run/mssql-ha/sa/password") +
           line(1, "monitorPolicy", number(monitor_policy(of))) + "http:\n" +
           line(1, "port", number(http_port)) + "peers:\n" + line(1, "port", number(peers_port)) +
           line(1, "caFolder", "/run/mssql-ha/group-ca") + "podFolder: /run/mssql-ha/pod\n" +
           "profile: balanced\n" + "groups:\n" + group_lines(of);
}

}  // namespace ha::op
