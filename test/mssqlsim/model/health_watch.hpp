// SPDX-License-Identifier: MIT
#pragma once

#include "common/time.hpp"

#include <cstdint>
#include <optional>

// Since when an instance suffers what, and what of it was counted and told: between the faults and
// sp_server_diagnostics.

namespace ha::mssqlsim {

struct health_watch {
    std::optional<instant> out_of_memory_since;
    std::optional<instant> scheduler_frozen_since;
    std::optional<instant> disk_waits_since;   // the oldest record that is not on the disk, or the
                                               // last time that the disk got on
    std::optional<instant> login_waits_since;  // for a worker
    std::int64_t logins_waiting = 0;

    std::int64_t out_of_memory = 0;
    std::int64_t dumps = 0;
    std::int64_t dumps_told = 0;
    std::int64_t long_requests = 0;
    std::int64_t completed = 0;
    std::int64_t completed_told = 0;

    bool long_request_noted = false;  // of the one that waits now
    bool deadlock_noted = false;
    bool non_yielding_noted = false;
};

}  // namespace ha::mssqlsim
