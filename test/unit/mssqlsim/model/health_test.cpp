// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/health.hpp"

#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// sp_server_diagnostics: what comes of faults and of what sessions and disks do.

namespace {

// One component of the last set: its state and its XML.
struct seen_component {
    std::int64_t state = -1;
    std::string data;

    bool has(const std::string& text) const { return data.find(text) != std::string::npos; }
};

seen_component last_of(const reply& of, const std::string& name) {
    REQUIRE_FALSE(of.sets.empty());
    for (const auto& one : of.sets.back().rows)
        if (text_of(one[2]) == name) return {std::get<std::int64_t>(one[3]), text_of(one[5])};
    FAIL("no component " + name);
    return {};
}

seen_component now_of(cluster_harness& all, const std::string& name) {
    return last_of(all.run(0, "EXEC sp_server_diagnostics"), name);
}

instance_faults& faults(cluster_harness& all) {
    return all.at(0).faults();
}

}  // namespace

TEST_CASE("a quiet server's components are clean, and say so in the names that servers use") {
    CHECK(state_of(system_health{}) == health_state::clean);
    CHECK(xml_of(system_health{}) ==
          R"(<system spinlockBackoffs="0" sickSpinlockType="none" sickSpinlockTypeAfterAv="none" )"
          R"(latchWarnings="0" isAccessViolationOccurred="0" writeAccessViolationCount="0" )"
          R"(totalDumpRequests="0" intervalDumpRequests="0" nonYieldingTasksReported="0" )"
          R"(pageFaults="4637" systemCpuUtilization="7" sqlCpuUtilization="0" )"
          R"(BadPagesDetected="0" BadPagesFixed="0" LastBadPageAddress="0x0"/>)");
    CHECK(state_of(io_health{}) == health_state::clean);
    CHECK(xml_of(io_health{}) ==
          R"(<ioSubsystem ioLatchTimeouts="0" intervalLongIos="0" totalLongIos="0">)"
          R"(<longestPendingRequests></longestPendingRequests></ioSubsystem>)");
    CHECK(state_of(resource_health{}) == health_state::clean);
    CHECK(state_of(query_health{}) == health_state::clean);
}

TEST_CASE("each state has something in its XML that brings a component there") {
    for (const auto wanted : {health_state::warning, health_state::error}) {
        CHECK(state_of(worsened(system_health{}, wanted)) == wanted);
        CHECK(state_of(worsened(resource_health{}, wanted)) == wanted);
        CHECK(state_of(worsened(query_health{}, wanted)) == wanted);
        CHECK(state_of(worsened(io_health{}, wanted)) == health_state::warning);
    }
    for (const auto wanted : {health_state::unknown, health_state::clean}) {
        CHECK(worsened(system_health{}, wanted) == system_health{});
        CHECK(worsened(resource_health{}, wanted) == resource_health{});
        CHECK(worsened(query_health{}, wanted) == query_health{});
        CHECK(worsened(io_health{}, wanted) == io_health{});
    }
}

TEST_CASE("a state that was said is told, with its reason") {
    cluster_harness three;
    faults(three).diagnostics = {3, 2, 3, 2, 0};
    const auto seen = three.run(0, "EXEC sp_server_diagnostics");
    CHECK(last_of(seen, "system").state == 3);
    CHECK(last_of(seen, "system").has(R"(totalDumpRequests="101" intervalDumpRequests="2")"));
    CHECK(last_of(seen, "resource").state == 2);
    CHECK(last_of(seen, "resource").has(R"(lastNotification="RESOURCE_MEMPHYSICAL_LOW")"));
    CHECK(last_of(seen, "query_processing").state == 3);
    CHECK(last_of(seen, "query_processing").has(R"(hasDeadlockedSchedulersOccurred="1")"));
    CHECK(last_of(seen, "io_subsystem").state == 2);
    CHECK(last_of(seen, "io_subsystem").has(R"(intervalLongIos="1" totalLongIos="1")"));
    faults(three).diagnostics = {1, 1, 1, 1, 0};
    CHECK(now_of(three, "system").has(R"(totalDumpRequests="0")"));
}

