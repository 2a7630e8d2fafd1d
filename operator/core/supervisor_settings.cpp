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

}  // namespace

// Paths that the supervisor would find by itself are named too: who runs it somewhere else replaces
// them here.
std::string supervisor_settings(const group& of) {
    return line(0, "version", "1") + "engine:\n" + line(1, "port", number(engine_port)) +
           line(1, "endpointPort", number(of.endpoint_port)) +
           line(1, "saPasswordFile", "/run/mssql-ha/sa/password") +
           line(1, "monitorPolicy", number(monitor_policy(of))) + "http:\n" +
           line(1, "port", number(http_port)) + "peers:\n" + line(1, "port", number(peers_port)) +
           line(1, "caFolder", "/run/mssql-ha/group-ca") + "kubernetes:\n" +
           line(1, "folder", "/var/run/secrets/kubernetes.io/serviceaccount") +
           line(0, "recordFolder", "/var/opt/mssql/ha") + line(0, "profile", of.profile) +
           line(0, "groups", "[" + quoted(of.ag_name + "=" + names{of}.lease) + "]");
}

}  // namespace ha::op
