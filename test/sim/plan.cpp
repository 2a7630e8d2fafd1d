// SPDX-License-Identifier: MIT
#include "test/sim/plan.hpp"

#include <algorithm>
#include <array>
#include <numeric>

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
    kind{trouble::machine_stopped, "machine stopped, its clocks too", 3, 1s, 40s},
    kind{trouble::node_off, "node powered off", 3, 2s, 60s},
    kind{trouble::node_isolated, "node isolated", 4, 1s, 60s},
    kind{trouble::cut_from_api, "cut from the API server", 3, 1s, 60s},
    kind{trouble::cut_from_peers, "cut from its peers", 3, 1s, 60s},
    kind{trouble::cut_one_way, "cut in one direction", 3, 1s, 60s},
    kind{trouble::api_outage, "API server away", 2, 1s, 60s},
    kind{trouble::api_slow, "Lease answered late", 2, 1s, 60s},
    kind{trouble::lost_response, "responses lost after commit", 3, 0s, 0s},
    kind{trouble::api_refuses, "API server refuses", 2, 1s, 20s},
    kind{trouble::engine_slow, "engine slow", 2, 1s, 30s},
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

// In stories alone: nothing goes wrong by itself in them.
constexpr std::array story_kinds{
    kind{trouble::pause, "group paused", 0, 0s, 0s},
    kind{trouble::fence, "pod fenced", 0, 0s, 0s},
    kind{trouble::failover_job, "failover Job", 0, 0s, 0s},
    kind{trouble::typed, "somebody at a prompt", 0, 0s, 0s},
};

// How often each kind comes in one seed: about half of them never, some three times as often.
using weights = std::array<int, kinds.size()>;

weights preferred(dice& rolled) {
    constexpr std::array factors{0, 0, 1, 3};
    weights chosen{};
    int total = 0;
    while (total == 0)
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            chosen[i] = kinds[i].weight * factors[static_cast<std::size_t>(rolled.below(4))];
            total += chosen[i];
        }
    return chosen;
}

const kind& pick(dice& rolled, const weights& of) {
    int at = rolled.below(std::accumulate(of.begin(), of.end(), 0));
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        at -= of[i];
        if (at < 0) return kinds[i];
    }
    return kinds.front();
}

int number_for(dice& rolled, trouble what) {
    constexpr std::array statuses{409, 429, 500, 403, 504};
    auto rolled_number = rolled.below(15);
    if (what == trouble::api_refuses) return statuses[static_cast<std::size_t>(rolled_number % 5)];
    if (what == trouble::api_slow) return 100 + 120 * rolled_number;
    if (what == trouble::engine_slow) return 50 + 200 * rolled_number;
    return 1 + rolled_number % 3;
}

fault_plan fault_of(dice& rolled, const weights& of) {
    const auto& what = pick(rolled, of);
    fault_plan one;
    one.what = what.what;
    constexpr std::array whom{victim::numbered, victim::primary, victim::not_primary};
    one.whom = whom[static_cast<std::size_t>(rolled.below(3))];
    one.node = rolled.below(3);
    one.at = rolled.between(60s, 240s);
    one.length = rolled.between(what.least, what.most);
    one.number = number_for(rolled, what.what);
    auto after = rolled.between(0ms, 2s);
    if (rolled.below(3) == 0) one.after_change = after;
    auto until = rolled.between(0ms, 1s);
    if (rolled.below(3) == 0) one.until_taken = until;
    return one;
}

// Mostly a quick network; now and then one across half the world, or an API server under load.
duration latency(dice& rolled, duration most) {
    auto slow = rolled.between(1ms, most);
    return rolled.below(4) == 0 ? slow : duration{300us};
}

}  // namespace

