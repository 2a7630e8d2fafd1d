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

std::string milliseconds(std::int64_t n) {
    return number(n) + "ms";
}

std::string engine_lines(const workload& of) {
    auto text = "engine:\n" + line(1, "port", number(of.engine_port));
    if (!of.ag_name.empty()) text += line(1, "endpointPort", number(of.endpoint_port));
    text += line(1, "saPasswordFile", "/run/mssql-ha/sa/password");
    if (of.master_key_password)
        text += line(1, "masterKeyPasswordFile", "/run/mssql-ha/master-key/password");
    return text + line(1, "monitorPolicy", number(of.monitor_policy)) +
           line(1, "processes", of.neighbour_fencing ? "detect" : "none");
}

std::string time_lines(const workload& of) {
    auto text = "times:\n" + line(1, "canaryLimit", number(of.detection_seconds) + "s");
    if (of.command_seconds != workload{}.command_seconds)
        text += line(1, "commandLimit", number(of.command_seconds) + "s");
    if (!of.times) return text;
    return text + line(1, "lease", milliseconds(of.times->lease_ms)) +
           line(1, "period", milliseconds(of.times->period_ms)) +
           line(1, "writeLease", milliseconds(of.times->write_lease_ms)) +
           line(1, "canaryPeriod", milliseconds(of.times->canary_period_ms));
}

}  // namespace

// Paths that the supervisor would find by itself are named too: who runs it somewhere else replaces
// them here.
std::string supervisor_settings(const workload& of) {
    auto text =
        line(0, "version", "1") + engine_lines(of) + "http:\n" + line(1, "port", number(http_port));
    if (!of.ag_name.empty())
        text += "peers:\n" + line(1, "port", number(peers_port)) +
                line(1, "caFolder", "/run/mssql-ha/group-ca");
    text += "kubernetes:\n" + line(1, "folder", "/var/run/secrets/kubernetes.io/serviceaccount") +
            line(0, "recordFolder", "/var/opt/mssql/ha") + line(0, "profile", of.profile) +
            time_lines(of);
    if (!of.ag_name.empty())
        text += line(0, "groups", "[" + quoted(of.ag_name + "=" + names{of}.lease) + "]");
    return text;
}

}  // namespace ha::op
