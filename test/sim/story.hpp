// SPDX-License-Identifier: MIT
#pragma once

#include "test/sim/world.hpp"
#include "test/support/catch.hpp"

#include <algorithm>

// Runs made by hand, and what their trace says.

namespace ha::sim {

using namespace std::chrono_literals;

inline fault_plan fault(trouble what, int node, duration at, duration length = {}, int number = 1) {
    fault_plan one;
    one.what = what;
    one.node = node;
    one.at = at;
    one.length = length;
    one.number = number;
    return one;
}

inline run_plan with(trouble what, int node, duration at, duration length = {}, int number = 1) {
    run_plan plan;
    plan.seed = 4711;
    plan.length = 6min;
    plan.faults.push_back(fault(what, node, at, length, number));
    return plan;
}

inline void add(
    run_plan& plan, trouble what, victim whom, int node, duration at, duration length = {}) {
    auto one = fault(what, node, at, length);
    one.whom = whom;
    plan.faults.push_back(one);
}

struct played {
    explicit played(run_plan plan) {
        world one(std::move(plan), true);
        found = one.run();
    }
    long times(const std::string& words) const {
        return std::count_if(found.trace.begin(), found.trace.end(), [&](const auto& line) {
            return line.find(words) != std::string::npos;
        });
    }
    bool says(const std::string& words) const { return times(words) > 0; }
    // As above, of the lines from the first that says `begin` to the first after it that says
    // `end`.
    long times(const std::string& words, const std::string& begin, const std::string& end) const {
        auto says_it = [](const std::string& what) {
            return [&](const auto& line) { return line.find(what) != std::string::npos; };
        };
        auto from = std::find_if(found.trace.begin(), found.trace.end(), says_it(begin));
        return std::count_if(
            from, std::find_if(from, found.trace.end(), says_it(end)), says_it(words));
    }
    // Each in a line below the one before.
    bool says_in_order(const std::vector<std::string>& all) const {
        auto from = found.trace.begin();
        for (const auto& words : all) {
            from = std::find_if(from, found.trace.end(), [&](const auto& line) {
                return line.find(words) != std::string::npos;
            });
            if (from == found.trace.end()) return false;
            ++from;
        }
        return true;
    }
    std::string trouble() const {
        return found.violations.empty() ? std::string{} : found.violations.front();
    }

    run_result found;
};

}  // namespace ha::sim
