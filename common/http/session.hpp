// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/server.hpp"

// One connection of the server.

namespace ha::http {

// What all sessions of a server share.
struct service {
    handler answer;
    server_limits limits;
    complaint complain;
};

// Requests and answers in turn, until either side ends it.
boost::asio::awaitable<void> converse(clock_source& clock,
                                      std::unique_ptr<transport::byte_stream> caller,
                                      std::shared_ptr<const service> what);

// 503 and the end, without reading.
boost::asio::awaitable<void> refuse(clock_source& clock,
                                    std::unique_ptr<transport::byte_stream> caller,
                                    std::shared_ptr<const service> what);

}  // namespace ha::http
