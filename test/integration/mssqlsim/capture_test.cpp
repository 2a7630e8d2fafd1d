// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/dissector.hpp"
#include "test/integration/mssqlsim/manual_commit.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

using namespace ha;
using namespace ha::test;

// A stranger's dissector reads what drivers and the double say to each other.

namespace {

constexpr auto big_text_size = 90000;

struct stage {
    scratch_folder folder;
    std::string file = folder.file("told.pcap");
    server_process server{{"SQL1", loopback_address(1), folder.file("root"), 0, {"--pcap", file}}};
};

// Of each kind of message something, and what is large.
void play_session(const server_process& to, const std::string& driver, protection how) {
    sql_client client(to, driver, how);
    client.must("CREATE DATABASE shop");
    client.must(
        "CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY, text nvarchar(max), "
        "made datetime2, price decimal(10, 2), mark uniqueidentifier, raw varbinary(8))");
    client.must(
        "INSERT INTO shop.dbo.t VALUES (1, N'one', '2026-11-22T10:00:00', 1.25, "
        "'6F9619FF-8B86-D011-B42D-00C04FC964FF', 0x0102)");
    client.must(
        "INSERT INTO shop.dbo.t (id, text) VALUES (2, REPLICATE(CONVERT(nvarchar(max), "
        "N'x'), " +
        std::to_string(big_text_size) + "))");
    REQUIRE(client.must("SELECT * FROM shop.dbo.t ORDER BY id; SELECT 3 AS three").size() == 2);
    client.must("PRINT N'a message'; EXEC sp_executesql N'SELECT @n AS n', N'@n int', 7");
    REQUIRE(client.error_of("SELECT * FROM no_such_table") == 208);
    // Drivers send what is longer, and FreeTDS any text, as ntext. This dissector reads such a
    // parameter with the text pointer that [MS-TDS] gives to ntext in ROW tokens alone.
    if (driver != odbc::freetds_driver)
        client.must("SELECT ? AS number, ? AS text", {std::int64_t{5}, std::string(4000, 'y')});
    client.cancel_while_running("WAITFOR DELAY '00:01:00'");

    manual_commit session(to, driver, how);
    REQUIRE(session.run("INSERT INTO shop.dbo.t (id) VALUES (3)"));
    REQUIRE(session.end(true));
    REQUIRE(session.run("INSERT INTO shop.dbo.t (id) VALUES (4)"));
    REQUIRE(session.end(false));
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t") == 3);
    client.must("SELECT N'the end' AS last");
}

void check_capture(const std::string& file,
                   const std::string& driver,
                   capture_of what = capture_of::double_itself) {
    auto wrong = wrong_packets(file, what);
    CAPTURE(wrong);
    REQUIRE(wrong.empty());
    auto told = dissected(file);
    std::vector<std::string> wanted{"TDS7 pre-login message (18)",
                                    "Type: TDS7 login (16)",
                                    "Type: SQL batch (1)",
                                    "Type: Response (4)",
                                    "Type: Attention (6)",
                                    "Token - LoginAck",
                                    "Token - EnvChange",
                                    "Token - Info",
                                    "Token - Error",
                                    "Token - ColumnMetaData",
                                    "Token - Row",
                                    "Token - Done",
                                    "SQL Error Number: 208",
                                    "Query: SELECT N'the end' AS last"};
    if (driver != odbc::freetds_driver)
        for (const auto* more : {"Type: Remote Procedure Call (3)",
                                 "Type: Transaction Manager Request (14)",
                                 "Token - FeatureExtAct",
                                 "Token - NBCRow",
                                 "Token - ReturnStatus",
                                 "Token - DoneProc"})
            wanted.emplace_back(more);
    for (const auto& one : wanted) {
        INFO(one);
        CHECK(told.find(one) != std::string::npos);
    }
}

std::string utf16(const std::string& ascii) {
    std::string out;
    for (char one : ascii) out += {one, '\0'};
    return out;
}

}  // namespace

TEST_CASE("what the double tells of Microsoft's driver is whole TDS to a dissector") {
    auto how = GENERATE(protection::plain, protection::encrypted, protection::strict);
    stage set;
    play_session(set.server, std::string(odbc::microsoft_driver), how);
    set.server.stop(SIGTERM);
    check_capture(set.file, std::string(odbc::microsoft_driver));
}

TEST_CASE("what the double tells of FreeTDS is whole TDS to a dissector") {
    auto how = GENERATE(protection::plain, protection::encrypted);
    stage set;
    play_session(set.server, std::string(odbc::freetds_driver), how);
    set.server.stop(SIGTERM);
    check_capture(set.file, std::string(odbc::freetds_driver));
}

TEST_CASE("what goes over the network in clear is whole TDS to a dissector") {
    scratch_folder folder;
    auto file = folder.file("live.pcapng");
    live_capture capture(loopback_address(1), file);
    server_process server{{"SQL1", loopback_address(1), folder.file("root")}};
    play_session(server, std::string(odbc::freetds_driver), protection::plain);
    // The answer's row has no N before its quote, and the request has.
    capture.stop_after(std::string("\x0E\x00", 2) + utf16("the end"));
    check_capture(file, std::string(odbc::freetds_driver), capture_of::network);
}

// Who finds nothing when there is something to find is no judge.
TEST_CASE("the dissector sees a damaged row and a damaged sum") {
    stage set;
    sql_client(set.server).must("SELECT N'the end' AS last");
    set.server.stop(SIGTERM);
    REQUIRE(wrong_packets(set.file, capture_of::double_itself).empty());
    std::fstream file(set.file, std::ios::in | std::ios::out | std::ios::binary);
    std::string told{std::istreambuf_iterator<char>(file), {}};
    auto row = told.find(std::string("\xD1\x0E\x00", 3) + utf16("the end"));
    REQUIRE(row != std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(row) + 2);
    file.put('\x10');  // longer than the packet
    file.close();
    REQUIRE(wrong_packets(set.file, capture_of::network).size() == 1);
    REQUIRE(wrong_packets(set.file, capture_of::double_itself).size() == 1);
}

TEST_CASE("a capture file that cannot be made is named, and nothing starts") {
    scratch_folder folder;
    auto ended = run_to_end({"--root",
                             folder.file("root"),
                             "--address",
                             loopback_address(1),
                             "--pcap",
                             folder.file("no/x")},
                            {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", sa_password}});
    REQUIRE(ended.status == 1);
    REQUIRE(ended.said.find("the file of --pcap cannot be made: " + folder.file("no/x")) !=
            std::string::npos);
}
