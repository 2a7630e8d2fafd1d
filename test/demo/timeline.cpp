// SPDX-License-Identifier: MIT
#include "test/demo/timeline.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace ha::test::demo {
namespace {

std::string rounded(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", number);
    return text;
}

void print(double at, const std::string& who, const std::string& what) {
    char time[32];
    std::snprintf(time, sizeof time, "%+9.0f ms  ", at);
    std::string name = who;
    name.resize(std::max<std::size_t>(name.size(), 14), ' ');
    std::cout << time << name << "  " << what << std::endl;
}

}  // namespace

double milliseconds(duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

std::string summary(std::vector<duration> all) {
    if (all.empty()) return "none";
    std::ranges::sort(all);
    return "median " + rounded(milliseconds(all[all.size() / 2])) + " ms, worst " +
           rounded(milliseconds(all.back())) + " ms of " + std::to_string(all.size());
}

double timeline::milliseconds_since_mark() const {
    return milliseconds(clock_.now() - zero_);
}

void timeline::mark(const std::string& what) {
    zero_ = clock_.now();
    say("");
    say("-- " + what);
}

void timeline::note(const std::string& who, const std::string& what) {
    print(milliseconds_since_mark(), who, what);
}

void timeline::say(const std::string& words) {
    std::cout << words << std::endl;
}

}  // namespace ha::test::demo
