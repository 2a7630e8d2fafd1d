// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/scale.hpp"
#include "operator/reconcile/inventory.hpp"
#include "operator/reconcile/step_memory.hpp"

// Where each group is whose list of replicas has changed: what is seen of it, how long a step has
// taken.

namespace ha::op {

class scales {
public:
    scales(clock_source& clock, const inventory& all) : inventory_(all), steps_(clock) {}

    // Of objects that this resource owns; people's own pause in the requests counts.
    scale_view view_of(const group& of) const;

    // `now`, stopped if it has been the same for too long. `status`: the resource's, as it stands.
    step timed(const group& of, step now, const value& status);

    // When to look once more although nothing changes; none: never.
    std::optional<instant> look_again(const workload& of) const;

private:
    const inventory& inventory_;
    step_memory steps_;
};

}  // namespace ha::op
