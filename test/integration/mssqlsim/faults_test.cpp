// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/integration/mssqlsim/group.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

// Faults that are set by the admin port, as a driver sees them.

namespace {

// A process with an admin port on its own address, so that tests may run beside each other.
struct bench {
    scratch_folder folder;
    std::optional<server_process> process;
    server_process& server;

    explicit bench(std::vector<std::string> flags = {}) : server(start(std::move(flags))) {}

    server_process& start(std::vector<std::string> flags = {}) {
        const auto address = loopback_address(3);
        return process.emplace(server_process::setup{
            "SQL1", address, folder.file("root"), 9001, std::move(flags), sa_password, address});
    }

    std::string errorlog() {
        std::ifstream in(folder.file("root/log/errorlog"));
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

struct component {
    std::int64_t state = -1;
    std::string data;
};

component component_of(const std::vector<odbc::rows>& sets, const std::string& name) {
    for (const auto& row : sets.at(0).values)
        if (row[2] == odbc::value{name})
            return {std::get<std::int64_t>(row[3]), std::get<std::string>(row[5])};
    FAIL("no component " + name);
    return {};
}

duration time_of(const std::function<void()>& what) {
    const system_clock clock;
    const auto begin = clock.now();
    what();
    return clock.now() - begin;
}

}  // namespace

TEST_CASE("diagnostics tell what faults do to the instance, and its errorlog does") {
    bench on;
    sql_client client(on.server);
    REQUIRE(on.server.admin("memory-pressure on") == "ok");
    REQUIRE(on.server.admin("dumps 200") == "ok");
    REQUIRE(on.server.admin("dumps many") == "error say a number of dumps: many");
    auto sets = client.must("EXEC sp_server_diagnostics");
    auto system = component_of(sets, "system");
    CHECK(system.state == 3);
    CHECK(system.data.find(R"(totalDumpRequests="200" intervalDumpRequests="200")") !=
          std::string::npos);
    auto resource = component_of(sets, "resource");
    CHECK(resource.state == 2);
    CHECK(resource.data.find("RESOURCE_MEMPHYSICAL_LOW") != std::string::npos);
    CHECK(component_of(sets, "query_processing").state == 1);
    CHECK(client.text("SELECT system_memory_state_desc FROM sys.dm_os_sys_memory") ==
          "Available physical memory is low");
    CHECK(on.errorlog().find("***Stack Dump being sent to") != std::string::npos);
    CHECK(on.errorlog().find("The double was told: memory-pressure on\n") != std::string::npos);
}

TEST_CASE("without memory a query ends with 701, and its connection stays") {
    bench on;
    sql_client client(on.server);
    REQUIRE(on.server.admin("out-of-memory on") == "ok");
    CHECK(client.error_of("SELECT 1") == 701);
    CHECK(client.error_of("SELECT name FROM sys.databases") == 701);
    REQUIRE(on.server.admin("out-of-memory off") == "ok");
    CHECK(client.number("SELECT 1") == 1);
}

TEST_CASE("of two connections a frozen scheduler holds one, until it gets on") {
    bench on;
    sql_client first(on.server);
    sql_client second(on.server);
    auto odd = first.number("SELECT @@SPID") % 2 == 1;
    REQUIRE(second.number("SELECT @@SPID") % 2 == (odd ? 0 : 1));
    auto& held = odd ? first : second;
    auto& free = odd ? second : first;
    REQUIRE(on.server.admin("frozen-scheduler on") == "ok");
    CHECK_FALSE(held.run("SELECT 1", {}, 1s).has_value());
    CHECK(free.number("SELECT 1") == 1);
    REQUIRE(on.server.admin("frozen-scheduler off") == "ok");
    CHECK(free.number("SELECT 1") == 1);
}

TEST_CASE("one class of statements hangs and the others do not, at a driver") {
    bench on;
    sql_client writer(on.server);
    writer.must("CREATE DATABASE shop");
    writer.must("CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)");
    sql_client reader(on.server);
    REQUIRE(on.server.admin("hang write on") == "ok");
    CHECK_FALSE(writer.run("INSERT INTO shop.dbo.t (id) VALUES (1)", {}, 1s).has_value());
    CHECK(reader.number("SELECT COUNT(*) FROM shop.dbo.t") == 0);
    REQUIRE(on.server.admin("hang write off") == "ok");
    reader.must("INSERT INTO shop.dbo.t (id) VALUES (2)");
    CHECK(on.server.admin("hang writes on").rfind("error no such class: writes; say select", 0) ==
          0);
    CHECK(on.server.admin("slow select soon") == "error say a number of milliseconds");
    CHECK(on.errorlog().find("The double was told: hang write on\n") != std::string::npos);
}

TEST_CASE("slow logins come late, and what is logged in is not slow") {
    bench on;
    sql_client before(on.server);
    REQUIRE(on.server.admin("slow login 400") == "ok");
    CHECK(time_of([&] { sql_client late(on.server); }) >= 400ms);
    REQUIRE(on.server.admin("slow login 0") == "ok");
    REQUIRE(on.server.admin("slow select 300") == "ok");
    CHECK(time_of([&] { before.must("SELECT 1"); }) >= 300ms);
}

TEST_CASE("when everything hangs nobody logs in and nothing is answered") {
    bench on;
    sql_client client(on.server);
    REQUIRE(on.server.admin("hang everything on") == "ok");
    CHECK_FALSE(client.run("SELECT 1", {}, 1s).has_value());
    CHECK(sql_client::attempt(on.server, std::string(odbc::microsoft_driver), "sa", sa_password) ==
          -1);
    REQUIRE(on.server.admin("hang everything off") == "ok");
    sql_client other(on.server);
    CHECK(other.number("SELECT 1") == 1);
}

TEST_CASE("a full disk and one that may only be read, at a driver") {
    bench on;
    sql_client client(on.server);
    client.must("CREATE DATABASE shop");
    client.must("CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)");
    REQUIRE(on.server.admin("disk-full on") == "ok");
    CHECK(client.error_of("INSERT INTO shop.dbo.t (id) VALUES (1)") == 1105);
    CHECK(client.error_of("CREATE DATABASE other") == 5149);
    REQUIRE(on.server.admin("disk-full off") == "ok");
    client.must("INSERT INTO shop.dbo.t (id) VALUES (1)");
    REQUIRE(on.server.admin("disk-read-only on") == "ok");
    CHECK_FALSE(client.run("INSERT INTO shop.dbo.t (id) VALUES (2)").has_value());
    sql_client other(on.server);
    CHECK(other.number("SELECT COUNT(*) FROM shop.dbo.t") == 1);
    CHECK(
        on.errorlog().find("LogWriter: Operating system error 19(The media is write protected.)") !=
        std::string::npos);
}

TEST_CASE("the wall clock is off in dates and in the errorlog, and ticks go on") {
    bench on;
    sql_client client(on.server);
    auto ticks = client.number("SELECT ms_ticks FROM sys.dm_os_sys_info");
    auto off = [&] {
        return client.number("SELECT DATEDIFF(day, '2020-01-01T00:00:00', GETDATE())");
    };
    auto before = off();
    REQUIRE(on.server.admin("clock ahead 864000000") == "ok");
    auto moved = off() - before;
    CHECK((moved == 10 || moved == 11));  // at midnight
    REQUIRE(on.server.admin("clock behind 864000000") == "ok");
    moved = off() - before;
    CHECK((moved == -10 || moved == -9));
    CHECK(client.number("SELECT ms_ticks FROM sys.dm_os_sys_info") >= ticks);
    REQUIRE(on.server.admin("clock sideways 1") == "error say ahead or behind: sideways");
}

TEST_CASE("the next start is slow as it was told, and the one after it is not") {
    bench on;
    REQUIRE(on.server.admin("slow-recovery 700") == "ok");
    on.server.stop(SIGTERM);
    CHECK(time_of([&] { on.start(); }) >= 700ms);
    CHECK(on.errorlog().find("The double was told before this start: slow-recovery") !=
          std::string::npos);
    on.process->stop(SIGTERM);
    on.start();
    CHECK(on.errorlog().find("told before this start") == std::string::npos);
}

TEST_CASE("a slow link is waited for, a closed endpoint is not, and nothing is lost on either") {
    group three;
    auto client = three.client(0);
    auto takes = [&](int id) {
        return time_of(
            [&] { client.must("INSERT INTO shop.dbo.t (id) VALUES (?)", {std::int64_t{id}}); });
    };
    REQUIRE(three.server(2).admin("link-latency 400") == "ok");
    CHECK(takes(1) >= 400ms);
    REQUIRE(three.server(2).admin("link-latency 0") == "ok");

    REQUIRE(three.server(2).admin("endpoint-down on") == "ok");
    CHECK(eventually(30s, [&] { return three.synchronized(0) == 2; }));
    takes(2);
    CHECK(three.client(2).text("SELECT state_desc FROM sys.dm_tcp_listener_states WHERE type_desc "
                               "= N'DATABASE_MIRRORING'") == "PENDING_RESTART");
    REQUIRE(three.server(2).admin("endpoint-down off") == "ok");
    CHECK(eventually(30s, [&] { return three.synchronized(0) == 3; }));
    takes(3);
    three.take_offline(0);
    three.take_offline(1);
    three.fail_over_to(2);
    three.follow(1);
    CHECK(
        eventually(30s, [&] { return three.client(2).error_of("SELECT 1 FROM shop.dbo.t") == 0; }));
    CHECK(three.client(2).number("SELECT COUNT(*) FROM shop.dbo.t") == 3);
}
