// SPDX-License-Identifier: MIT
#include "test/sim/story.hpp"

using namespace ha;
using namespace ha::sim;

// The readings of the engine that only the list `r` of seeds rolls: the group is as safe under
// them.

namespace {

std::vector<run_plan> losses_of_the_primary() {
    return {with(trouble::engine_killed, 0, 60s),
            with(trouble::machine_stopped, 0, 60s, 20s),
            with(trouble::engine_frozen, 0, 60s, 40s),
            with(trouble::node_paused, 0, 60s, 40s),
            with(trouble::node_isolated, 0, 60s, 60s),
            with(trouble::cut_from_api, 0, 60s, 60s)};
}

}  // namespace

TEST_CASE("a primary that comes back as one, without a lease, accepts nothing that is lost") {
    for (auto plan : losses_of_the_primary()) {
        plan.primaries_resume = true;
        INFO(words(plan.faults.front().what));
        played run(plan);
        CHECK(run.trouble() == "");
        if (plan.faults.front().what == trouble::engine_killed)
            CHECK(run.times("db-0 is PRIMARY again by itself") == 1);
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

TEST_CASE("the list of the readings rolls one, the other and both, and breaks no invariant") {
    int resume = 0;
    int revive = 0;
    int both = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        auto plan = plan_of(seed, {.readings = true});
        resume += plan.primaries_resume && !plan.renewal_revives;
        revive += plan.renewal_revives && !plan.primaries_resume;
        both += plan.primaries_resume && plan.renewal_revives;
        INFO("seed " << seed);
        played run(plan);
        CHECK(run.trouble() == "");
    }
    CHECK(resume > 0);
    CHECK(revive > 0);
    CHECK(both > 0);
}
