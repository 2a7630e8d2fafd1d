// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/http/message.hpp"
#include "common/result.hpp"
#include "common/transport/stream.hpp"

#include <functional>
#include <memory>
#include <string_view>

// An HTTP/1.1 client that keeps connections alive and never retries on its own: one call is one
// attempt, because whoever holds a lock must know when its request was sent.

namespace ha::http {

struct client_limits {
    std::size_t header_bytes_max = 64 * 1024;
    std::size_t body_bytes_max = 32 * 1024 * 1024;
    std::size_t idle_connections_max = 4;
    duration idle_time_max = std::chrono::seconds{60};
};

// What came of one attempt.
struct exchange {
    instant sent_at{};  // just before the first byte of the request went out
    instant received_at{};
    http::response response;
};

// How an attempt failed. If `sent` is false the server cannot have seen the request.
struct attempt_failure {
    error what;
    bool sent = true;
    instant sent_at{};
};

using attempt = tl::expected<exchange, attempt_failure>;

class client {
public:
    virtual ~client() = default;

    // One attempt, ended at `limit` whatever it is doing (connect, handshake, write, wait, read).
    // Idle connections that the server closed are noticed before they are used; a request that was
    // written to one is never silently sent again.
    virtual boost::asio::awaitable<attempt> send(request what, duration limit) = 0;

    // For watches: calls on_bytes once with nothing when the head of a 200 has come, then with each
    // block of the body as it arrives, until the server ends it (the returned response then has an
    // empty body) or on_bytes returns false. `first_byte_limit` bounds everything up to the
    // response's head, `silence_limit` each wait after it. A status other than 200 is returned as
    // an ordinary response with its body.
    virtual boost::asio::awaitable<attempt> stream(
        request what,
        duration first_byte_limit,
        duration silence_limit,
        std::function<bool(std::string_view)> on_bytes) = 0;

    // Drops every idle connection (credentials changed, peer suspected dead).
    virtual void forget_connections() = 0;
};

std::unique_ptr<client> make_client(clock_source& clock,
                                    transport::dialer& dialer,
                                    transport::endpoint where,
                                    client_limits limits = {});

}  // namespace ha::http
