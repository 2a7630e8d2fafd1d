// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <string>
#include <vector>

// What was measured of a series of scenes, and how it is told.

namespace ha::test::demo {

struct measure {
    duration took{};
    duration promotion{};  // of it, the engine's own: FAILOVER accepted to PRIMARY, by its own word
};

// "median 412 ms, worst 655 ms of 20"; "none" when there are none.
std::string summary(std::vector<duration> all);

// Three lines: all of it, the double's own promotion, and what is left without it.
std::string summary(const std::string& title, const std::vector<measure>& all);

}  // namespace ha::test::demo
