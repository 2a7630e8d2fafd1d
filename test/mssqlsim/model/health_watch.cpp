// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"
#include "test/mssqlsim/model/health.hpp"

#include <algorithm>

// What the instance is told by its own parts and by faults, as sp_server_diagnostics reads it, and
// the lines of the errorlog that go with it.

namespace ha::mssqlsim {

namespace {

constexpr const char* log_file = "/var/opt/mssql/data/mastlog.ldf";

void follow(bool goes_on, std::optional<instant>& since, instant now) {
    if (!goes_on)
        since.reset();
    else if (!since)
        since = now;
}

// Once for each time that it begins to hold.
bool is_news(bool holds, bool& noted) {
    const bool news = holds && !noted;
    noted = holds;
    return news;
}

duration lasted(const std::optional<instant>& since, instant now) {
    return since ? now - *since : duration{};
}

std::string seconds_of(duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

void engine::watch_health() {
    follow(faults_.out_of_memory, health_.out_of_memory_since, now_);
    follow(faults_.scheduler_frozen, health_.scheduler_frozen_since, now_);
    if (!faults_.no_free_workers) {
        health_.login_waits_since.reset();
        health_.logins_waiting = 0;
    }
    note_health();
}

void engine::note_health() {
    const duration write = lasted(health_.disk_waits_since, now_);
    if (is_news(write >= long_request, health_.long_request_noted)) {
        ++health_.long_requests;
        errorlog(
            std::string{"SQL Server has encountered 1 occurrence(s) of I/O requests taking longer "
                        "than 15 seconds to complete on file ["} +
            log_file +
            "] in database id 1.  The OS file handle is 0x5.  The offset of the latest long I/O "
            "is: 0x00000000000000.  The duration of the long I/O is: " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(write).count()) +
            " ms.");
    }
    const duration frozen = lasted(health_.scheduler_frozen_since, now_);
    if (is_news(frozen >= non_yielding_after, health_.non_yielding_noted))
        errorlog(
            "Process 0:0:0 (0x1f2c) Worker 0x00000007F2C10040 appears to be non-yielding on "
            "Scheduler 1. Thread creation time: 0. Approx Thread CPU Used: kernel 0 ms, user 0 ms. "
            "Process Utilization 0%. System Idle 99%. Interval: " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(frozen).count()) +
            " ms.");
    if (!faults_.no_free_workers) {
        health_.deadlock_noted = false;
        return;
    }
    const query_health queries = query_health_now();
    if (is_news(queries.schedulers_deadlocked, health_.deadlock_noted))
        errorlog(
            "New queries assigned to process on Node 0 have not been picked up by a worker thread "
            "in the last " +
            seconds_of(queries.oldest_pending) +
            " seconds. Blocking or long-running queries can contribute to this condition, and may "
            "degrade client response time. Use the \"max worker threads\" configuration option to "
            "increase number of allowable threads, or optimize current running queries. SQL "
            "Process Utilization: 0%. System Idle: 99%.");
}

system_health engine::system_health_now() const {
    const bool told = lasted(health_.scheduler_frozen_since, now_) >= non_yielding_after;
    return {0, health_.dumps, health_.dumps - health_.dumps_told, told ? 1 : 0};
}

resource_health engine::resource_health_now() const {
    return {
        faults_.memory_pressure, health_.out_of_memory, lasted(health_.out_of_memory_since, now_)};
}

query_health engine::query_health_now() const {
    query_health made;
    made.completed_of_interval = health_.completed - health_.completed_told;
    made.no_workers = faults_.no_free_workers;
    made.scheduler_does_not_yield = faults_.scheduler_frozen;
    made.pending_tasks = health_.logins_waiting;
    made.oldest_pending = lasted(health_.login_waits_since, now_);
    for (const auto& [number, one] : sessions_) {
        if (one.running && one.no_worker_since) {
            ++made.pending_tasks;
            made.oldest_pending = std::max(made.oldest_pending, now_ - *one.no_worker_since);
        }
        if (!one.running || !one.lock_wait_since) continue;
        const auto blocker = lock_holder(one, one.waits_for_lock);
        if (!blocker) continue;
        made.blocked.push_back({number,
                                *blocker,
                                now_ - *one.lock_wait_since,
                                "KEY: " + one.waits_for_lock,
                                one.database,
                                one.login,
                                one.host,
                                one.program});
    }
    made.schedulers_deadlocked =
        made.no_workers && made.pending_tasks > 0 && made.oldest_pending >= deadlocked_after;
    return made;
}

io_health engine::io_health_now() const {
    io_health made;
    made.long_requests = health_.long_requests;
    const duration waits = lasted(health_.disk_waits_since, now_);
    if (waits < long_request) return made;
    made.long_requests_of_interval = 1;
    made.longest_pending = waits;
    made.longest_file = log_file;
    return made;
}

// What counts from set to set begins anew.
void engine::count_set() {
    health_.dumps_told = health_.dumps;
    health_.completed_told = health_.completed;
}

// Dumps are taken between two sets.
void engine::take_dumps() {
    if (faults_.dumps <= 0) return;
    health_.dumps += faults_.dumps;
    errorlog("***Stack Dump being sent to /var/opt/mssql/log/SQLDump" +
             std::to_string(health_.dumps) + ".txt");
}

}  // namespace ha::mssqlsim
