// SPDX-License-Identifier: MIT
#pragma once

#include "agent/loop/group_loop.hpp"
#include "agent/loop/instance_loop.hpp"
#include "agent/probes/probes.hpp"
#include "common/transport/stream.hpp"

// One supervisor: a loop for each of its pod's groups (or none: a standalone instance), the port on
// which its peers ask, and the port on which the kubelet does.

namespace ha::agent {

struct supervisor_settings {
    pod_identity self;
    std::string incarnation;
    std::string version;
    std::string space;
    std::uint16_t peer_port = 0;
    std::uint16_t endpoint_port = 5022;
    settings chosen;
    std::vector<std::string> groups;
    // What a group's Lease and ConfigMaps are called, where that is not the group's own name: NAME,
    // NAME and NAME-state.
    std::map<std::string, std::string> object_names{};
};

// The doors to the network. Each must outlive the supervisor.
struct supervisor_doors {
    transport::dialer& peer_dialer;
    transport::listener* peer_listener = nullptr;   // none: an instance in no group
    transport::listener* probe_listener = nullptr;  // none in the simulation
    std::function<std::unique_ptr<record_store>(const std::string& group)> records;
    std::function<std::string()> metrics;
};

class supervisor {
public:
    supervisor(boost::asio::any_io_executor where,
               supervisor_ports ports,
               supervisor_doors doors,
               supervisor_settings own);
    ~supervisor();

    // Starts everything and returns.
    void start();

    // The engine's processes changed: call it from their watcher.
    void processes_changed();

    // Hands over whatever is held and returns when that is done or the time is over.
    boost::asio::awaitable<void> leave(duration limit);

    // Ends all tasks; idle() returns when the last has unwound.
    void cancel();
    boost::asio::awaitable<void> idle();

    const view& look();
    const group_loop* group(const std::string& name) const;

private:
    struct member {
        std::unique_ptr<record_store> record;
        std::unique_ptr<peer_network> peers;
        std::unique_ptr<group_loop> loop;
    };
    group_settings settings_of(const std::string& group) const;
    boost::asio::awaitable<std::string> hand_over();

    boost::asio::any_io_executor where_;
    supervisor_ports ports_;
    supervisor_doors doors_;
    supervisor_settings own_;
    std::map<std::string, member> groups_;
    std::unique_ptr<instance_loop> alone_;  // in no group
    task_group tasks_;
    view view_;
};

}  // namespace ha::agent
