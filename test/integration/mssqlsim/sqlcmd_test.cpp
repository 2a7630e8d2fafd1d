// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>

using namespace ha::test;

// The sqlcmd of the test image against the double, over each driver.

namespace {

struct ended {
    int code = 0;
    std::string said;  // on both streams
};

std::string quoted(const std::string& word) {
    std::string made = "'";
    for (char one : word) made += one == '\'' ? "'\\''" : std::string(1, one);
    return made + "'";
}

class bench {
public:
    bench() { prepare_drivers(); }

    ended call(std::vector<std::string> words, const std::string& password = sa_password) {
        words.insert(words.begin(),
                     {SQLCMD_PATH, "-S", server_.address(), "-U", "sa", "-P", password});
        std::string line;
        for (const auto& one : words) line += quoted(one) + " ";
        auto* pipe = ::popen((line + "2>&1").c_str(), "r");
        REQUIRE(pipe != nullptr);
        ended made;
        std::array<char, 512> block{};
        while (std::fgets(block.data(), block.size(), pipe) != nullptr) made.said += block.data();
        auto status = ::pclose(pipe);
        made.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return made;
    }

    std::string file(const std::string& name) const { return folder_.file(name); }

private:
    scratch_folder folder_;
    server_process server_{{"SQL1", loopback_address(1), folder_.file("root")}};
};

}  // namespace

TEST_CASE("sqlcmd: batches, rows, messages and exit codes") {
    bench on;
    auto seen =
        on.call({"-C",
                 "-Q",
                 "CREATE DATABASE shop\ngo\nuse shop\nGO\ncreate table t (id int, name "
                 "nvarchar(10))\ngo\ninsert into t values (1, N'ä'), (2, null)\nselect * from t"});
    CHECK(seen.said ==
          "Changed database context to 'shop'.\n"
          "\n(2 rows affected)\n"
          "id          name      \n"
          "----------- ----------\n"
          "          1 ä         \n"
          "          2 NULL      \n"
          "\n(2 rows affected)\n");
    CHECK(seen.code == 0);
    seen =
        on.call({"-C", "-d", "shop", "-W", "-h-1", "-s,", "-Q", "set nocount on; select * from t"});
    CHECK(seen.said == "1,ä\n2,NULL\n");

    const char* broken = "select * from nothing\ngo\nprint 'and on'";
    const std::string error =
        "Msg 208, Level 16, State 1, Server SQL1, Line 1\nInvalid object name 'nothing'.\n";
    seen = on.call({"-C", "-Q", broken});
    CHECK(seen.said == error + "and on\n");
    CHECK(seen.code == 0);
    seen = on.call({"-C", "-b", "-Q", broken});
    CHECK(seen.said == error);
    CHECK(seen.code == 1);
    CHECK(on.call({"-C", "-h-1", "-Q", "exit(select 7)"}).code == 7);
}

TEST_CASE(
    "sqlcmd: who does not trust a certificate made here is not let in, nor one with a wrong "
    "password") {
    bench on;
    auto seen = on.call({"-Q", "select 1"});
    CHECK(seen.code == 1);
    CHECK(seen.said.find("certificate verify failed") != std::string::npos);
    seen = on.call({"-C", "-Q", "select 1"}, "wrong");
    CHECK(seen.code == 1);
    CHECK(
        seen.said ==
        "Sqlcmd: Error: Microsoft ODBC Driver 18 for SQL Server : Login failed for user 'sa'..\n");
    CHECK(on.call({"-No", "-Q", "select 1"}).code == 0);
    CHECK(on.call({"-C", "-b", "-t1", "-Q", "waitfor delay '00:00:20'"}).code == 1);
}

TEST_CASE("sqlcmd: files, and a backup into one") {
    bench on;
    std::ofstream{on.file("one.sql")} << ":setvar name shop\n:r " << on.file("two.sql") << "\n";
    std::ofstream{on.file("two.sql")}
        << "create database $(name)\ngo\nbackup database $(name) to disk = "
           "'/var/opt/mssql/data/$(name).bak' with init, format\ngo\n";
    auto seen = on.call({"-C", "-b", "-i", on.file("one.sql")});
    CHECK(seen.said == "");
    CHECK(seen.code == 0);
    CHECK(std::filesystem::file_size(on.file("root/data/shop.bak")) > 0);
    seen = on.call({"-C", "-b", "-Q", "backup database shop to disk = '/nowhere/shop.bak'"});
    CHECK(seen.said.find("Msg 3201, Level 16") == 0);
    CHECK(seen.code == 1);
}

TEST_CASE("sqlcmd: over FreeTDS, which says less") {
    bench on;
    auto with_freetds = [&](const std::vector<std::string>& words) {
        std::string before = ::getenv("ODBCSYSINI");
        std::ofstream{on.file("odbcinst.ini")}
            << "[FreeTDS]\nDriver=/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so\n";
        ::setenv("ODBCSYSINI", on.file("").c_str(), 1);
        auto seen = on.call(words);
        ::setenv("ODBCSYSINI", before.c_str(), 1);
        return seen;
    };
    auto seen = with_freetds(
        {"-C", "-h-1", "-W", "-Q", "set nocount on; select 1, name from sys.databases"});
    CHECK(seen.said == "1 master\n1 tempdb\n1 model\n1 msdb\n");
    seen = with_freetds({"-C", "-b", "-Q", "raiserror('seventeen', 17, 3)"});
    CHECK(seen.said == "Msg 50000, Level 17, State 0, Server SQL1, Line 1\nseventeen\n");
    CHECK(seen.code == 1);
}
