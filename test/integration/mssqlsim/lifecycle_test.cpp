// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <csignal>
#include <filesystem>
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

TEST_CASE("without the license, or with settings that cannot be, it does not start and says why") {
    scratch_folder folder;
    std::vector<std::string> flags{"--root", folder.file("root"), "--name", "SQL1"};
    auto unlicensed = run_to_end(flags, {{"MSSQL_SA_PASSWORD", sa_password}});
    CHECK(unlicensed.status == 1);
    CHECK(unlicensed.said.find("The SQL Server End-User License Agreement (EULA) must be accepted "
                               "before SQL\nServer can start.") == 0);
    auto with = [&](const std::string& name, const std::string& value) {
        return run_to_end(
            flags, {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", sa_password}, {name, value}});
    };
    auto edition = with("MSSQL_PID", "Gold");
    CHECK(edition.status == 1);
    CHECK(edition.said.find("ERROR: The provided PID [Gold] is invalid.") == 0);
    auto port = with("MSSQL_TCP_PORT", "http");
    CHECK(port.status == 1);
    CHECK(port.said ==
          "mssqlsim: MSSQL_TCP_PORT is 'http': it must be a whole number from 1 to "
          "65535\n");
    std::filesystem::create_directories(folder.file("root"));
    std::ofstream(folder.file("root/mssql.conf")) << "[memory]\nmemorylimitmb = much\n";
    auto file = with("MSSQL_PID", "Developer");
    CHECK(file.status == 1);
    CHECK(file.said.find("memory.memorylimitmb is 'much'") != std::string::npos);
}

TEST_CASE("a weak password ends the first start, and the errorlog says so") {
    scratch_folder folder;
    auto weak = run_to_end({"--root", folder.file("root"), "--name", "SQL1"},
                           {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", "short"}});
    CHECK(weak.status == 1);
    const std::string why =
        "ERROR: Unable to set system administrator password: Password validation failed. The "
        "password does not meet SQL Server password policy requirements because it is too short.";
    CHECK(weak.said.find(why) == 0);
    auto log = contents(folder.file("root/log/errorlog"));
    CHECK(log.find(why) != std::string::npos);
    CHECK(log.find("An error occurred during server setup.") != std::string::npos);
}

TEST_CASE("without a password the engine runs, and sa is let in by none") {
    scratch_folder folder;
    auto how = one(folder);
    how.password = "";
    server_process server(how);
    for (const auto* tried : {"", "Passw0rd!"})
        CHECK(sql_client::attempt(server, std::string(odbc::microsoft_driver), "sa", tried) ==
              18456);
}

TEST_CASE("a setting that is not known is noted in the errorlog") {
    scratch_folder folder;
    std::filesystem::create_directories(folder.file("root"));
    std::ofstream(folder.file("root/mssql.conf")) << "[network]\ncolour = blue\n";
    server_process server(one(folder));
    CHECK(contents(folder.file("root/log/errorlog"))
              .find("mssql.conf: the setting 'network.colour' is not known and is ignored.") !=
          std::string::npos);
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

TEST_CASE("ctl tells a running one what to do, and each fault is in its errorlog") {
    scratch_folder folder;
    auto port = own_port();
    server_process server(one(folder, port));
    auto ctl = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"ctl", "--port", std::to_string(port)});
        return run_to_end(words, {});
    };
    CHECK(ctl({"log-full", "on"}).status == 0);
    auto wrong = ctl({"log-full", "perhaps"});
    CHECK(wrong.status == 1);
    CHECK(wrong.said == "error say on or off\n");
    CHECK(ctl({"slow-promotion", "20"}).status == 0);
    CHECK(ctl({"role", "ag1"}).status == 0);
    auto log = contents(folder.file("root/log/errorlog"));
    CHECK(log.find("The double was told: log-full on\n") != std::string::npos);
    CHECK(log.find("The double was told: slow-promotion 20\n") != std::string::npos);
    CHECK(log.find("told: role") == std::string::npos);
    CHECK(log.find("perhaps") == std::string::npos);
    server.stop(SIGTERM);
    auto gone = ctl({"log-full", "off"});
    CHECK(gone.status == 2);
    CHECK(gone.said.find("mssqlsim ctl: nobody answers at 127.0.0.1:") == 0);
}
