// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/engine.hpp"

#include <algorithm>
#include <array>

// sp_server_diagnostics: sqlserver.md 1.

namespace ha::mssqlsim {

namespace {

// What each component tells, as it looks on a server where all is well. States are what counts;
// faults do not change these words.
constexpr std::array<const char*, 5> payloads{
    R"(<system spinlockBackoffs="0" sickSpinlockType="none" sickSpinlockTypeAfterAv="none" )"
    R"(latchWarnings="0" isAccessViolationOccurred="0" writeAccessViolationCount="0" )"
    R"(totalDumpRequests="0" intervalDumpRequests="0" nonYieldingTasksReported="0" )"
    R"(pageFaults="4637" systemCpuUtilization="7" sqlCpuUtilization="0" BadPagesDetected="0" )"
    R"(BadPagesFixed="0" LastBadPageAddress="0x0"/>)",
    R"(<resource lastNotification="RESOURCE_MEMPHYSICAL_HIGH" outOfMemoryExceptions="0" )"
    R"(isAnyPoolOutOfMemory="0" processOutOfMemoryPeriod="0">)"
    R"(<memoryReport name="Process/System Counts" unit="Value">)"
    R"(<entry description="Available Physical Memory" value="6442450944"/>)"
    R"(<entry description="Available Virtual Memory" value="140732766846976"/>)"
    R"(<entry description="Available Paging File" value="6442450944"/>)"
    R"(<entry description="Working Set" value="1073741824"/></memoryReport>)"
    R"(<memoryReport name="Memory Manager" unit="KB">)"
    R"(<entry description="VM Reserved" value="10485760"/></memoryReport></resource>)",
    R"(<queryProcessing maxWorkers="512" workersCreated="67" workersIdle="25" )"
    R"(tasksCompletedWithinInterval="23" pendingTasks="0" oldestPendingTaskWaitingTime="0" )"
    R"(hasUnresolvableDeadlockOccurred="0" hasDeadlockedSchedulersOccurred="0" )"
    R"(trackingNonYieldingScheduler="0x0"><cpuIntensiveRequests/><pendingTasks/><blockingTasks/>)"
    R"(<topWaits><nonPreemptive><byCount/><byDuration/></nonPreemptive>)"
    R"(<preemptive><byCount/><byDuration/></preemptive></topWaits></queryProcessing>)",
    R"(<ioSubsystem ioLatchTimeouts="0" intervalLongIos="0" totalLongIos="0">)"
    R"(<longestPendingRequests/></ioSubsystem>)",
    R"(<events><session startTime="2026-01-01T00:00:00.000Z" droppedEvents="0" )"
    R"(largestDroppedEvent="0"><RingBufferTarget truncated="0" processingTime="0" )"
    R"(totalEventsProcessed="0" eventCount="0" droppedCount="0" memoryUsed="0"/></session></events>)"};

}  // namespace

// Rule: a set takes at least the floor; with an interval a set comes each interval until the client
// cancels.
progress engine::diagnostics(session_state& session, std::int64_t interval) {
    if (interval != 0 && interval < 5)
        // assumption: the number and words for a repeat interval of 1 to 4 seconds.
        return failed_with(
            error_of(11303, "Invalid repeat interval: it must be 0, or 5 or more seconds.", 16));
    const auto next = std::make_shared<instant>(now_ + options_.delays.diagnostics_floor);
    const session_number number = session.number;
    statement_wait made;
    made.wakes_at = *next;
    made.poll = [this, next, number, interval](instant now) -> std::optional<statement_end> {
        if (now < *next) return {};
        auto& waiting = sessions_.at(number);
        if (!faults_.diagnostics_silent) {
            row_set rows = diagnostics_rows();
            const auto count = static_cast<std::int64_t>(rows.rows.size());
            emit(result_rows{number, std::move(rows.columns), std::move(rows.rows)});
            if (interval == 0) {
                statement_end end;
                end.rows = count;
                end.command = 0xC1;
                return end;
            }
            emit(statement_done{number, count, false, true, 0xC1});
        }
        *next = now + std::chrono::seconds{std::max<std::int64_t>(interval, 5)};
        waiting.waiting->wakes_at = *next;
        return {};
    };
    return made;
}

row_set engine::diagnostics_rows() const {
    static const std::array<const char*, 5> components{
        "system", "resource", "query_processing", "io_subsystem", "events"};
    static const std::array<const char*, 4> states{"unknown", "clean", "warning", "error"};
    row_set made;
    const column_type name{column_kind::nvarchar, 128, 25, 0};
    made.columns = {{"create_time", {column_kind::datetime, 8, 25, 3}, false},
                    {"component_type", name, false},
                    {"component_name", name, false},
                    {"state", {column_kind::integer, 4, 25, 0}, false},
                    {"state_desc", name, false},
                    {"data", {column_kind::varchar_max, 0, 25, 0}, false}};
    const std::string now = utc();
    for (std::size_t i = 0; i < components.size(); ++i) {
        const int state = std::clamp(faults_.diagnostics[i], 0, 3);
        made.rows.push_back({now,
                             std::string{"instance"},
                             std::string{components[i]},
                             std::int64_t{state},
                             std::string{states[static_cast<std::size_t>(state)]},
                             std::string{payloads[i]}});
    }
    for (const auto& [id, one] : groups_) {
        const std::int64_t state = one.role == replica_role::resolving ? 2 : 1;
        made.rows.push_back({now,
                             std::string{"Always On:AvailabilityGroup"},
                             one.configuration.name,
                             state,
                             std::string{states[static_cast<std::size_t>(state)]},
                             std::string{"<availabilityGroup/>"}});
    }
    return made;
}

}  // namespace ha::mssqlsim
