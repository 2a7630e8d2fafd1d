// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/sim/world.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

// Runs seeds of the simulation: `sim FIRST COUNT [b]`, or `sim SEED` for one with its trace.

namespace {

int show_one(std::uint64_t seed, ha::mssqlsim::reading reading) {
    ha::sim::world played(ha::sim::plan_of(seed, reading), true);
    auto found = played.run();
    for (const auto& line : found.trace) std::cout << line << '\n';
    for (const auto& one : found.violations) std::cout << "VIOLATION " << one << '\n';
    std::cout << "seed " << seed << ": hash " << std::hex << found.trace_hash << std::dec << ", "
              << found.events << " events, " << found.writes_acknowledged
              << " writes acknowledged, " << found.writes_refused << " refused, "
              << found.promotions << " promotions\n";
    return found.violations.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    if (count < 2) {
        std::cerr << "sim: give a seed, or the first seed and a count: sim 1 1000\n";
        return 2;
    }
    auto first = std::strtoull(words[1], nullptr, 10);
    bool pessimist = std::string(words[count - 1]) == "b";
    auto reading = pessimist ? ha::mssqlsim::reading::b : ha::mssqlsim::reading::a;
    int numbers = count - 1 - (pessimist ? 1 : 0);
    if (numbers < 2) return show_one(first, reading);
    auto how_many = std::strtoull(words[2], nullptr, 10);
    ha::system_clock real;
    auto begin = real.now();
    int bad = 0;
    for (auto seed = first; seed < first + how_many; ++seed) {
        ha::sim::world played(ha::sim::plan_of(seed, reading), false);
        auto found = played.run();
        if (found.violations.empty()) continue;
        ++bad;
        std::cout << "seed " << seed << ": " << found.violations.front() << '\n';
    }
    std::chrono::duration<double> took = real.now() - begin;
    std::cout << how_many << " seeds, " << bad << " with violations, " << took.count() << " s, "
              << static_cast<double>(how_many) / took.count() * 60 << " seeds a minute\n";
    return bad == 0 ? 0 : 1;
}
