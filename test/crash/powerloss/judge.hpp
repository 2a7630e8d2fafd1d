// SPDX-License-Identifier: MIT
#pragma once

#include "test/crash/powerloss/recorded_run.hpp"

#include <string>
#include <vector>

// Takes the power away at one moment of a recorded run, starts the instances on what is left, and
// says which promises are broken.

namespace ha::crash {

struct outage {
    std::size_t boundary = 0;  // so many operations were done
    loss how{};
    std::uint64_t seed = 0;  // of what is kept
    unsigned without = 7;    // a bit for each machine that loses its power; the others' processes
                             // are killed
};

// In words, for people who want to play it again.
std::string describe(const recorded_run& run, const outage& what);

// Empty: all that was promised is there, nothing is there by halves, each instance starts, the
// group takes writes again, and a second loss of power takes none of these.
std::vector<std::string> judge(const recorded_run& run, const outage& what);

}  // namespace ha::crash
