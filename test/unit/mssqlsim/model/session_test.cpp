// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

TEST_CASE("an error of severity 16 ends its statement, THROW ends the batch") {
    cluster_harness three;
    auto seen = three.run(0, "RAISERROR(N'one %s', 16, 1, N'more'); SELECT 1");
    REQUIRE(seen.error() == 50000);
    REQUIRE(seen.messages.front().text == "one more");
    REQUIRE(seen.sets.size() == 1);
    seen = three.run(
        0, "IF (SELECT ms_ticks FROM sys.dm_os_sys_info) > 5 THROW 50001, N'late', 1; SELECT 1");
    REQUIRE(seen.error() == 50001);
    REQUIRE(seen.sets.empty());
    seen = three.run(0, "SELECT 1/0; SELECT 2");
    REQUIRE(seen.error() == 8134);
    REQUIRE(seen.sets.size() == 2);
    REQUIRE(seen.sets.front().rows.empty());
}

TEST_CASE("an error of severity 20 ends its session, and others go on") {
    cluster_harness three;
    const auto seen = three.run(0, "RAISERROR(N'the end', 20, 1) WITH LOG; SELECT 1");
    CHECK(seen.error() == 50000);
    CHECK(seen.ended);
    CHECK(seen.sets.empty());
    CHECK(three.run(0, "SELECT 1").complete);
}

TEST_CASE("TRY catches, and CATCH can throw again") {
    cluster_harness three;
    auto seen = three.run(0,
                          "BEGIN TRY ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9) "
                          "END TRY BEGIN CATCH THROW END CATCH SELECT 1");
    REQUIRE(seen.error() == 15151);
    REQUIRE(seen.sets.empty());
    seen = three.run(0,
                     "BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), "
                     "ERROR_SEVERITY() END CATCH; SELECT 3");
    REQUIRE(seen.error() == 0);
    REQUIRE(seen.sets.size() == 3);
    REQUIRE(seen.sets[0].rows.empty());
    REQUIRE(seen.sets[1].rows[0][0] == value{std::int64_t{8134}});
}

TEST_CASE("what is not known is refused by number") {
    cluster_harness three;
    REQUIRE(three.run(0, "SELEKT 1 FROM").error() != 0);
    REQUIRE(three.run(0, "SELECT * FROM sys.nothing").error() == 208);
    REQUIRE(three.run(0, "SELECT nothing FROM sys.databases").error() == 207);
    REQUIRE(three.run(0, "EXEC sp_nothing 1").error() == 2812);
    REQUIRE(three.run(0, "SELECT FROM").error() == 156);
    REQUIRE(three.run(0, "SELECT NOTHING(1)").error() == 195);
    REQUIRE(three.run(0, "USE nowhere").error() == 911);
    REQUIRE(three.run(0, "EXEC sp_server_diagnostics 3").error() == 11303);
}

TEST_CASE("variables, loops, procedures and dynamic text") {
    cluster_harness three;
    auto seen = three.run(
        0,
        "DECLARE @i int = 0, @s nvarchar(20) = N''; WHILE @i < 10 BEGIN SET @i = @i + 1; IF @i = 3 "
        "CONTINUE; IF @i > 5 BREAK; SET @s = @s + CAST(@i AS nvarchar(5)); END; SELECT @s");
    REQUIRE(text_of(seen.cell()) == "1245");
    seen = three.run(0, "EXEC sp_executesql N'SELECT @a + @b', N'@a int, @b int', @a = 2, @b = 3");
    REQUIRE(seen.cell() == value{std::int64_t{5}});
    seen = three.run(
        0,
        "DECLARE @n int; SELECT @n = COUNT(*) FROM sys.databases; EXEC (N'SELECT 7'); SELECT @n");
    REQUIRE(seen.sets.size() == 2);
    REQUIRE(seen.sets[1].rows[0][0] == value{std::int64_t{4}});
}

TEST_CASE("long numbers mean what they say, whichever came first") {
    cluster_harness three;
    for (const std::int64_t number : {1234567LL, 7654321LL, 12345678901LL}) {
        const auto text = std::to_string(number);
        const auto seen = three.run(0, "SELECT " + text + ", -" + text + ", '" + text + "'");
        REQUIRE(seen.sets.front().rows.front() == row{number, -number, text});
    }
}

