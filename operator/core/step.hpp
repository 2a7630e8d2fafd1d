// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/orders.hpp"

#include <chrono>
#include <string>

// What is being done to a group in several steps, one at a time, and where that is.

namespace ha::op {

struct step {
    enum class kind {
        nothing,  // nothing goes on
        unseen,   // nobody knows yet
        wait,     // something must come first; stops when it takes too long
        hold,     // as long as somebody wants it so
        replace,  // `pod` is taken away
        stopped,  // somebody must act
    } what = kind::nothing;
    std::string reason;  // "PodNotReady"
    std::string pod;
    std::string words;              // what is so
    std::string help;               // what to do if it stays so
    std::optional<switchover> ask;  // stands among the requests as long as this step does
};

// How long a step may take before somebody is told.
inline constexpr std::chrono::minutes step_patience{10};

// The step that has been the same for so long.
step overdue(step now, std::chrono::nanoseconds waited);

// Something is being done, or waited for.
bool goes_on(const step& now);

bool is_same(const step& one, const step& other);

}  // namespace ha::op
