// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/roll.hpp"
#include "operator/core/workload.hpp"
#include "operator/reconcile/inventory.hpp"
#include "operator/reconcile/step_memory.hpp"

// Where the roll of each group is: what is seen of its pods, how long a step has taken, what was
// asked for.

namespace ha::op {

// A pod and the StatefulSet that makes it.
struct set_pod {
    std::string pod;
    std::string set;
};

class rolls {
public:
    rolls(clock_source& clock, const inventory& all)
        : clock_(clock), inventory_(all), steps_(clock) {}

    struct query {
        workload of;                // the group, or one of those that form it
        std::vector<set_pod> pods;  // of the whole group
        orders ordered;             // by the resource
        value status;               // of the resource, as it stands
        bool scaled = false;        // replicas come or go
    };
    // All that form a group get the same answer.
    roll_step next(const query& asked);

    // When to look once more although nothing changes; none: never.
    std::optional<instant> look_again(const workload& of) const;

private:
    roll_view view_of(const query& asked) const;
    void add_pods(const query& asked, roll_view& into) const;

    clock_source& clock_;
    const inventory& inventory_;
    step_memory steps_;
};

}  // namespace ha::op