TEST_CASE("transactions are atomic, and their rows are nobody else's before the commit") {
    cluster_harness three;
    three.run(0, "CREATE DATABASE d");
    three.run(0, "CREATE TABLE d.dbo.t (id int NOT NULL PRIMARY KEY, n int)");
    three.run(0, "BEGIN TRAN; INSERT d.dbo.t VALUES (1, 1), (2, 2); ROLLBACK");
    REQUIRE(three.run(0, "SELECT COUNT(*) FROM d.dbo.t").cell() == value{std::int64_t{0}});
    const auto open = three.send(0,
                                 "BEGIN TRAN; INSERT d.dbo.t VALUES (1, 1); WAITFOR DELAY "
                                 "'00:00:05'; UPDATE d.dbo.t SET n += 5 WHERE id = 1; COMMIT");
    three.pass(1s);
    REQUIRE(three.run(0, "SELECT COUNT(*) FROM d.dbo.t").cell() == value{std::int64_t{0}});
    const auto blocked = three.send(0, "INSERT d.dbo.t VALUES (1, 9)");
    three.pass(1s);
    REQUIRE_FALSE(blocked->complete);
    three.pass(5s);
    REQUIRE(open->complete);
    REQUIRE(blocked->error() == 2627);
    REQUIRE(three.run(0, "SELECT n FROM d.dbo.t WHERE id = 1").cell() == value{std::int64_t{6}});
    REQUIRE(three.run(0, "DELETE d.dbo.t; SELECT COUNT(*), SUM(n) FROM d.dbo.t").cell() ==
            value{std::int64_t{0}});
}

TEST_CASE("diagnostics stream until attention, one set for each interval") {
    cluster_harness three;
    const auto session = three.login(0);
    auto stream = three.send(0, "EXEC sp_server_diagnostics 5");
    three.pass(4900ms);
    REQUIRE(stream->sets.empty());
    three.pass(15s);
    REQUIRE(stream->sets.size() == 3);
    REQUIRE_FALSE(stream->complete);
    REQUIRE(stream->sets[0].rows.size() == 5);
    three.at(0).faults().diagnostics[0] = 3;
    three.pass(5s);
    REQUIRE(stream->sets.back().rows[0][3] == value{std::int64_t{3}});
    auto once = three.run(0, "EXEC sp_server_diagnostics");
    REQUIRE(once.complete);
    REQUIRE(once.sets.size() == 1);
    REQUIRE(session > 50);
}

TEST_CASE("KILL ends a session, and says when there is none") {
    cluster_harness three;
    const auto waiting = three.send(0, "WAITFOR DELAY '01:00:00'");
    const auto number = three
                            .run(0,
                                 "SELECT session_id FROM sys.dm_exec_sessions WHERE status = "
                                 "N'running' AND session_id <> @@SPID")
                            .cell();
    REQUIRE(three.run(0, "KILL " + text_of(number)).error() == 0);
    REQUIRE(waiting->ended);
    REQUIRE(three.run(0, "KILL " + text_of(number)).error() == 6106);
}

TEST_CASE("logins without rights see no group and no state") {
    cluster_harness three;
    three.make_group();
    three.run(0, "CREATE LOGIN [low] WITH PASSWORD = N'Secret-123'");
    auto who = three.at(0).login({"low", "Secret-123", "p", "h", "", false}, three.now());
    REQUIRE(who.has_value());
    const auto wrong = three.at(0).login({"low", "nonsense", "p", "h", "", false}, three.now());
    REQUIRE(wrong.error().messages.front().number == 18456);
    const auto absent =
        three.at(0).login({"low", "Secret-123", "p", "h", "nowhere", false}, three.now());
    REQUIRE(absent.error().messages.front().number == 4060);
    const auto ask = [&](const std::string& text) {
        three.at(0).submit(who->session, {text, {}, {}}, three.now());
        std::vector<output> outputs = three.at(0).take_outputs();
        return outputs;
    };
    bool empty = false;
    for (const auto& one : ask("SELECT * FROM sys.availability_groups"))
        if (const auto* set = std::get_if<result_rows>(&one))
            empty = set->rows.empty() && !set->columns.empty();
    REQUIRE(empty);
    std::vector<std::int32_t> numbers;
    for (const auto& one : ask("SELECT * FROM sys.dm_os_sys_info"))
        if (const auto* word = std::get_if<said>(&one)) numbers.push_back(word->message.number);
    REQUIRE(numbers == std::vector<std::int32_t>{300, 297});
}
