// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

#include <string>
#include <vector>

// What happened, at whom, in milliseconds after the last mark. Prints as it goes.

namespace ha::test::demo {

class timeline {
public:
    explicit timeline(clock_source& clock) : clock_(clock), zero_(clock.now()) {}

    // From here on times count from now; says what happened at this instant.
    void mark(const std::string& what);
    void note(const std::string& who, const std::string& what);
    // A line without a time.
    void say(const std::string& words);

    instant zero() const { return zero_; }
    double milliseconds_since_mark() const;

private:
    clock_source& clock_;
    instant zero_;
};

double milliseconds(duration span);

// "median 412 ms, worst 655 ms of 20"; "none" when there are none.
std::string summary(std::vector<duration> all);

}  // namespace ha::test::demo
