// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/server.hpp"

#include <functional>
#include <string>
#include <vector>

// What the kubelet and Prometheus ask the operator over plain HTTP.

namespace ha::op {

struct probe_sources {
    // What keeps us from being ready, a sentence each; empty: nothing.
    std::function<std::vector<std::string>()> missing;
    std::function<std::string()> metrics;  // Prometheus text
};

// /healthz: the process turns; /readyz: it works, or waits for its turn with the Lease in sight;
// /metrics. GET only.
http::handler make_probe_handler(probe_sources sources);

}  // namespace ha::op
