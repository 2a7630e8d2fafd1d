// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/health.hpp"

// The XML in the column `data` of sp_server_diagnostics: names and order as real servers were seen
// to write them (sqlserver.md 1.3). What the double does not measure is a plausible constant.

namespace ha::mssqlsim {

namespace {

std::int64_t milliseconds_of(duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    return out;
}

// One element: its attributes, then what is in it.
class element {
public:
    explicit element(std::string name) : name_(std::move(name)), text_("<" + name_) {}

    element& with(const char* attribute, const std::string& contents) {
        text_ += std::string{" "} + attribute + "=\"" + escaped(contents) + "\"";
        return *this;
    }
    element& with(const char* attribute, std::int64_t contents) {
        return with(attribute, std::to_string(contents));
    }
    element& yes_or_no(const char* attribute, bool contents) {
        return with(attribute, std::int64_t{contents ? 1 : 0});
    }
    // Is told even when it is empty.
    std::string around(const std::string& inner) const {
        return text_ + ">" + inner + "</" + name_ + ">";
    }
    std::string alone() const { return text_ + "/>"; }

private:
    std::string name_;
    std::string text_;
};

struct memory_entry {
    const char* description;
    std::int64_t contents;
};

std::string report(const char* name, const char* unit, const std::vector<memory_entry>& entries) {
    std::string inner;
    for (const auto& one : entries)
        inner += element{"entry"}
                     .with("description", std::string{one.description})
                     .with("value", one.contents)
                     .alone();
    return element{"memoryReport"}
        .with("name", std::string{name})
        .with("unit", std::string{unit})
        .around(inner);
}

std::string counts_of_process(bool low) {
    constexpr std::int64_t gigabyte = std::int64_t{1} << 30U;
    constexpr std::int64_t address_space = 140732766846976;
    const std::int64_t left = low ? gigabyte / 32 : 6 * gigabyte;
    return report("Process/System Counts",
                  "Value",
                  {{"Available Physical Memory", left},
                   {"Available Virtual Memory", address_space},
                   {"Available Paging File", left},
                   {"Working Set", gigabyte},
                   {"Percent of Committed Memory in WS", 100},
                   {"Page Faults", 4637},
                   {"System physical memory high", low ? 0 : 1},
                   {"System physical memory low", low ? 1 : 0},
                   {"Process physical memory low", low ? 1 : 0},
                   {"Process virtual memory low", 0}});
}

std::string memory_manager(bool out_of_memory) {
    constexpr std::int64_t committed = 1 << 20;  // kilobytes
    return report("Memory Manager",
                  "KB",
                  {{"VM Reserved", 10 * committed},
                   {"VM Committed", committed},
                   {"Locked Pages Allocated", 0},
                   {"Large Pages Allocated", 0},
                   {"Emergency Memory", 1024},
                   {"Emergency Memory In Use", out_of_memory ? 1024 : 16},
                   {"Target Committed", out_of_memory ? committed : 6 * committed},
                   {"Current Committed", committed},
                   {"Pages Allocated", committed / 2},
                   {"Pages Reserved", 0},
                   {"Pages Free", out_of_memory ? 0 : committed / 16},
                   {"Pages In Use", committed / 2},
                   {"Page Alloc Potential", out_of_memory ? 0 : 5 * committed},
                   {"NUMA Growth Phase", 0},
                   {"Last OOM Factor", out_of_memory ? 1 : 0},
                   {"Last OS Error", 0}});
}

// As the event of that name has it; what was sent and where it stands in it is not known here.
std::string blocked_report(const blocked_request& one) {
    const std::string nothing_known =
        element{"executionStack"}.around("") + element{"inputbuf"}.around("");
    const std::string waits = element{"process"}
                                  .with("waitresource", one.resource)
                                  .with("waittime", milliseconds_of(one.waits))
                                  .with("lockMode", std::string{"X"})
                                  .with("status", std::string{"suspended"})
                                  .with("spid", one.session)
                                  .with("clientapp", one.program)
                                  .with("hostname", one.host)
                                  .with("loginname", one.login)
                                  .with("isolationlevel", std::string{"read committed (2)"})
                                  .with("currentdbname", one.database)
                                  .around(nothing_known);
    const std::string blocks =
        element{"process"}.with("spid", one.blocking_session).around(nothing_known);
    return element{"blocked-process-report"}
        .with("monitorLoop", std::int64_t{0})
        .around(element{"blocked-process"}.around(waits) +
                element{"blocking-process"}.around(blocks));
}

std::string top_waits() {
    const std::string both = element{"byCount"}.alone() + element{"byDuration"}.alone();
    return element{"topWaits"}.around(element{"nonPreemptive"}.around(both) +
                                      element{"preemptive"}.around(both));
}

}  // namespace

std::string xml_of(const system_health& of) {
    return element{"system"}
        .with("spinlockBackoffs", std::int64_t{0})
        .with("sickSpinlockType", std::string{"none"})
        .with("sickSpinlockTypeAfterAv", std::string{"none"})
        .with("latchWarnings", of.latch_warnings)
        .yes_or_no("isAccessViolationOccurred", false)
        .with("writeAccessViolationCount", std::int64_t{0})
        .with("totalDumpRequests", of.dumps)
        .with("intervalDumpRequests", of.dumps_of_interval)
        .with("nonYieldingTasksReported", of.non_yielding_tasks)
        .with("pageFaults", std::int64_t{4637})
        .with("systemCpuUtilization", std::int64_t{7})
        .with("sqlCpuUtilization", std::int64_t{0})
        .with("BadPagesDetected", std::int64_t{0})
        .with("BadPagesFixed", std::int64_t{0})
        .with("LastBadPageAddress", std::string{"0x0"})
        .alone();
}

std::string xml_of(const resource_health& of) {
    const bool none_left = of.out_of_memory_for > duration{};
    const bool low = of.memory_is_low || none_left;
    return element{"resource"}
        .with("lastNotification",
              std::string{low ? "RESOURCE_MEMPHYSICAL_LOW" : "RESOURCE_MEMPHYSICAL_HIGH"})
        .with("outOfMemoryExceptions", of.out_of_memory)
        .yes_or_no("isAnyPoolOutOfMemory", none_left)
        .with("processOutOfMemoryPeriod", milliseconds_of(of.out_of_memory_for))
        .around(counts_of_process(low) + memory_manager(none_left));
}

std::string xml_of(const query_health& of) {
    constexpr std::int64_t workers_most = 512;
    std::string pending;
    if (of.pending_tasks > 0)
        pending = element{"entryPoint"}
                      .with("name", std::string{"process_request"})
                      .with("count", of.pending_tasks)
                      .alone();
    std::string blocked;
    for (const auto& one : of.blocked) blocked += blocked_report(one);
    return element{"queryProcessing"}
        .with("maxWorkers", workers_most)
        .with("workersCreated", of.no_workers ? workers_most : 67)
        .with("workersIdle", std::int64_t{of.no_workers ? 0 : 25})
        .with("tasksCompletedWithinInterval", of.completed_of_interval)
        .with("pendingTasks", of.pending_tasks)
        .with("oldestPendingTaskWaitingTime", milliseconds_of(of.oldest_pending))
        .yes_or_no("hasUnresolvableDeadlockOccurred", false)
        .yes_or_no("hasDeadlockedSchedulersOccurred", of.schedulers_deadlocked)
        .with("trackingNonYieldingScheduler",
              std::string{of.scheduler_does_not_yield ? "0x7f2c10040" : "0x0"})
        .around(element{"cpuIntensiveRequests"}.alone() + element{"pendingTasks"}.around(pending) +
                element{"blockingTasks"}.around(blocked) + top_waits());
}

std::string xml_of(const io_health& of) {
    std::string pending;
    if (of.longest_pending)
        pending = element{"pendingRequest"}
                      .with("duration", milliseconds_of(*of.longest_pending))
                      .with("filePath", of.longest_file)
                      .with("offset", std::int64_t{0})
                      .with("handle", std::string{"0x5"})
                      .alone();
    return element{"ioSubsystem"}
        .with("ioLatchTimeouts", of.latch_timeouts)
        .with("intervalLongIos", of.long_requests_of_interval)
        .with("totalLongIos", of.long_requests)
        .around(element{"longestPendingRequests"}.around(pending));
}

std::string xml_of_events() {
    const std::string ring = element{"RingBufferTarget"}
                                 .with("truncated", std::int64_t{0})
                                 .with("processingTime", std::int64_t{0})
                                 .with("totalEventsProcessed", std::int64_t{0})
                                 .with("eventCount", std::int64_t{0})
                                 .with("droppedCount", std::int64_t{0})
                                 .with("memoryUsed", std::int64_t{0})
                                 .alone();
    return element{"events"}.around(element{"session"}
                                        .with("startTime", std::string{"2026-01-01T00:00:00.000Z"})
                                        .with("droppedEvents", std::int64_t{0})
                                        .with("largestDroppedEvent", std::int64_t{0})
                                        .around(ring));
}

}  // namespace ha::mssqlsim
