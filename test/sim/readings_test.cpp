// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// The readings of the engine that no seed rolls: the group is as safe under them.

namespace {

std::vector<run_plan> losses_of_the_primary() {
    return {with(trouble::engine_killed, 0, 60s),
            with(trouble::machine_stopped, 0, 60s, 20s),
            with(trouble::engine_frozen, 0, 60s, 40s),
            with(trouble::node_paused, 0, 60s, 40s),
            with(trouble::node_isolated, 0, 60s, 60s),
            with(trouble::cut_from_api, 0, 60s, 60s)};
}

// An engine that takes the role by itself does so without a Lease: that is the reading. Anything
// else that is broken counts.
std::string other_trouble(const played& run) {
    for (const auto& one : run.found.violations)
        if (!one.starts_with("S3: ")) return one;
    return {};
}

}  // namespace

TEST_CASE("a primary that comes back as one, without a lease, accepts nothing that is lost") {
    for (auto plan : losses_of_the_primary()) {
        plan.primaries_resume = true;
        INFO(words(plan.faults.front().what));
        played run(plan);
        CHECK(other_trouble(run) == "");
        // It did come back as one.
        if (plan.faults.front().what == trouble::engine_killed) CHECK(run.trouble() != "");
    }
}

TEST_CASE("a renewal that comes too late and revives its replica makes no second primary") {
    for (auto plan : losses_of_the_primary()) {
        plan.renewal_revives = true;
        INFO(words(plan.faults.front().what));
        played run(plan);
        CHECK(run.trouble() == "");
    }
}

TEST_CASE("seeds under both readings: no invariant broken") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        auto plan = plan_of(seed);
        plan.primaries_resume = seed % 2 == 0;
        plan.renewal_revives = true;
        INFO("seed " << seed);
        played run(plan);
        CHECK(other_trouble(run) == "");
    }
}
