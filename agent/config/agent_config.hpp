// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"
#include "common/config/config.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// All that a supervisor is told from outside: by flags, environment, a YAML file, in this order,
// and by defaults where none of them speaks.

namespace ha::agent {

struct engine_config {
    std::string address;  // an IP literal
    std::uint16_t port = 0;
    std::string driver;  // ODBC driver by name; empty: the best that is installed
    std::string agent_login;
    std::string agent_password_file;       // made with a random password when it is missing
    std::string sa_password_file;          // read anew at each use; empty: no bootstrap
    std::string master_key_password_file;  // made when it is missing
    std::uint16_t endpoint_port = 0;
    std::string process_name;
    std::string process_argument;  // empty: not asked
    std::string process_variable;  // "NAME=value"; empty: not asked
    std::string processes;         // detect, shared, none
    bool operator==(const engine_config&) const = default;
};

// A group has a name in T-SQL, and one for its Lease and ConfigMaps in Kubernetes.
struct group_name {
    std::string group;
    std::string object;
    bool operator==(const group_name&) const = default;
};

struct agent_config {
    pod_identity self;
    std::string space;               // namespace; empty: as the service account says
    std::vector<group_name> groups;  // none: standalone
    settings chosen;
    engine_config engine;
    std::string kubernetes_folder;  // of the service account
    std::string listen_address;
    std::uint16_t http_port = 0;
    std::uint16_t peer_port = 0;
    std::string peer_ca_folder;  // ca.crt and ca.key
    std::string record_folder;
    std::string log_level;
    duration leave_limit{};  // for handing over after SIGTERM
    bool operator==(const agent_config&) const = default;
};

// The one table that flags, environment, file, --help and the page of documentation come from.
std::span<const config::setting> agent_settings();

// Everything that is wrong, each with its place; settings that contradict each other too.
tl::expected<agent_config, std::vector<config::complaint>> read_agent_config(
    const config::values& given);

}  // namespace ha::agent
