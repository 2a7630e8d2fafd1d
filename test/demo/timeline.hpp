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
    // For the many scenes of a series: marks and notes are kept back until there is a reason to see
    // them. What is kept is forgotten at the next mark.
    void keep_quiet(bool quiet) { quiet_ = quiet; }
    void tell_kept();

    instant zero() const { return zero_; }
    double milliseconds_since_mark() const;

private:
    clock_source& clock_;
    instant zero_;
    bool quiet_ = false;
    std::vector<std::string> kept_;
};

double milliseconds(duration span);
// Rounded, without the unit: "412".
std::string whole_ms(duration span);

}  // namespace ha::test::demo
