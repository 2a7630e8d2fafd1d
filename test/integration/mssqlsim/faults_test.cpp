// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

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
