// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/settings.hpp"
#include "agent/core/values.hpp"
#include "agent/engine/session.hpp"
#include "agent/peers/peer_network.hpp"
#include "agent/record/record_store.hpp"
#include "agent/sensors/processes.hpp"
#include "common/k8s/client.hpp"
#include "common/log/log.hpp"

#include <functional>

// All of the outside world that a supervisor touches. The daemon gives it Kubernetes, ODBC and the
// kernel; the simulation gives it the same clients over pipes, and models behind them.

namespace ha::agent {

struct logins {
    engine_login agent;  // our own, made at bootstrap
    engine_login admin;  // sa: for bootstrap alone
    std::string master_key_password;
};

struct supervisor_ports {
    clock_source& clock;
    k8s::client& api;
    engine_connector& engine;
    engine_processes& processes;
    log::logger log;
    // Read anew whenever a connection is made or an instance is prepared.
    std::function<logins()> credentials;
    // A part of the loop ended in a way that it must not: the process has to end, and be started
    // again with nothing but what is on disk.
    std::function<void(const std::string& why)> fatal;
};

// What one group needs beyond that.
struct group_ports {
    record_store& record;
    peer_network& peers;
};

struct group_settings {
    pod_identity self;
    std::string incarnation;
    std::string space;       // namespace
    std::string group;       // in T-SQL; empty: an instance in no group
    std::string lease_name;  // in Kubernetes
    std::string requests_name;
    std::string state_name;
    std::uint16_t peer_port = 0;
    std::uint16_t endpoint_port = 0;
    settings chosen;
};

}  // namespace ha::agent
