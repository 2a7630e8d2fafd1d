// SPDX-License-Identifier: MIT
#include "test/demo/timeline.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace ha::test::demo {
namespace {

std::string line(double at, const std::string& who, const std::string& what) {
    char time[32];
    std::snprintf(time, sizeof time, "%+9.0f ms  ", at);
    std::string name = who;
    name.resize(std::max<std::size_t>(name.size(), 14), ' ');
    return time + name + "  " + what;
}

}  // namespace

double milliseconds(duration span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

std::string whole_ms(duration span) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", milliseconds(span));
    return text;
}

double timeline::milliseconds_since_mark() const {
    return milliseconds(clock_.now() - zero_);
}

void timeline::mark(const std::string& what) {
    zero_ = clock_.now();
    kept_.assign({"", "-- " + what});
    if (!quiet_) tell_kept();
}

void timeline::note(const std::string& who, const std::string& what) {
    kept_.push_back(line(milliseconds_since_mark(), who, what));
    if (!quiet_) tell_kept();
}

void timeline::tell_kept() {
    for (const auto& one : kept_) std::cout << one << std::endl;
    kept_.clear();
}

void timeline::say(const std::string& words) {
    std::cout << words << std::endl;
}

}  // namespace ha::test::demo
