// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

// The machine's clocks.

namespace ha {

class system_clock final : public clock_source {
public:
    instant now() const override;
    boost::asio::awaitable<void> sleep_until(instant when) override;
    std::chrono::system_clock::time_point wall_time() const override;
};

}  // namespace ha
