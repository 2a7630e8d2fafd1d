// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/messages.hpp"
#include "common/async/clock.hpp"
#include "common/http/server.hpp"
#include "common/transport/stream.hpp"

#include <functional>
#include <map>
#include <memory>

// Supervisors of one group, asking and answering each other over HTTP on any transport: mutual TLS
// in the daemon, pipes in the simulation.

namespace ha::agent {

struct peer_address {
    std::string host;  // the pod's IP
    std::uint16_t port = 0;
    std::string pod_uid;
    bool operator==(const peer_address&) const = default;
};

class peer_network {
public:
    virtual ~peer_network() = default;

    // One attempt. The answer is that of the replica asked, of the pod that the directory names and
    // of the same group and format; everything else is an error in words: not_found (no address),
    // refused (the other said no, or speaks a newer format), malformed, unreachable, timed_out.
    virtual boost::asio::awaitable<result<peer_answer>> ask(std::string replica,
                                                            peer_question question,
                                                            duration limit) = 0;

    // By replica name, without ourselves. Connections to pods that are not in it are dropped.
    virtual void set_directory(std::map<std::string, peer_address> where) = 0;
};

std::unique_ptr<peer_network> make_peer_network(clock_source& clock,
                                                transport::dialer& dialer,
                                                std::string group,
                                                pod_identity self);

// Who asks: as the question says; where TLS proved somebody else the question is not passed on.
struct peer_caller {
    pod_identity pod;
    bool proven = false;
};

using peer_handler = std::function<boost::asio::awaitable<peer_answer>(peer_caller, peer_question)>;

// POST /peer/v1/<kind> for every group in the map, until cancelled.
boost::asio::awaitable<void> serve_peers(clock_source& clock,
                                         transport::listener& listener,
                                         std::map<std::string, peer_handler> groups,
                                         http::complaint complain = {});

// The name in a pod's certificate that carries its uid.
std::string peer_server_name(const std::string& pod_uid);

}  // namespace ha::agent