const char* words(trouble what) {
    for (const auto& one : kinds)
        if (one.what == what) return one.name;
    for (const auto& one : more_kinds)
        if (one.what == what) return one.name;
    for (const auto& one : story_kinds)
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

// Every other seed meets one of all kinds while its group is formed.
void add_early(run_plan& plan) {
    dice rolled(plan.seed ^ 0x0f1257);
    if (plan.reading == mssqlsim::reading::b || rolled.below(2) != 0) return;
    int number = rolled.below(static_cast<int>(kinds.size()) + 1);
    const auto& what =
        number == 0 ? more_kinds.back() : kinds[static_cast<std::size_t>(number - 1)];
    fault_plan one;
    one.what = what.what;
    one.node = rolled.below(3);
    one.at = rolled.between(0s, 8s);
    one.length = rolled.between(what.least, what.most);
    one.number = number_for(rolled, what.what);
    plan.faults.push_back(one);
}

// Dice of its own: the troubles of a seed are the same in each list.
void add_sizes(run_plan& plan) {
    dice rolled(plan.seed ^ 0x5ca1e);
    auto at = rolled.between(40s, 90s);
    auto least = plan.replicas;
    for (int size : {least + 1 + rolled.below(2), least, least + rolled.below(3)}) {
        plan.sizes.push_back({at, size});
        at += rolled.between(20s, 100s);
    }
}

// Likewise.
void add_databases(run_plan& plan) {
    dice rolled(plan.seed ^ 0xda7aba5e);
    plan.databases.push_back({rolled.between(60s, 150s), "crm"});
    plan.databases.push_back({rolled.between(150s, 240s), "hr"});
}

// Likewise. A third of the seeds has the first, a third the second, a third both.
void add_readings(run_plan& plan) {
    dice rolled(plan.seed ^ 0x4ead1465);
    int which = rolled.below(3);
    plan.primaries_resume = which != 1;
    plan.renewal_revives = which != 0;
}

}  // namespace

run_plan plan_of(std::uint64_t seed, seed_list list) {
    dice rolled(seed);
    run_plan plan;
    plan.seed = seed;
    plan.reading = list.reading;
    plan.two_data_voters = list.two_voters;
    if (list.two_voters && seed % 2 == 0) plan.replicas = 2;
    int profile = rolled.below(3);
    if (profile == 1) plan.chosen.times = agent::fast_profile();
    if (profile == 2) plan.chosen.times = agent::wide_profile();
    plan.slow_promotion_ms = rolled.below(4) == 0 ? rolled.below(4000) : 0;
    plan.promotion_raises_number = rolled.below(2) == 0;
    plan.api_latency = latency(rolled, 400ms);
    plan.peer_latency = latency(rolled, 40ms);
    auto kinds_of_seed = preferred(rolled);
    int count = list.reading == mssqlsim::reading::b ? 1 : 3 + rolled.below(4);
    for (int i = 0; i < count; ++i) plan.faults.push_back(fault_of(rolled, kinds_of_seed));
    add_more(plan);
    add_early(plan);
    if (list.scales) add_sizes(plan);
    if (list.names) add_databases(plan);
    if (list.readings) add_readings(plan);
    for (auto& one : plan.faults) one.node %= plan.replicas;
    // Insertion keeps the drawn order among equals (std::stable_sort of this library is
    // deprecated).
    auto earlier = [](const auto& left, const auto& right) { return left.at < right.at; };
    for (auto one = plan.faults.begin(); one != plan.faults.end(); ++one)
        std::rotate(std::upper_bound(plan.faults.begin(), one, *one, earlier), one, one + 1);
    return plan;
}

int most_replicas(const run_plan& plan) {
    int most = plan.replicas;
    for (const auto& one : plan.sizes) most = std::max(most, one.replicas);
    return most;
}

duration end_of_troubles(const run_plan& plan) {
    duration latest{};
    for (const auto& one : plan.faults) {
        auto begin = one.at + (one.after_change ? longest_wait : duration::zero());
        latest = std::max(latest, begin + one.length);
    }
    for (const auto& one : plan.sizes) latest = std::max(latest, one.at);
    for (const auto& one : plan.databases) latest = std::max(latest, one.at);
    return latest;
}

}  // namespace ha::sim
