// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string process_name(int pid) {
    return contents("/proc/" + std::to_string(pid) + "/comm");
}

server_process::setup one(const scratch_folder& folder, std::uint16_t admin_port = 0) {
    return {"SQL1", loopback_address(1), folder.file("root"), admin_port};
}

// Chosen by process, so that tests may run beside each other.
std::uint16_t own_port() {
    return static_cast<std::uint16_t>(20'000 + ::getpid() % 10'000);
}

void make_rows(sql_client& client) {
    client.must("CREATE DATABASE shop");
    client.must("CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)");
    for (int i = 0; i < 20; ++i)
        client.must("INSERT INTO shop.dbo.t (id) VALUES (?)", {std::int64_t{i}});
}

}  // namespace

TEST_CASE("the engine is two processes of one name, and SIGTERM ends both in order") {
    scratch_folder folder;
    server_process server(one(folder));
    REQUIRE(server.parent() != server.child());
    REQUIRE(process_name(server.parent()) == "sqlservr\n");
    REQUIRE(process_name(server.child()) == "sqlservr\n");
    auto child = server.child();
    REQUIRE(server.stop(SIGTERM) == 0);
    REQUIRE(::kill(child, 0) != 0);
    auto log = contents(folder.file("root/log/errorlog"));
    REQUIRE(log.find("terminating because of a system shutdown") != std::string::npos);
}

TEST_CASE("a killed engine takes its parent along, and its rows are there at the next start") {
    scratch_folder folder;
    {
        server_process server(one(folder));
        sql_client client(server);
        make_rows(client);
        server.signal(SIGKILL);
        REQUIRE(server.wait() == 128 + SIGKILL);
    }
    server_process again(one(folder));
    sql_client client(again);
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t") == 20);
    REQUIRE(client.error_of("INSERT INTO shop.dbo.t (id) VALUES (7)") == 2627);
}

TEST_CASE("a torn end of the log is cut at the next start, and said in the errorlog") {
    scratch_folder folder;
    {
        server_process server(one(folder));
        sql_client client(server);
        make_rows(client);
        server.signal(SIGKILL);
        server.wait();
    }
    std::ofstream(folder.file("root/data/master.log"), std::ios::app) << "half a batch";
    server_process again(one(folder));
    sql_client client(again);
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t") == 20);
    REQUIRE(contents(folder.file("root/log/errorlog")).find("torn batch of 12 bytes") !=
            std::string::npos);
}

TEST_CASE("two instances never share a folder") {
    scratch_folder folder;
    server_process server(one(folder));
    auto second = run_to_end(
        {"--root", folder.file("root"), "--name", "SQL2", "--address", loopback_address(2)},
        {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", sa_password}});
    REQUIRE(second.status == 1);
    REQUIRE(second.said.find("in use by another instance") != std::string::npos);
}

TEST_CASE("without the license or a password it does not start, and says why") {
    scratch_folder folder;
    std::vector<std::string> flags{"--root", folder.file("root"), "--name", "SQL1"};
    auto unlicensed = run_to_end(flags, {{"MSSQL_SA_PASSWORD", sa_password}});
    REQUIRE(unlicensed.status == 1);
    REQUIRE(unlicensed.said.find("ACCEPT_EULA") != std::string::npos);
    auto weak = run_to_end(flags, {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", "short"}});
    REQUIRE(weak.status == 1);
    REQUIRE(weak.said.find("MSSQL_SA_PASSWORD") != std::string::npos);
}

TEST_CASE("a frozen engine answers nothing, and goes on when thawed") {
    scratch_folder folder;
    server_process server(one(folder));
    sql_client client(server, std::string(odbc::freetds_driver));
    server.signal(SIGSTOP);
    REQUIRE_FALSE(client.run("SELECT 1", {}, 1s).has_value());
    server.signal(SIGCONT);
    sql_client other(server);
    REQUIRE(other.number("SELECT 1") == 1);
}

TEST_CASE("a lost acknowledgement is of a row that is there") {
    scratch_folder folder;
    server_process server(one(folder, own_port()));
    sql_client client(server);
    make_rows(client);
    REQUIRE(server.admin("lose-next-acknowledgement on") == "ok");
    auto lost = client.run("INSERT INTO shop.dbo.t (id) VALUES (100)");
    REQUIRE_FALSE(lost.has_value());
    REQUIRE(lost.error().what == odbc::trouble::kind::lost);
    sql_client other(server);
    REQUIRE(other.number("SELECT COUNT(*) FROM shop.dbo.t WHERE id = 100") == 1);
}

TEST_CASE("faults are set by the admin port, and mistakes are answered") {
    scratch_folder folder;
    server_process server(one(folder, own_port()));
    REQUIRE(server.admin("diagnostics system 3") == "ok");
    REQUIRE(server.admin("diagnostics engine 3") == "error no such component: engine");
    REQUIRE(server.admin("slow-promotion soon") == "error say a number of milliseconds");
    REQUIRE(server.admin("explode").rfind("error no such command", 0) == 0);
    REQUIRE(server.admin("role ag1") == "ok NONE");
    REQUIRE(server.admin("help").find("slow-promotion MILLISECONDS") != std::string::npos);
    sql_client client(server);
    auto sets = client.must("EXEC sp_server_diagnostics");
    REQUIRE(sets.size() == 1);
    for (const auto& row : sets[0].values)
        if (row[2] == odbc::value{"system"}) REQUIRE(row[3] == odbc::value{std::int64_t{3}});
    REQUIRE(server.admin("logins-hang on") == "ok");
    REQUIRE(sql_client::attempt(server, std::string(odbc::microsoft_driver), "sa", sa_password) !=
            0);
}
