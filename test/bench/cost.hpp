// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "common/time.hpp"

#include <cstdint>

// What a process costs the machine, as the kernel counts it.

namespace ha::bench {

struct memory {
    std::int64_t pss_kib = 0;     // proportional: a page that n processes share counts 1/n
    std::int64_t driver_kib = 0;  // the part of it that maps ODBC drivers and what only they load
};

// From /proc/PID/smaps. Fails when the process is gone or may not be looked at.
result<memory> memory_of(int pid);

// User and system time since its start, from /proc/PID/stat; the kernel counts in clock ticks.
result<duration> processor_time_of(int pid);

}  // namespace ha::bench
