// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>

// A clock that stands still until told to move.

namespace ha::test {

// Sleepers wake in order of time, then of arrival.
class sim_clock final : public clock_source {
public:
    explicit sim_clock(boost::asio::io_context& io) : io_(io) {}

    instant now() const override { return now_; }
    boost::asio::awaitable<void> sleep_until(instant when) override;
    std::unique_ptr<alarm> ring_at(boost::asio::any_io_executor where,
                                   instant when,
                                   std::function<void()> rung) override;
    // A fixed day plus the time that passed: stable from run to run.
    std::chrono::system_clock::time_point wall_time() const override;

    // Calls `what` at that time, among the sleepers.
    void at(instant when, std::function<void()> what);

    // Runs all that is ready, then jumps to the next wake-up. False when nobody sleeps.
    bool advance();

    // The same, but never past `limit`: stops there when the next wake-up is later.
    bool advance_to(instant limit);

    // Runs all that is ready without moving the hand.
    void settle();

private:
    using handler = boost::asio::any_completion_handler<void(boost::system::error_code)>;
    using key = std::pair<instant, std::uint64_t>;
    void wake(key sleeper, boost::system::error_code why);

    boost::asio::io_context& io_;
    instant now_{std::chrono::hours{1}};
    std::uint64_t arrivals_ = 0;
    using sleeper_map = std::map<key, handler>;
    class set_alarm;
    // Shared with alarms, which may outlive the clock in what it destroys with itself.
    std::shared_ptr<sleeper_map> sleepers_ = std::make_shared<sleeper_map>();
};

}  // namespace ha::test