TEST_CASE("dumps are a warning, and an error when there are more than a hundred and they go on") {
    cluster_harness three;
    auto stream = three.send(0, "EXEC sp_server_diagnostics 5");
    faults(three).dumps = 60;
    three.pass(6s);
    CHECK(last_of(*stream, "system").state == 2);
    CHECK(last_of(*stream, "system").has(R"(totalDumpRequests="60" intervalDumpRequests="60")"));
    three.pass(5s);
    CHECK(last_of(*stream, "system").state == 3);
    CHECK(last_of(*stream, "system").has(R"(totalDumpRequests="120" intervalDumpRequests="60")"));
    faults(three).dumps = 0;
    three.pass(5s);
    CHECK(last_of(*stream, "system").state == 1);
    CHECK(last_of(*stream, "system").has(R"(totalDumpRequests="120" intervalDumpRequests="0")"));
    CHECK(lines_with(three, 0, "Stack Dump being sent to") == 2);
}

TEST_CASE("little memory is a warning in the set and in the views") {
    cluster_harness three;
    faults(three).memory_pressure = true;
    const auto seen = now_of(three, "resource");
    CHECK(seen.state == 2);
    CHECK(seen.has(R"(lastNotification="RESOURCE_MEMPHYSICAL_LOW" outOfMemoryExceptions="0")"));
    CHECK(seen.has(R"(<entry description="System physical memory low" value="1"/>)"));
    CHECK(three.run(0, "SELECT system_memory_state_desc FROM sys.dm_os_sys_memory").cell() ==
          value{std::string{"Available physical memory is low"}});
    CHECK(text_of(three.run(0, "SELECT process_physical_memory_low FROM sys.dm_os_process_memory")
                      .cell()) == "1");
    faults(three).memory_pressure = false;
    CHECK(now_of(three, "resource").state == 1);
}

TEST_CASE("without memory queries end with 701, and it is an error when it lasts") {
    cluster_harness three;
    three.make_group();
    faults(three).out_of_memory = true;
    for (const auto* text : {"SELECT 1", "INSERT shop.dbo.t VALUES (9, 9)"}) {
        const auto refused = three.run(0, text);
        CHECK(refused.error() == 701);
        CHECK(refused.messages.front().severity == 17);
    }
    CHECK(
        three.run(0, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 7200)").error() ==
        0);
    auto seen = now_of(three, "resource");
    CHECK(seen.state == 2);
    CHECK(seen.has(R"(outOfMemoryExceptions="2" isAnyPoolOutOfMemory="1")"));
    three.pass(10s);
    CHECK(now_of(three, "resource").state == 3);
    faults(three).out_of_memory = false;
    seen = now_of(three, "resource");
    CHECK(seen.state == 1);
    CHECK(seen.has(R"(outOfMemoryExceptions="2" isAnyPoolOutOfMemory="0")"));
    CHECK(three.run(0, "SELECT 1").error() == 0);
}

TEST_CASE("a frozen scheduler holds its own sessions and no others") {
    cluster_harness three;
    const auto first = three.login(0);
    const auto second = three.login(0);
    const auto odd = first % 2 == 1 ? first : second;
    const auto even = first % 2 == 1 ? second : first;
    faults(three).scheduler_frozen = true;
    CHECK(three.run_on(0, even, "SELECT 1").complete);
    CHECK_FALSE(three.run_on(0, odd, "SELECT 1").complete);
    CHECK(three.run_on(0, even, "EXEC sp_server_diagnostics").complete);
    // Whichever scheduler the two would belong to: diagnostics need none.
    CHECK(now_of(three, "query_processing").state == 2);
    CHECK_FALSE(now_of(three, "query_processing").has(R"(trackingNonYieldingScheduler="0x0")"));
    three.pass(60s);
    const auto seen = now_of(three, "system");
    CHECK(seen.state == 3);
    CHECK(seen.has(R"(nonYieldingTasksReported="1")"));
    faults(three).scheduler_frozen = false;
    CHECK(lines_with(three, 0, "appears to be non-yielding on Scheduler 1") == 1);
    CHECK(now_of(three, "system").state == 1);
}

