// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

// The machine's clocks.

namespace ha {

class system_clock final : public clock_source {
public:
    instant now() const override;
    boost::asio::awaitable<void> sleep_until(instant when) override;
    std::unique_ptr<alarm> ring_at(boost::asio::any_io_executor where,
                                   instant when,
                                   std::function<void()> rung) override;
    std::chrono::system_clock::time_point wall_time() const override;
};

}  // namespace ha
