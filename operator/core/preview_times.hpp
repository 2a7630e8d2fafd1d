// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/workload.hpp"

// Microsoft's preview was told its lengths of time by variables in the operator's environment, in
// seconds. They are those of our protocol: L (how long a Lease stands), P (how often it is renewed)
// and W (how long the engine accepts writes after a renewal).

namespace ha::op {

// 0: not set.
struct preview_times {
    std::int64_t lease = 0;        // MSSQL_K8S_LEASE_DURATION_SECONDS: L
    std::int64_t renew = 0;        // MSSQL_K8S_RENEW_DEADLINE_SECONDS: half of L, if not set
    std::int64_t retry = 0;        // MSSQL_K8S_RETRY_PERIOD_SECONDS: P; half of that, if not set
    std::int64_t write_lease = 0;  // MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS: W; what fits
    std::int64_t monitor = 0;      // MSSQL_K8S_MONITOR_PERIOD_SECONDS: 1
    bool operator==(const preview_times&) const = default;
    bool given() const { return *this != preview_times{}; }
};

// What they come to, the preview's defaults filled in.
lease_times times_of(const preview_times& given);

// Why they cannot be: one sentence each, with the arithmetic.
std::vector<std::string> complaints_about(const preview_times& given);

}  // namespace ha::op
