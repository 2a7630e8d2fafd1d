// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/health.hpp"

#include <algorithm>

// The states of sp_server_diagnostics: sqlserver.md 1.2 to 1.4. Its XML is in health_xml.cpp.

namespace ha::mssqlsim {

namespace {

// More than these, and no fewer in one interval than two.
constexpr std::int64_t dumps_tolerated = 100;
constexpr std::int64_t dumps_at_once = 2;
constexpr duration out_of_memory_tolerated = std::chrono::seconds{12};

}  // namespace

// 1. too many dumps, and they go on; or a task that does not yield was reported: error
// 2. dumps or late latches: warning
health_state state_of(const system_health& of) {
    if (of.dumps > dumps_tolerated && of.dumps_of_interval >= dumps_at_once)
        return health_state::error;
    if (of.non_yielding_tasks > 0) return health_state::error;
    if (of.dumps_of_interval > 0 || of.latch_warnings > 0) return health_state::warning;
    return health_state::clean;
}

// 1. the process is out of memory, and that lasts: error
// 2. it is for a moment, or the machine has little left: warning
health_state state_of(const resource_health& of) {
    if (of.out_of_memory_for > out_of_memory_tolerated) return health_state::error;
    if (of.out_of_memory_for > duration{} || of.memory_is_low) return health_state::warning;
    return health_state::clean;
}

// 1. no scheduler gets on: error
// 2. a scheduler does not yield, or tasks wait for a worker: warning
// 3. requests that wait for each other's locks are an application's matter: clean
health_state state_of(const query_health& of) {
    if (of.schedulers_deadlocked) return health_state::error;
    if (of.scheduler_does_not_yield || of.no_workers || of.pending_tasks > 0)
        return health_state::warning;
    return health_state::clean;
}

health_state state_of(const io_health& of) {
    const bool slow = of.long_requests_of_interval > 0 || of.latch_timeouts > 0;
    return slow ? health_state::warning : health_state::clean;
}

system_health worsened(system_health of, health_state wanted) {
    if (wanted == health_state::error && state_of(of) != wanted) {
        of.dumps = std::max(of.dumps, dumps_tolerated + 1);
        of.dumps_of_interval = std::max(of.dumps_of_interval, dumps_at_once);
    } else if (wanted == health_state::warning && state_of(of) == health_state::clean) {
        of.latch_warnings = 1;
    }
    return of;
}

resource_health worsened(resource_health of, health_state wanted) {
    if (wanted == health_state::error && state_of(of) != wanted) {
        of.memory_is_low = true;
        of.out_of_memory = std::max<std::int64_t>(of.out_of_memory, 1);
        of.out_of_memory_for = out_of_memory_tolerated + std::chrono::seconds{1};
    } else if (wanted == health_state::warning) {
        of.memory_is_low = true;
    }
    return of;
}

query_health worsened(query_health of, health_state wanted) {
    if (wanted != health_state::error && wanted != health_state::warning) return of;
    if (state_of(of) >= wanted) return of;
    of.no_workers = true;
    of.pending_tasks = std::max<std::int64_t>(of.pending_tasks, 1);
    of.oldest_pending = std::max(of.oldest_pending, duration{std::chrono::seconds{5}});
    if (wanted == health_state::error) {
        of.schedulers_deadlocked = true;
        of.oldest_pending = std::max(of.oldest_pending, deadlocked_after);
    }
    return of;
}

io_health worsened(io_health of, health_state wanted) {
    const bool worse = wanted == health_state::error || wanted == health_state::warning;
    if (!worse || state_of(of) == health_state::warning) return of;
    of.long_requests_of_interval = 1;
    of.long_requests += 1;
    return of;
}

}  // namespace ha::mssqlsim
