// SPDX-License-Identifier: MIT
#include "test/sim/plan.hpp"

#include <algorithm>
#include <array>

namespace ha::sim {

using namespace std::chrono_literals;

namespace {

// splitmix64: the same numbers from every compiler and library.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }
    int below(int limit) { return static_cast<int>(next() % static_cast<std::uint64_t>(limit)); }
    duration between(duration least, duration most) {
        auto span = static_cast<std::uint64_t>((most - least) / 1ms) + 1;
        return least + 1ms * static_cast<std::int64_t>(next() % span);
    }

private:
    std::uint64_t state_;
};

struct kind {
    trouble what;
    const char* name;
    int weight;
    duration least;
    duration most;
};

constexpr std::array kinds{
    kind{trouble::engine_killed, "engine killed", 5, 0s, 0s},
    kind{trouble::engine_frozen, "engine frozen", 4, 500ms, 30s},
    kind{trouble::supervisor_killed, "supervisor killed", 4, 0s, 0s},
    kind{trouble::node_paused, "node paused", 4, 1s, 40s},
    kind{trouble::node_off, "node powered off", 3, 2s, 60s},
    kind{trouble::node_isolated, "node isolated", 4, 1s, 60s},
    kind{trouble::cut_from_api, "cut from the API server", 3, 1s, 60s},
    kind{trouble::cut_from_peers, "cut from its peers", 3, 1s, 60s},
    kind{trouble::api_outage, "API server away", 2, 1s, 60s},
    kind{trouble::lost_response, "responses lost after commit", 3, 0s, 0s},
    kind{trouble::api_refuses, "API server refuses", 2, 1s, 20s},
    kind{trouble::diagnostics_bad, "diagnostics in error", 1, 5s, 40s},
    kind{trouble::switchover, "switchover asked for", 3, 0s, 0s},
};

// What came later than the table above: drawn apart from it, so that a seed keeps what it had.
constexpr std::array more_kinds{
    kind{trouble::failover_by_hand, "FAILOVER typed by hand", 3, 0s, 0s},
    kind{trouble::force_by_hand, "FORCE_FAILOVER_ALLOW_DATA_LOSS typed by hand", 2, 0s, 0s},
    kind{trouble::endpoints_stuck, "endpoints stuck", 3, 0s, 0s},
    kind{trouble::lease_made_anew, "Lease deleted and made anew", 2, 1s, 20s},
};

const kind& pick(dice& rolled) {
    int total = 0;
    for (const auto& one : kinds) total += one.weight;
    int at = rolled.below(total);
    for (const auto& one : kinds) {
        at -= one.weight;
        if (at < 0) return one;
    }
    return kinds.front();
}

}  // namespace

const char* words(trouble what) {
    for (const auto& one : kinds)
        if (one.what == what) return one.name;
    for (const auto& one : more_kinds)
        if (one.what == what) return one.name;
    return "unknown";
}

namespace {

// Every third seed gets one more trouble, every fourth an engine that latches.
void add_more(run_plan& plan) {
    dice rolled(plan.seed ^ 0x5ca1ab1e0ddba11ULL);
    if (plan.reading == mssqlsim::reading::b) return;
    plan.engine_latches = rolled.below(4) == 0;
    if (rolled.below(3) != 0) return;
    const auto& what = more_kinds[static_cast<std::size_t>(rolled.below(more_kinds.size()))];
    fault_plan one;
    one.what = what.what;
    one.node = rolled.below(3);
    one.at = rolled.between(60s, 240s);
    one.length = rolled.between(what.least, what.most);
    one.number = 1 + rolled.below(3);
    plan.faults.push_back(one);
}

}  // namespace

run_plan plan_of(std::uint64_t seed, mssqlsim::reading reading) {
    dice rolled(seed);
    run_plan plan;
    plan.seed = seed;
    plan.reading = reading;
    int profile = rolled.below(3);
    if (profile == 1) plan.chosen.times = agent::fast_profile();
    if (profile == 2) plan.chosen.times = agent::wide_profile();
    plan.slow_promotion_ms = rolled.below(4) == 0 ? rolled.below(4000) : 0;
    plan.promotion_raises_number = rolled.below(2) == 0;
    int count = reading == mssqlsim::reading::b ? 1 : 3 + rolled.below(4);
    for (int i = 0; i < count; ++i) {
        const auto& what = pick(rolled);
        fault_plan one;
        one.what = what.what;
        one.node = rolled.below(3);
        one.at = rolled.between(60s, 240s);
        one.length = rolled.between(what.least, what.most);
        constexpr std::array statuses{409, 429, 500, 403, 504};
        one.number = what.what == trouble::api_refuses
                         ? statuses[static_cast<std::size_t>(rolled.below(5))]
                         : 1 + rolled.below(3);
        plan.faults.push_back(one);
    }
    add_more(plan);
    std::sort(plan.faults.begin(), plan.faults.end(), [](const auto& left, const auto& right) {
        return left.at < right.at;
    });
    return plan;
}

}  // namespace ha::sim
