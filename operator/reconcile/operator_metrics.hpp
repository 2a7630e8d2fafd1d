// SPDX-License-Identifier: MIT
#pragma once

#include "common/metrics/metrics.hpp"
#include "operator/reconcile/reconciler.hpp"

#include <span>

// The operator's numbers for Prometheus.

namespace ha::op {

std::span<const metrics::family> operator_families();

// `leads`: whether this process holds the operators' Lease, or works without one.
void show(metrics::registry& into, const reconciler::numbers& now, bool leads);

}  // namespace ha::op
