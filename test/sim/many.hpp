// SPDX-License-Identifier: MIT
#pragma once

#include "test/sim/world.hpp"

#include <optional>

// Many seeds at once: a process for each core, every process one seed after another.

namespace ha::sim {

struct seed_range {
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    seed_list list;
};

// What is left of a seed when its world is gone.
struct seed_outcome {
    std::uint64_t seed = 0;
    std::uint64_t hash = 0;
    bool ended = true;      // false: the process died in it
    std::string violation;  // the first one; empty: all invariants held
};

seed_outcome play(std::uint64_t seed, seed_list list);

// Calls `told` for every seed in the order in which they end. Throws std::system_error when
// processes cannot be had.
void play_all(const seed_range& which,
              unsigned processes,
              const std::function<void(const seed_outcome&)>& told);

// The command that plays the seed again and prints its trace.
std::string replay_command(std::uint64_t seed, seed_list list);

}  // namespace ha::sim
