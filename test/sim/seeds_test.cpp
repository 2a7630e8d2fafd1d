// SPDX-License-Identifier: MIT
#include "test/sim/world.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::sim;

// A few seeds of the simulation with every test run; `make sim` and the long runs play more.

namespace {

std::string played(std::uint64_t seed, seed_list list) {
    world one(plan_of(seed, list), false);
    auto found = one.run();
    return found.violations.empty() ? std::string{} : found.violations.front();
}

}  // namespace

TEST_CASE("seeds as documented: three troubles and more, no invariant broken") {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        INFO("seed " << seed);
        CHECK(played(seed, {}).empty());
    }
}

TEST_CASE("two data voters: seeds with an asynchronous replica and without, in both readings") {
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
        for (auto reading : {mssqlsim::reading::a, mssqlsim::reading::b}) {
            INFO("seed " << seed << (reading == mssqlsim::reading::b ? " b" : ""));
            CHECK(played(seed, {reading, true}) == "");
        }
}

TEST_CASE("replicas come and go: from three, and from two data voters") {
    CHECK(played(1, {.scales = true}) == "");
    // Whoever was added could not join; had its configuration from a term that was lost; was
    // primary when it was to go.
    for (auto seed : {455U, 681U, 687U}) {
        INFO("seed " << seed << " two m");
        CHECK(played(seed, {.two_voters = true, .scales = true}) == "");
    }
}

TEST_CASE("databases come by the list while troubles do") {
    CHECK(played(1, {.names = true}) == "");
    CHECK(played(2, {.two_voters = true, .names = true}) == "");
}

TEST_CASE("a seed under the pessimist's reading: one trouble, no invariant broken") {
    CHECK(played(1, {mssqlsim::reading::b}).empty());
}

TEST_CASE("the same seed gives the same trace") {
    auto plan = plan_of(3);
    plan.length = std::chrono::minutes{3};
    world first(plan, false);
    world second(plan, false);
    CHECK(first.run().trace_hash == second.run().trace_hash);
}
