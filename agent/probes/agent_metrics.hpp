// SPDX-License-Identifier: MIT
#pragma once

#include "agent/probes/view.hpp"
#include "common/metrics/metrics.hpp"

#include <span>

// What Prometheus sees of a supervisor: one table, filled from the same view as every other page.

namespace ha::agent {

std::span<const metrics::family> agent_families();

// Sets every gauge that `seen` has a value for, and forgets those that it has not.
void show(metrics::registry& into, const view& seen, instant now);

}  // namespace ha::agent
