// SPDX-License-Identifier: MIT
#include "test/unit/agent/core/story.hpp"

#include <chrono>
#include <cstdio>

// What one decision costs: the whole table, read from its first row, in a group at rest.

namespace {

using namespace ha::test;

constexpr int rounds = 20'000;

double nanoseconds_each(story& told) {
    // The first steps act; what is measured is the decision that nothing is to be done.
    for (int i = 0; i < 20; ++i) told.settle(told.step());
    std::size_t letters = 0;  // keeps the decisions from being left out
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) {
        told.seen.now += ha::duration{1};
        letters += decide(told.seen).code.size();
    }
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return letters == 0 ? 0 : took.count() / rounds;
}

}  // namespace

int main() {
    story secondary;
    story primary;
    primary.become_primary();
    std::printf("decision of a secondary at rest: %.0f ns\n", nanoseconds_each(secondary));
    std::printf("decision of a primary at rest:   %.0f ns\n", nanoseconds_each(primary));
    return 0;
}
