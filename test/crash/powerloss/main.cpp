// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/crash/powerloss/judge.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

// Records a run and takes the power away: at moments that the seed draws, or at every one, with
// everything that may become of what was not synced.

namespace {

using namespace ha::crash;

constexpr std::array kinds{loss::dropped, loss::prefix, loss::torn, loss::reordered, loss::kept};

struct wishes {
    run_plan plan;
    std::size_t boundaries = 0;  // 0: all, each with every kind of loss
};

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

// All machines at once as often as some of them.
outage drawn(std::size_t boundary, loss how, std::uint64_t seed) {
    auto random = mixed(seed ^ mixed(boundary * 8 + static_cast<std::uint64_t>(how)));
    auto some = static_cast<unsigned>(1 + random / 2 % 7);
    return {boundary, how, random, random % 2 == 0 ? 7U : some};
}

std::vector<outage> choose(const recorded_run& run, const wishes& wished) {
    std::vector<outage> out;
    auto last = run.disk.journal().size();
    auto seed = wished.plan.seed;
    if (wished.boundaries == 0) {
        for (std::size_t at = 0; at <= last; ++at)
            for (auto how : kinds) out.push_back(drawn(at, how, seed));
        return out;
    }
    std::vector<std::size_t> all;
    for (std::size_t at = 0; at <= last; ++at) all.push_back(at);
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < std::min(wished.boundaries, all.size()); ++i) {
        std::swap(all[i], all[i + random() % (all.size() - i)]);
        out.push_back(drawn(all[i], kinds[random() % kinds.size()], seed));
    }
    return out;
}

struct verdicts {
    std::size_t broken = 0;
    std::map<loss, std::size_t> of_kind;
    std::map<loss, std::size_t> broken_of_kind;
};

verdicts judge_all(const recorded_run& run, const std::vector<outage>& all) {
    verdicts out;
    std::mutex mutex;
    std::atomic<std::size_t> next{0};
    auto work = [&] {
        for (auto i = next++; i < all.size(); i = next++) {
            auto found = judge(run, all[i]);
            std::lock_guard lock(mutex);
            ++out.of_kind[all[i].how];
            if (found.empty()) continue;
            ++out.broken_of_kind[all[i].how];
            if (++out.broken > 10) continue;
            std::cout << describe(run, all[i]) << '\n';
            for (const auto& one : found) std::cout << "  " << one << '\n';
            std::cout << std::flush;
        }
    };
    std::vector<std::jthread> hands;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
        hands.emplace_back(work);
    hands.clear();
    return out;
}

void tell(const recorded_run& run, const run_plan& plan) {
    std::map<operation::kind, std::size_t> count;
    for (const auto& one : run.disk.journal()) ++count[one.what];
    std::cout << "seed " << plan.seed << ": " << run.disk.journal().size()
              << " operations of three disks (" << count[operation::kind::append] << " appends, "
              << count[operation::kind::sync] << " syncs), " << run.commits
              << " commits acknowledged, " << run.crashes << " crashes, " << run.promotions
              << " changes of the primary\n";
    for (const auto& one : run.troubles) std::cout << "  " << one << '\n';
}

int play(const wishes& wished) {
    ha::system_clock real;
    auto begin = real.now();
    auto run = record(wished.plan);
    tell(run, wished.plan);
    if (!run.troubles.empty()) return 1;
    auto all = choose(run, wished);
    auto found = judge_all(run, all);
    std::cout << "what was not synced is   outages  broken\n";
    for (const auto& [how, count] : found.of_kind) {
        auto name = std::string(word_of(how));
        name.resize(25, ' ');
        auto number = std::to_string(count);
        auto broken = std::to_string(found.broken_of_kind[how]);
        std::cout << name << std::string(7 - std::min<std::size_t>(7, number.size()), ' ') << number
                  << std::string(8 - std::min<std::size_t>(8, broken.size()), ' ') << broken
                  << '\n';
    }
    std::chrono::duration<double> took = real.now() - begin;
    std::cout << all.size() << " outages at write boundaries, " << found.broken
              << " broke a promise, " << took.count() << " s\n";
    return found.broken == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
    wishes wished;
    CLI::App program("Takes the power away from the engine's double at its write boundaries");
    program.add_option("--seed", wished.plan.seed, "of the run and of what is drawn");
    program.add_option("--rounds", wished.plan.rounds, "of clients' writes");
    program.add_option(
        "--boundaries", wished.boundaries, "how many; 0: all, with every kind of loss");
    program.add_flag("--without-sync",
                     wished.plan.without_sync,
                     "syncs are answered and not done: a loss must be found");
    CLI11_PARSE(program, count, words);
    auto status = play(wished);
    if (!wished.plan.without_sync) return status;
    std::cout << (status == 0 ? "nothing was found: the judge sees nothing\n"
                              : "found, as it must be\n");
    return status == 0 ? 1 : 0;
}
