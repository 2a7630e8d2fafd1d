// SPDX-License-Identifier: MIT
#pragma once

#include "agent/probes/view.hpp"
#include "common/async/clock.hpp"
#include "common/http/server.hpp"

#include <functional>

// What the kubelet, Prometheus and people ask the supervisor over plain HTTP. It changes nothing:
// even the pre-stop endpoint only repeats what the pod's deletionTimestamp already says.

namespace ha::agent {

struct verdict {
    bool good = false;
    std::vector<std::string> lines;  // one "[+] check: words" or "[-] check: words" each
};

// The supervisor is up. It never waits for the engine: the engine's container starts after us.
verdict startup_verdict(const view& seen);
// The supervisor itself: its loops turn. What is wrong with the engine is no reason to start the
// supervisor again.
verdict own_verdict(const view& seen, instant now);
// The engine, by monitorPolicy, and the loop's own heartbeat: for the engine's container.
verdict live_verdict(const view& seen, instant now);
// A real login answers, the role is known, a secondary had caught up once since its engine started.
verdict ready_verdict(const view& seen, instant now);

// Why a hand-over ended, when the engine may stop now.
using prestop_outcome = std::string;

struct probe_sources {
    std::function<const view&()> look;
    // Prometheus text.
    std::function<std::string()> metrics;
    // Begins a hand-over if our pod is ending and returns when it is done or impossible; what is
    // returned is told to the kubelet's log. Never longer than `prestop_limit`.
    std::function<boost::asio::awaitable<prestop_outcome>()> hand_over;
    duration prestop_limit = std::chrono::seconds{60};
};

// /startupz, /healthz (the supervisor itself; with ?verbose every check there is), /livez, /readyz,
// /metrics, /status, /explain, /prestop; 405 and 404 in words. `sources` are called for as long as
// the handler lives.
http::handler make_probe_handler(clock_source& clock, probe_sources sources);

// The documents behind /status and /explain.
std::string status_document(const view& seen, instant now);
std::string explain_document(const view& seen, instant now);

}  // namespace ha::agent
