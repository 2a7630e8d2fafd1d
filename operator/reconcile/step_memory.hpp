// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "operator/core/step.hpp"
#include "operator/reconcile/kinds.hpp"

#include <map>
#include <optional>

// Which step each group is at, and since when: one that stays the same for too long has stopped.

namespace ha::op {

class step_memory {
public:
    struct entry {
        step now;
        instant since{};
    };

    explicit step_memory(clock_source& clock) : clock_(clock) {}

    // Null when nothing goes on, or nothing is known.
    const entry* find(const subject& which) const;

    // `now`, stopped if it has been the same for too long. `told`: the resource's status says
    // already that this step stopped, which an operator before this one found.
    step timed(const subject& which, step now, bool told);

    // When a step that is waited for will have stopped; none: never.
    std::optional<instant> look_again(const subject& which) const;

private:
    clock_source& clock_;
    std::map<subject, entry> known_;
};

}  // namespace ha::op
