// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

// Where time comes from: the machine in the daemon, the simulator's hand in a test.

namespace ha {

// A call that is due at some time. Destroyed before, it is never made.
class alarm {
public:
    alarm() = default;
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;
    virtual ~alarm() = default;
};

class clock_source {
public:
    virtual ~clock_source() = default;

    // CLOCK_BOOTTIME: goes on while the machine sleeps.
    virtual instant now() const = 0;

    // May wake late, and a pause of the machine is not counted by the timer behind it: whoever
    // wakes compares now() with his deadline before he acts.
    virtual boost::asio::awaitable<void> sleep_until(instant when) = 0;

    // Calls `rung` once, on that executor, as late as sleep_until would wake. It may destroy its
    // own alarm. For what waits for one thing of several: an alarm that is not needed any more
    // costs nothing, where a sleep that is cancelled costs an exception.
    virtual std::unique_ptr<alarm> ring_at(boost::asio::any_io_executor where,
                                           instant when,
                                           std::function<void()> rung) = 0;

    // For people and for Kubernetes' fields only; never an input of a decision.
    virtual std::chrono::system_clock::time_point wall_time() const = 0;

    boost::asio::awaitable<void> sleep_for(duration span) { return sleep_until(now() + span); }
};

}  // namespace ha
