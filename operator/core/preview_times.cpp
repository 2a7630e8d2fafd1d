// SPDX-License-Identifier: MIT
#include "operator/core/preview_times.hpp"

namespace ha::op {
namespace {

constexpr std::int64_t margin_ms = 1000;  // m, for clocks that drift and timers that are late
constexpr std::int64_t preview_lease = 10;

std::int64_t or_else(std::int64_t seconds, std::int64_t otherwise_ms) {
    return seconds != 0 ? seconds * 1000 : otherwise_ms;
}

std::string seconds(std::int64_t ms) {
    auto text = std::to_string(ms / 1000);
    if (ms % 1000 != 0) text += "." + std::to_string(1000 + ms % 1000).substr(1);
    while (text.find('.') != std::string::npos && text.back() == '0') text.pop_back();
    return text + " s";
}

}  // namespace

lease_times times_of(const preview_times& given) {
    lease_times made;
    made.lease_ms = or_else(given.lease, preview_lease * 1000);
    made.period_ms = or_else(given.retry, or_else(given.renew, made.lease_ms / 2) / 2);
    // The engine takes whole seconds.
    auto room = made.lease_ms - made.period_ms - 2 * margin_ms;
    made.write_lease_ms = or_else(given.write_lease, room / 1000 * 1000);
    made.canary_period_ms = or_else(given.monitor, 1000);
    return made;
}

// 1. and 2. as the preview asks; 3. and 4. as the protocol does (protocol.md, rule 4)
std::vector<std::string> complaints_about(const preview_times& given) {
    std::vector<std::string> found;
    auto t = times_of(given);
    auto renew_ms = or_else(given.renew, t.lease_ms / 2);
    if (renew_ms >= t.lease_ms)
        found.push_back("MSSQL_K8S_RENEW_DEADLINE_SECONDS (" + seconds(renew_ms) +
                        ") must be less than MSSQL_K8S_LEASE_DURATION_SECONDS (" +
                        seconds(t.lease_ms) + ")");
    if (t.canary_period_ms >= t.write_lease_ms)
        found.push_back("MSSQL_K8S_MONITOR_PERIOD_SECONDS (" + seconds(t.canary_period_ms) +
                        ") must be less than MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS (" +
                        seconds(t.write_lease_ms) + ")");
    if (2 * t.period_ms > t.write_lease_ms)
        found.push_back("twice MSSQL_K8S_RETRY_PERIOD_SECONDS (2 x " + seconds(t.period_ms) +
                        " = " + seconds(2 * t.period_ms) +
                        ") must fit into MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS (" +
                        seconds(t.write_lease_ms) + "), or one late renewal stops writes");
    auto sum = t.period_ms + t.write_lease_ms + 2 * margin_ms;
    if (sum > t.lease_ms)
        found.push_back(
            "MSSQL_K8S_RETRY_PERIOD_SECONDS + MSSQL_K8S_SQL_WRITE_LEASE_PERIOD_SECONDS + twice the "
            "margin (" +
            seconds(t.period_ms) + " + " + seconds(t.write_lease_ms) + " + 2 x " +
            seconds(margin_ms) + " = " + seconds(sum) +
            ") must fit into MSSQL_K8S_LEASE_DURATION_SECONDS (" + seconds(t.lease_ms) +
            "), or a renewal finds no room before authority ends");
    return found;
}

}  // namespace ha::op
