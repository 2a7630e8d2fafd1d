// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"
#include "common/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// All that a supervisor is told from outside: by flags, environment, a YAML file, in this order,
// and by defaults where none of them speaks.

namespace ha::agent {

struct engine_config {
    std::string address = "127.0.0.1";  // an IP literal
    std::uint16_t port = 1433;
    std::string driver;  // ODBC driver by name; empty: Microsoft's 18, else FreeTDS
    std::string agent_login = "mssql_ha_agent";
    std::string agent_password_file;  // both are read anew at each login
    std::string sa_password_file;     // for bootstrap only
    std::string master_key_password_file;
    std::uint16_t endpoint_port = 5022;
    std::string process_name = "sqlservr";
    std::string process_filter;        // "argument=...", "environment=NAME=value", or empty
    std::string processes = "detect";  // detect, shared, none
    bool operator==(const engine_config&) const = default;
};

struct kubernetes_config {
    std::string api_server;  // https://address:port; empty: from KUBERNETES_SERVICE_HOST and _PORT
    std::string token_file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    std::string ca_file = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
    std::string space;  // namespace; empty: from the service account's folder
    bool operator==(const kubernetes_config&) const = default;
};

struct agent_config {
    pod_identity self;
    std::vector<std::string> groups;  // none: standalone
    settings chosen;
    engine_config engine;
    kubernetes_config kubernetes;
    std::string listen_address = "0.0.0.0";
    std::uint16_t probe_port = 8080;
    std::uint16_t peer_port = 8443;
    std::string peer_ca_folder = "/etc/mssql-ha/peer-ca";  // ca.crt and ca.key
    std::string record_folder = "/var/opt/mssql/ha";
    std::string requests_name;  // ConfigMap of requests; empty: <group>
    std::string state_name;     // ConfigMap of state; empty: <group>-state
    std::string log_level = "info";
    bool operator==(const agent_config&) const = default;
};

}  // namespace ha::agent
