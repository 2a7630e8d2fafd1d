// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/sim_clock.hpp"

// The clock of one machine of the simulation: it shows the world's time, but while the machine is
// paused nobody on it wakes.

namespace ha::sim {

class node_clock final : public clock_source {
public:
    explicit node_clock(test::sim_clock& world) : world_(world) {}

    instant now() const override { return world_.now(); }
    boost::asio::awaitable<void> sleep_until(instant when) override;
    std::chrono::system_clock::time_point wall_time() const override { return world_.wall_time(); }

    // Until then nobody wakes; what was due is late.
    void pause_until(instant when) { paused_until_ = std::max(paused_until_, when); }
    bool paused() const { return world_.now() < paused_until_; }
    instant paused_until() const { return paused_until_; }

private:
    test::sim_clock& world_;
    instant paused_until_{};
};

}  // namespace ha::sim
