// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/transport/stream.hpp"

#include <memory>
#include <string>

// A network in memory: hosts are names, links have latency, can be cut and reset. Nothing in it is
// random, and with a virtual clock nothing in it takes time.

namespace ha::transport {

class memory_network {
public:
    // `latency` is one way, for every link that set_latency does not name.
    explicit memory_network(clock_source& clock, duration latency = duration::zero());
    // Breaks every connection; destroy it before the executor that runs those who use it.
    ~memory_network();
    memory_network(const memory_network&) = delete;
    memory_network& operator=(const memory_network&) = delete;

    // Connections from `host`; the other side sees `shown` as proven, as TLS would.
    // Nobody listening there: unreachable, after a round trip. A cut link: waits.
    std::unique_ptr<dialer> dialer_at(std::string host, std::optional<identity> shown = {});

    // Port 0: any that is free. Empty when the port is taken. Closing it, or its end, frees the
    // port.
    std::unique_ptr<listener> listen(std::string host,
                                     std::uint16_t port,
                                     std::optional<identity> shown = {});

    // One way. What is already on its way keeps its time.
    void set_latency(const std::string& from, const std::string& to, duration latency);

    // One way: what is sent neither arrives nor fails, and what arrived before can still be read.
    // After healing it arrives, as TCP would send it again: also what a sender wrote who has closed
    // since, so that a request given up may still land.
    void cut(const std::string& from, const std::string& to);
    void heal(const std::string& from, const std::string& to);

    // Both ways, and with every host known until now.
    void isolate(const std::string& host);
    void rejoin(const std::string& host);

    // Every connection between the two breaks at once, at both ends.
    void reset(const std::string& one, const std::string& other);

    // The machine loses power: its ports are free, those who talk to it hear nothing more, not even
    // an end. The host may listen and dial again at once.
    void power_off(const std::string& host);

private:
    struct inside;
    std::shared_ptr<inside> inside_;
};

}  // namespace ha::transport
