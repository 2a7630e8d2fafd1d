// SPDX-License-Identifier: MIT
#include "test/sim/node_clock.hpp"

namespace ha::sim {

boost::asio::awaitable<void> node_clock::sleep_until(instant when) {
    for (;;) {
        auto due = when + lag_;
        co_await world_.sleep_until(due);
        while (paused_) co_await resumed_.wait();
        if (now() >= when) co_return;
    }
}

void node_clock::pause(bool clocks_stand) {
    if (clocks_stand && !stood_at_) stood_at_ = now();
    paused_ = true;
}

void node_clock::resume() {
    if (!paused_) return;
    if (stood_at_) {
        lag_ = world_.now() - *stood_at_;
        stood_at_.reset();
        lagged_at_ = world_.now();
    }
    paused_ = false;
    resumed_.ring();
}

}  // namespace ha::sim
