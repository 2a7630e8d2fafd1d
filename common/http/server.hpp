// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/http/message.hpp"
#include "common/transport/stream.hpp"

#include <functional>
#include <memory>
#include <optional>

// An HTTP/1.1 server for small services: probes, metrics, peers, and the test tree's API server.

namespace ha::http {

struct server_limits {
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t body_bytes_max = 1024 * 1024;
    duration idle_time_max = std::chrono::seconds{75};  // between requests
    // To the first byte of a connection (its TLS handshake included), and from the first byte of a
    // request to the end of its body.
    duration request_time_max = std::chrono::seconds{10};
    duration write_time_max = std::chrono::seconds{10};  // one block of an answer
    std::size_t connections_max = 256;                   // the newest is refused with 503
};

struct incoming {
    http::request request;
    std::optional<transport::identity> peer;  // from the client's certificate
};

// Writes a response piece by piece (watches). False when the client is gone, or takes nothing for
// longer than write_time_max.
class body_writer {
public:
    virtual ~body_writer() = default;
    virtual boost::asio::awaitable<bool> begin(response head) = 0;  // body ignored; chunked
    virtual boost::asio::awaitable<bool> write(std::string_view block) = 0;
    // As far as this machine has heard, without waiting: look from time to time.
    virtual bool gone() const = 0;
};

// Answers one request: returns a response, or uses the writer (begin, write ...) and returns
// nothing. Must not throw anything but cancellation; what it throws otherwise becomes a 500 and a
// complaint.
using handler =
    std::function<boost::asio::awaitable<std::optional<response>>(incoming, body_writer&)>;

// What went wrong in a session and is nobody's answer: handshakes, handlers that threw.
using complaint = std::function<void(const error&)>;

// Serves until cancelled or until the listener is closed; open sessions are cancelled with it, and
// have ended when it returns.
boost::asio::awaitable<void> serve(clock_source& clock,
                                   transport::listener& listener,
                                   handler answer,
                                   server_limits limits = {},
                                   complaint complain = {});

}  // namespace ha::http
