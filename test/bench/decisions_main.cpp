// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/unit/agent/core/story.hpp"

#include <cstdio>
#include <stdexcept>

// What one decision costs: the whole table, read from its first row, in a group at rest.

namespace {

using namespace ha::test;

constexpr int rounds = 20'000;

double nanoseconds_each(story& told) {
    // The first steps act; what is measured is the decision that nothing is to be done.
    for (int i = 0; i < 20; ++i) told.settle(told.step());
    int at_rest = 0;
    ha::system_clock clock;
    auto begin = clock.now();
    for (int i = 0; i < rounds; ++i) {
        told.seen.now += ha::duration{1};
        at_rest += std::holds_alternative<std::monostate>(decide(told.seen).what) ? 1 : 0;
    }
    std::chrono::duration<double, std::nano> took = clock.now() - begin;
    if (at_rest != rounds) throw std::logic_error{"this group is not at rest"};
    return took.count() / rounds;
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
