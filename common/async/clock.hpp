// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <boost/asio/awaitable.hpp>

// Where time comes from: the machine in the daemon, the simulator's hand in a test.

namespace ha {

class clock_source {
public:
    virtual ~clock_source() = default;

    // CLOCK_BOOTTIME: goes on while the machine sleeps.
    virtual instant now() const = 0;

    // May wake late, and a pause of the machine is not counted by the timer behind it: whoever
    // wakes compares now() with his deadline before he acts.
    virtual boost::asio::awaitable<void> sleep_until(instant when) = 0;

    // For people and for Kubernetes' fields only; never an input of a decision.
    virtual std::chrono::system_clock::time_point wall_time() const = 0;

    boost::asio::awaitable<void> sleep_for(duration span) { return sleep_until(now() + span); }
};

}  // namespace ha
