// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

// Our own time: lengths and instants that decisions are made with. Standard library only, so that
// the cores may use it.

namespace ha {

using duration = std::chrono::nanoseconds;

// Marks instants of CLOCK_BOOTTIME, so that wall-clock time cannot slip into a decision.
struct boot_time {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = ha::duration;
    using time_point = std::chrono::time_point<boot_time>;
    static constexpr bool is_steady = true;
};
using instant = boot_time::time_point;

}  // namespace ha
