// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

// The simulation with or without a planted bug: `search READING LAST` plays seeds from 1 until one
// breaks an invariant and prints it; `replay READING SEED INVARIANT` demands that this invariant is
// the first to break, or that none is ("nothing"). READING: a, b, two, two-b.

namespace {

std::string played(std::uint64_t seed, const std::string& reading) {
    ha::sim::seed_list list;
    list.two_voters = reading.starts_with("two");
    if (reading.ends_with("b")) list.reading = ha::mssqlsim::reading::b;
    ha::sim::world one(ha::sim::plan_of(seed, list), false);
    auto found = one.run();
    return found.violations.empty() ? "nothing" : found.violations.front();
}

int search(const std::string& reading, std::uint64_t last) {
    for (std::uint64_t seed = 1; seed <= last; ++seed) {
        auto found = played(seed, reading);
        if (found == "nothing") continue;
        std::cout << seed << ' ' << found << '\n';
        return 0;
    }
    return 1;
}

int replay(const std::string& reading, std::uint64_t seed, const std::string& expected) {
    auto found = played(seed, reading);
    auto name = found.substr(0, found.find(':'));
    std::cout << "seed " << seed << ", reading " << reading << ": " << found << '\n';
    if (name == expected) return 0;
    std::cout << "expected: " << expected << '\n';
    return 1;
}

}  // namespace

int main(int count, char** words) {
    std::string what = count > 1 ? words[1] : "";
    if (what == "search" && count == 4)
        return search(words[2], std::strtoull(words[3], nullptr, 10));
    if (what == "replay" && count == 5)
        return replay(words[2], std::strtoull(words[3], nullptr, 10), words[4]);
    std::cerr << "planted: search READING LAST, or replay READING SEED INVARIANT\n";
    return 2;
}
