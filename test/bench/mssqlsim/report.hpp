// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

// What a load program prints: one line of numbers, which bench.py reads.

namespace ha::bench {

// Microseconds in the middle and at the 99th of 100, statements a second, connections, and all that
// were executed: `before` of them before the clock ran.
inline void report(std::vector<duration> each,
                   duration all,
                   std::size_t connections,
                   std::size_t before = 0) {
    std::sort(each.begin(), each.end());
    auto microseconds = [&](std::size_t percent) {
        if (each.empty()) return 0.0;
        auto at = std::min(each.size() - 1, each.size() * percent / 100);
        return std::chrono::duration<double, std::micro>(each[at]).count();
    };
    auto seconds = std::chrono::duration<double>(all).count();
    std::printf("p50 %.1f p99 %.1f rate %.0f connections %zu executed %zu\n",
                microseconds(50),
                microseconds(99),
                static_cast<double>(each.size()) / seconds,
                connections,
                each.size() + before);
}

}  // namespace ha::bench
