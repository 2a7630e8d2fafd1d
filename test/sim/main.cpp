// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/sim/many.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

// Runs seeds of the simulation: one with its trace, many on all cores, or the hashes of many.

namespace {

using namespace ha::sim;

constexpr const char* usage =
    "sim SEED [two] [b|m|d|r]            one seed, with its trace\n"
    "sim FIRST COUNT [two] [b|m|d|r]     many, on all cores: a line for each that breaks "
    "something\n"
    "sim hashes FIRST COUNT [two] [b|m|d|r]  the hash of each seed's trace, in order\n"
    "two: groups with two data voters; b: the pessimist's reading of the engine; m: members come "
    "and go; d: databases come; r: the engine's rarer readings\n";

// Whether the last word chooses a list; it is taken into it.
bool take_list(const std::string& word, seed_list& list) {
    list.scales = word == "m";
    list.names = word == "d";
    list.readings = word == "r";
    if (word == "b") list.reading = ha::mssqlsim::reading::b;
    return list.scales || list.names || list.readings || word == "b";
}

int show_one(std::uint64_t seed, seed_list list) {
    world played(plan_of(seed, list), true);
    auto found = played.run();
    for (const auto& line : found.trace) std::cout << line << '\n';
    for (const auto& one : found.violations) std::cout << "VIOLATION " << one << '\n';
    std::cout << "seed " << seed << ": hash " << std::hex << found.trace_hash << std::dec << ", "
              << found.events << " events, " << found.writes_acknowledged
              << " writes acknowledged, " << found.writes_refused << " refused, "
              << found.promotions << " promotions\n";
    return found.violations.empty() ? 0 : 1;
}

unsigned cores() {
    return std::max(1U, std::thread::hardware_concurrency());
}

int show_many(const seed_range& which) {
    ha::system_clock real;
    auto begin = real.now();
    std::vector<seed_outcome> bad;
    std::size_t played = 0;
    play_all(which, cores(), [&](const seed_outcome& one) {
        ++played;
        if (one.ended && one.violation.empty()) return;
        std::cout << "seed " << one.seed << ": " << one.violation << std::endl;
        bad.push_back(one);
    });
    std::chrono::duration<double> took = real.now() - begin;
    for (const auto& one : bad)
        std::cout << "replay: " << replay_command(one.seed, which.list) << '\n';
    std::cout << played << " seeds, " << bad.size() << " with violations, " << took.count()
              << " s on " << cores() << " cores, "
              << static_cast<int>(static_cast<double>(played) / took.count() * 60)
              << " seeds a minute\n";
    return bad.empty() && played == which.count ? 0 : 1;
}

int show_hashes(const seed_range& which) {
    std::vector<seed_outcome> all;
    play_all(which, cores(), [&](const seed_outcome& one) { all.push_back(one); });
    std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
        return left.seed < right.seed;
    });
    for (const auto& one : all)
        std::cout << one.seed << ' ' << std::hex << one.hash << std::dec << ' ' << one.violation
                  << '\n';
    bool complete = std::all_of(all.begin(), all.end(), [](const auto& one) { return one.ended; });
    return complete && all.size() == which.count ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::string> words(arguments + 1, arguments + count);
    bool hashes = !words.empty() && words.front() == "hashes";
    if (hashes) words.erase(words.begin());
    seed_range which;
    if (!words.empty() && take_list(words.back(), which.list)) words.pop_back();
    which.list.two_voters = !words.empty() && words.back() == "two";
    if (which.list.two_voters) words.pop_back();
    if (words.empty() || words.size() > 2) {
        std::cerr << usage;
        return 2;
    }
    which.first = std::strtoull(words[0].c_str(), nullptr, 10);
    if (words.size() == 2) which.count = std::strtoull(words[1].c_str(), nullptr, 10);
    if (hashes) return show_hashes(which);
    return words.size() == 1 ? show_one(which.first, which.list) : show_many(which);
}
