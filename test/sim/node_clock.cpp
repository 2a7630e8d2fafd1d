// SPDX-License-Identifier: MIT
#include "test/sim/node_clock.hpp"

namespace ha::sim {

boost::asio::awaitable<void> node_clock::sleep_until(instant when) {
    for (;;) {
        co_await world_.sleep_until(std::max(when, paused_until_));
        if (!paused()) co_return;
        when = paused_until_;
    }
}

}  // namespace ha::sim
