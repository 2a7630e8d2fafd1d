// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

// Whether anybody listens: asked before a driver is, because a driver goes on knocking at a closed
// port until its login limit is over.

namespace ha::agent {

// Nothing when a connection could be made (it is closed at once); else `unreachable` or `timed_out`
// in words. `address` is an IP literal.
boost::asio::awaitable<std::optional<error>> port_trouble(clock_source& clock,
                                                          std::string address,
                                                          std::uint16_t port,
                                                          duration limit);

}  // namespace ha::agent
