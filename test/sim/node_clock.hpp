// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "test/support/sim_clock.hpp"

#include <optional>
#include <vector>

// The clock of one machine of the simulation: it shows the world's time, but while the machine is
// paused nobody on it wakes. A machine whose hypervisor stopped it has lost that time for good: its
// clocks stood still too.

namespace ha::sim {

class node_clock final : public clock_source {
public:
    explicit node_clock(test::sim_clock& world) : world_(world) {}

    instant now() const override { return stood_at_ ? *stood_at_ : world_.now() - lag_; }
    boost::asio::awaitable<void> sleep_until(instant when) override;
    std::unique_ptr<alarm> ring_at(boost::asio::any_io_executor where,
                                   instant when,
                                   std::function<void()> rung) override;
    std::chrono::system_clock::time_point wall_time() const override {
        return world_.wall_time() -
               std::chrono::duration_cast<std::chrono::microseconds>(world_.now() - now());
    }

    // Until resume() nobody wakes; what was due is late, or, with clocks that stand still, not yet.
    void pause(bool clocks_stand);
    void resume();
    bool paused() const { return paused_; }
    // World minus own time.
    duration lag() const { return world_.now() - now(); }
    // Of the world: when a machine with clocks that had stood still went on.
    std::optional<instant> lagged_at() const { return lagged_at_; }

private:
    class own_alarm;
    struct call;
    void set(const std::shared_ptr<call>& one);
    void come_due(const std::shared_ptr<call>& one);

    test::sim_clock& world_;
    doorbell resumed_;
    std::vector<std::weak_ptr<call>> late_;  // came due in a pause
    duration lag_{};
    bool paused_ = false;
    std::optional<instant> stood_at_;
    std::optional<instant> lagged_at_;
};

}  // namespace ha::sim