TEST_CASE("a session that a frozen scheduler held goes on when it gets on") {
    cluster_harness three;
    faults(three).scheduler_frozen = true;
    std::vector<std::shared_ptr<reply>> both{three.send(0, "SELECT 1"), three.send(0, "SELECT 1")};
    three.pass(10s);
    CHECK(both[0]->complete != both[1]->complete);
    faults(three).scheduler_frozen = false;
    three.at(0).advance(three.now());
    three.login(0);
    CHECK((both[0]->complete && both[1]->complete));
}

TEST_CASE("without free workers requests pend, and after a minute the schedulers are deadlocked") {
    cluster_harness three;
    auto stream = three.send(0, "EXEC sp_server_diagnostics 5");
    auto waits = three.send(0, "WAITFOR DELAY '00:00:01'");
    faults(three).no_free_workers = true;
    three.pass(6s);
    CHECK(last_of(*stream, "query_processing").has(R"(workersIdle="0")"));
    faults(three).no_free_workers = false;
    auto open = three.login(0);
    faults(three).no_free_workers = true;
    three.at(0).submit(open, {"SELECT 1", {}, {}}, three.now());
    three.pass(10s);
    auto seen = last_of(*stream, "query_processing");
    CHECK(seen.state == 2);
    CHECK(seen.has(R"(pendingTasks="1")"));
    CHECK(seen.has(R"(hasDeadlockedSchedulersOccurred="0")"));
    CHECK(seen.has(R"(<entryPoint name="process_request" count="1"/>)"));
    three.pass(60s);
    seen = last_of(*stream, "query_processing");
    CHECK(seen.state == 3);
    CHECK(seen.has(R"(hasDeadlockedSchedulersOccurred="1")"));
    faults(three).no_free_workers = false;
    three.pass(6s);
    CHECK(last_of(*stream, "query_processing").state == 1);
    CHECK(lines_with(three, 0, "have not been picked up by a worker thread in the last 60") == 1);
    CHECK(waits->complete);
}

TEST_CASE("a disk that stands still is a long request after fifteen seconds, not before") {
    cluster_harness three;
    auto stream = three.send(0, "EXEC sp_server_diagnostics 5");
    three.hold_disk(0, true);
    auto waits = three.send(0, "CREATE DATABASE d");
    three.pass(12s);
    CHECK(last_of(*stream, "io_subsystem").state == 1);
    three.pass(10s);
    const auto seen = last_of(*stream, "io_subsystem");
    CHECK(seen.state == 2);
    CHECK(seen.has(R"(ioLatchTimeouts="0" intervalLongIos="1" totalLongIos="1")"));
    CHECK(seen.has(R"(<pendingRequest duration=")"));
    CHECK(seen.has(R"(filePath="/var/opt/mssql/data/mastlog.ldf")"));
    three.hold_disk(0, false);
    three.pass(6s);
    CHECK(waits->complete);
    CHECK(last_of(*stream, "io_subsystem").state == 1);
    CHECK(last_of(*stream, "io_subsystem").has(R"(intervalLongIos="0" totalLongIos="1")"));
    CHECK(lines_with(three, 0, "I/O requests taking longer than 15 seconds") == 1);
}

TEST_CASE("who waits for a lock is told with who has it, and that is no bad state") {
    cluster_harness three;
    three.run(0, "CREATE DATABASE d");
    three.run(0, "CREATE TABLE d.dbo.t (id int NOT NULL PRIMARY KEY)");
    const auto holds = three.login(0);
    three.run_on(0, holds, "BEGIN TRAN; INSERT d.dbo.t VALUES (1)");
    const auto waits = three.send(0, "INSERT d.dbo.t VALUES (1)");
    const auto seen = now_of(three, "query_processing");
    CHECK(seen.state == 1);
    CHECK(seen.has("<blockingTasks><blocked-process-report"));
    CHECK(seen.has(R"(<blocking-process><process spid=")" + std::to_string(holds) + "\""));
    CHECK(seen.has(R"(loginname="sa")"));
    three.run_on(0, holds, "ROLLBACK");
    CHECK(now_of(three, "query_processing").has("<blockingTasks></blockingTasks>"));
    CHECK(waits->complete);
}
