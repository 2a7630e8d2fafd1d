// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>

// A bell that wakes those who wait for it: how one coroutine tells another that there is something
// to look at. What there is to look at lies elsewhere, in the waiter's own state.

namespace ha {

class doorbell {
public:
    doorbell() = default;
    doorbell(const doorbell&) = delete;
    doorbell& operator=(const doorbell&) = delete;

    // Wakes every waiter; with none, the next wait returns at once (rings do not add up).
    // Only from the thread that runs the waiters.
    void ring();

    // Returns at the next ring, or at once when it has rung since the last wait. Hears
    // cancellation.
    boost::asio::awaitable<void> wait();

    // The same, but no longer than until `when`. False when it was the time that ended the wait.
    boost::asio::awaitable<bool> wait_until(clock_source& clock, instant when);

private:
    using handler = boost::asio::any_completion_handler<void(boost::system::error_code, bool)>;
    struct waiter {
        boost::asio::any_io_executor executor;
        handler resume;
        std::unique_ptr<alarm> limit;
    };
    using waiter_map = std::map<std::uint64_t, waiter>;  // by arrival
    boost::asio::awaitable<bool> enter(clock_source* clock, instant when);

    std::shared_ptr<waiter_map> waiters_ = std::make_shared<waiter_map>();
    std::uint64_t arrivals_ = 0;
    bool rung_ = false;
};

}  // namespace ha
