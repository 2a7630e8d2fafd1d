// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What sp_server_diagnostics tells of an instance, as plain values: the state of each component and
// the XML that goes with it. Pure.

namespace ha::mssqlsim {

enum class health_state : std::uint8_t { unknown, clean, warning, error };

struct system_health {
    std::int64_t latch_warnings = 0;
    std::int64_t dumps = 0;               // since the start
    std::int64_t dumps_of_interval = 0;   // since the last set
    std::int64_t non_yielding_tasks = 0;  // reported since the last set
    bool operator==(const system_health&) const = default;
};

struct resource_health {
    bool memory_is_low = false;      // so the machine says
    std::int64_t out_of_memory = 0;  // times that somebody got none
    duration out_of_memory_for{};    // how long this goes on
    bool operator==(const resource_health&) const = default;
};

// One request that waits for a lock, and who has it.
struct blocked_request {
    std::int64_t session = 0;
    std::int64_t blocking_session = 0;
    duration waits{};
    std::string resource;
    std::string database;
    std::string login;
    std::string host;
    std::string program;
    bool operator==(const blocked_request&) const = default;
};

struct query_health {
    std::int64_t completed_of_interval = 0;  // requests
    std::int64_t pending_tasks = 0;          // that no worker has taken up
    duration oldest_pending{};
    bool no_workers = false;  // all that may be made have something to do
    bool schedulers_deadlocked = false;
    bool scheduler_does_not_yield = false;
    std::vector<blocked_request> blocked;
    bool operator==(const query_health&) const = default;
};

struct io_health {
    std::int64_t latch_timeouts = 0;
    std::int64_t long_requests = 0;              // since the start
    std::int64_t long_requests_of_interval = 0;  // since the last set
    std::optional<duration> longest_pending;     // none: nothing waits for long
    std::string longest_file;
    bool operator==(const io_health&) const = default;
};

// How long a request of the disk takes to be a long one (error 833), and how long requests must
// wait for a worker for all schedulers to count as deadlocked (error 17884).
inline constexpr duration long_request = std::chrono::seconds{15};
inline constexpr duration deadlocked_after = std::chrono::seconds{60};
// And a scheduler for its task to be reported as one that does not yield (error 17883).
inline constexpr duration non_yielding_after = std::chrono::seconds{60};

// assumption: the thresholds are those of Microsoft's detector of failovers, which reads the same
// XML; of what it only takes a note of, warnings are made.
health_state state_of(const system_health& of);
health_state state_of(const resource_health& of);
health_state state_of(const query_health& of);
health_state state_of(const io_health& of);  // never error

// The same with what brings it into a state that is worse than its own; unchanged for one that is
// not. io_subsystem has no error: it looks as for a warning.
system_health worsened(system_health of, health_state wanted);
resource_health worsened(resource_health of, health_state wanted);
query_health worsened(query_health of, health_state wanted);
io_health worsened(io_health of, health_state wanted);

std::string xml_of(const system_health& of);
std::string xml_of(const resource_health& of);
std::string xml_of(const query_health& of);
std::string xml_of(const io_health& of);
std::string xml_of_events();

}  // namespace ha::mssqlsim
