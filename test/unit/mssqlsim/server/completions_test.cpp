// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/instance.hpp"
#include "test/mssqlsim/server/answer_writer.hpp"
#include "test/mssqlsim/tds/bytes.hpp"
#include "test/support/catch.hpp"

// The ends of statements as they go over the wire: each one's command, rows and error.

using namespace ha;
using namespace ha::mssqlsim;

namespace {

std::uint64_t number_at(const std::string& bytes, std::size_t at, std::size_t size) {
    std::uint64_t made = 0;
    for (std::size_t i = size; i-- > 0;)
        made = made << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    return made;
}

// "193:1" is a DONE of a SELECT with one row, "246!" one of a RAISERROR with the mark of an error;
// "in" stands before DONEINPROC, "proc" before DONEPROC, "=" before a procedure's status.
std::string ends_of(const std::string& bytes) {
    std::string made;
    for (std::size_t at = 0; at < bytes.size();) {
        if (!made.empty()) made += ' ';
        const auto token = static_cast<std::uint8_t>(bytes[at]);
        if (token == 0x79) {
            made += '=' + std::to_string(number_at(bytes, at + 1, 4));
            at += 5;
            continue;
        }
        REQUIRE((token == 0xFD || token == 0xFE || token == 0xFF));
        const auto status = number_at(bytes, at + 1, 2);
        if (token == 0xFE) made += "proc";
        if (token == 0xFF) made += "in";
        made += std::to_string(number_at(bytes, at + 3, 2));
        if ((status & 0x10U) != 0) made += ':' + std::to_string(number_at(bytes, at + 5, 8));
        if ((status & 0x02U) != 0) made += '!';
        if ((status & 0x20U) != 0) made += '*';
        at += 13;
        const bool more = (status & 0x01U) != 0;
        if (!more) made += " .";
    }
    return made;
}

class one_instance {
public:
    one_instance() {
        instance_options options;
        options.server_name = "SQL1";
        options.sa_password = "Secret-123";
        engine_ = std::make_unique<instance>(options, durable_state{}, make_memory_store(), now_);
        pass(std::chrono::seconds{1});
        login_request who;
        who.user = "sa";
        who.password = options.sa_password;
        session_ = engine_->login(who, now_)->session;
    }

    std::string batch(const std::string& text) {
        engine_->submit(session_, {text, {}, {}}, now_);
        return answer();
    }

    std::string call(const std::string& text) {
        parameter statement{"@stmt", {column_kind::nvarchar_max, 0, 25, 0}, text};
        engine_->submit(session_, {{}, "sp_executesql", {statement}}, now_);
        return answer();
    }

    std::string give_up(const std::string& text) {
        engine_->submit(session_, {text, {}, {}}, now_);
        pass(std::chrono::seconds{1});
        engine_->attention(session_, now_);
        return answer();
    }

    const std::vector<server_message>& said_last() const { return said_; }

private:
    std::string answer() {
        said_.clear();
        pass(std::chrono::seconds{1});
        std::string bytes;
        for (const auto& one : writer_.take()) bytes += one.tokens;
        return ends_of(bytes);
    }

    void pass(duration time) {
        now_ += time;
        engine_->advance(now_);
        for (auto outputs = engine_->take_outputs(); !outputs.empty();
             outputs = engine_->take_outputs())
            for (const auto& one : outputs) take(one);
    }

    void take(const output& what) {
        if (const auto* one = std::get_if<statement_done>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<return_status>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<request_done>(&what)) writer_.add(*one);
        if (const auto* one = std::get_if<said>(&what)) said_.push_back(one->message);
        if (const auto* one = std::get_if<append_log>(&what))
            engine_->hardened(one->first + one->records.size() - 1, now_);
    }

    instant now_{};
    std::unique_ptr<instance> engine_;
    session_number session_ = 0;
    answer_writer writer_{"SQL1"};
    std::vector<server_message> said_;
};

}  // namespace

TEST_CASE("each condition that is asked has an end, and so has each statement of control") {
    one_instance sql;
    CHECK(sql.batch("PRINT 'a'; PRINT 'b'") == "247 247 .");
    CHECK(sql.batch("IF 1=0 PRINT 'skip'") == "192 .");
    CHECK(sql.batch("IF 1=1 BEGIN PRINT 'a'; PRINT 'b'; END; PRINT 'c'") == "192 247 247 247 .");
    CHECK(sql.batch("IF 1=0 SELECT 1 AS x; SELECT 2 AS y") == "192 193:1 .");
    CHECK(sql.batch("DECLARE @i INT=0; WHILE @i<2 BEGIN SET @i=@i+1; PRINT 'loop'; END; "
                    "SELECT @i AS i") == "193:1 192 193:1 247 192 193:1 247 192 193:1 .");
    CHECK(sql.batch("WHILE 1=1 BREAK; RETURN; PRINT 'skip'") == "192 202 219 .");
    CHECK(sql.batch("BEGIN TRAN; SELECT @@TRANCOUNT AS n; ROLLBACK") == "212 193:1 210 .");
    CHECK(sql.batch("DECLARE @i int") == "253 .");
}

TEST_CASE("a TRY and a CATCH have ends of their own, and what leaves them has none of theirs") {
    one_instance sql;
    CHECK(sql.batch("BEGIN TRY PRINT 'a'; END TRY BEGIN CATCH PRINT 'caught'; END CATCH") ==
          "349 247 351 .");
    CHECK(
        sql.batch("BEGIN TRY RAISERROR('x',16,1); END TRY BEGIN CATCH END CATCH; SELECT 3 AS z") ==
        "349 246 350 351 193:1 .");
    CHECK(sql.batch("BEGIN TRY SELECT 1/0 AS bad; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n; "
                    "END CATCH") == "349 193:0 350 193:1 351 .");
    CHECK(sql.batch("BEGIN TRY BEGIN TRY RAISERROR('inner',16,2); END TRY BEGIN CATCH THROW; END "
                    "CATCH; PRINT 'skip'; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n; END "
                    "CATCH") == "349 349 246 350 246 350 193:1 351 .");
    CHECK(
        sql.batch("WHILE 1=1 BEGIN TRY RAISERROR('x',16,1); END TRY BEGIN CATCH BREAK; END CATCH; "
                  "SELECT 1 AS after_loop") == "192 349 246 350 202 193:1 .");
    CHECK(sql.batch("BEGIN TRY RETURN; END TRY BEGIN CATCH PRINT 'bad'; END CATCH; PRINT 'skip'") ==
          "349 219 .");
}

TEST_CASE("the end of a statement that failed has its command, that of a batch has none") {
    one_instance sql;
    CHECK(sql.batch("RAISERROR('error',16,1); SELECT 1 AS n") == "246! 193:1 .");
    CHECK(sql.batch("SELECT 1/0 AS bad; SELECT 42 AS n") == "193! 193:1 .");
    CHECK(sql.batch("SELECT 1 AS n; THROW 50003,'error',1") == "193:1 253! .");
    CHECK(sql.batch("SELEKT 1 FROM") == "253! .");
}

TEST_CASE("NOCOUNT leaves a batch's ends without rows, and takes a procedure's that have none") {
    one_instance sql;
    CHECK(
        sql.batch("SET NOCOUNT ON; DECLARE @i INT=1; SET @i=2; SELECT @i AS n; SET NOCOUNT OFF") ==
        "185 193 193 193 186 .");
    CHECK(
        sql.call("SET NOCOUNT ON; PRINT 'one'; DECLARE @i INT=1; SELECT @i=2; IF 1=1 PRINT 'yes'; "
                 "WHILE 1=1 BREAK") == "=0 proc224 .");
    CHECK(sql.call("SET NOCOUNT ON; SELECT 1 AS n WHERE 1=0") == "in193 =0 proc224 .");
    CHECK(sql.call("SET NOCOUNT ON; RAISERROR('error',16,1); SELECT 1 AS n") ==
          "in246! in193 =0 proc224 .");
    CHECK(sql.call(
              "SET NOCOUNT ON; SELECT 1 AS a; SET NOCOUNT OFF; PRINT 'b'; SET NOCOUNT ON; SELECT "
              "2 AS c") == "in193 in186 in247 in193 =0 proc224 .");
    CHECK(sql.batch("SELECT 1 AS n") == "193:1 .");  // what SET says in a text ends with it
}

TEST_CASE("NOCOUNT leaves the rows that a procedure tells their end, without their number") {
    one_instance sql;
    const std::string who = "EXEC sp_who @@SPID";
    const std::string in_call = sql.call("SET NOCOUNT ON; " + who);
    const std::string in_batch = sql.batch("SET NOCOUNT ON; " + who + "; SET NOCOUNT OFF");
    CHECK(in_call == "in193 =0 proc224 .");
    CHECK(in_batch == "185 in193 =0 proc224 186 .");
    sql.batch("CREATE TABLE #t (a int NOT NULL PRIMARY KEY)");
    for (const std::string text : {"EXEC sp_tables",
                                   "EXEC sp_columns 'nowhere'",
                                   "EXEC sp_pkeys 'nowhere'",
                                   "EXEC sp_fkeys 'nowhere'",
                                   "EXEC sp_statistics 'nowhere'",
                                   "EXEC sp_special_columns 'nowhere'",
                                   "EXEC sp_configure",
                                   "EXEC sp_describe_first_result_set N'SELECT 1 AS n'",
                                   "EXEC sp_describe_undeclared_parameters N'SELECT @p + 1'"}) {
        CAPTURE(text);
        CHECK(sql.call("SET NOCOUNT ON; " + text) == in_call);
        CHECK(sql.batch("SET NOCOUNT ON; " + text + "; SET NOCOUNT OFF") == in_batch);
    }
    CHECK(sql.call("SET NOCOUNT ON; DBCC TRACEON (3604, -1) WITH NO_INFOMSGS; "
                   "DBCC TRACESTATUS (-1) WITH NO_INFOMSGS") == "in193 =0 proc224 .");
}

TEST_CASE("a text's status is the error of its last statement, and none if THROW ended it") {
    one_instance sql;
    CHECK(sql.call("SELECT 1/0 AS bad") == "in193! =8134 proc224 .");
    CHECK(sql.call("SELECT 1/0 AS bad; SELECT 42 AS n") == "in193! in193:1 =0 proc224 .");
    CHECK(sql.call("THROW 50003,'error',1") == "proc224! .");
    CHECK(sql.call("BEGIN TRY THROW 50003,'x',1; END TRY BEGIN CATCH RETURN; END CATCH") ==
          "in349 in246 in350 in219 =50003 proc224 .");
    CHECK(sql.call(
              "BEGIN TRY RAISERROR('x',16,1); END TRY BEGIN CATCH PRINT 'y'; RETURN; END CATCH") ==
          "in349 in246 in350 in247 in219 =0 proc224 .");
    CHECK(sql.call("BEGIN TRY RAISERROR('x',16,1); END TRY BEGIN CATCH RETURN 7; END CATCH") ==
          "=178 proc224! .");
    CHECK(sql.call("BEGIN TRY END TRY BEGIN CATCH END CATCH") == "=102 proc224! .");
    CHECK(sql.said_last().front().text == "Incorrect syntax near 'TRY'.");
    CHECK(sql.batch("EXEC sp_executesql N'SELECT 1/@d AS n', N'@d int', @d = 0") ==
          "in193! =8134 proc224 .");
    CHECK(sql.batch("EXEC sp_nothing 1; SELECT 1 AS n") == "224! 193:1 .");
}

TEST_CASE("statements of tables have commands of their own") {
    one_instance sql;
    CHECK(sql.batch("CREATE DATABASE d") == "253 .");
    CHECK(sql.batch("CREATE TABLE d.dbo.t (v int)") == "198 .");
    CHECK(sql.batch("INSERT INTO d.dbo.t VALUES (1), (2)") == "195:2 .");
    CHECK(sql.batch("UPDATE d.dbo.t SET v = 3 WHERE v = 1") == "197:1 .");
    CHECK(sql.batch("DELETE FROM d.dbo.t WHERE v = 3") == "196:1 .");
    CHECK(sql.batch("ALTER TABLE d.dbo.t ADD w int") == "216 .");
    CHECK(sql.batch("TRUNCATE TABLE d.dbo.t") == "234 .");
    CHECK(sql.batch("DROP TABLE d.dbo.t") == "199 .");
}

TEST_CASE("what a client gave up ends with the mark of an error, and is undone under XACT_ABORT") {
    one_instance sql;
    CHECK(sql.give_up("SELECT 1 AS n; WAITFOR DELAY '00:00:45'; SELECT 2 AS n") ==
          "193:1 192! . 253* .");
    CHECK(sql.give_up(
              "BEGIN TRY WAITFOR DELAY '00:00:45' END TRY BEGIN CATCH PRINT 'no' END CATCH") ==
          "349 192 243! . 253* .");
    sql.batch("SET XACT_ABORT ON; BEGIN TRANSACTION");
    sql.give_up("WAITFOR DELAY '00:00:45'");
    CHECK(sql.batch("IF @@TRANCOUNT = 0 PRINT 'undone'") == "192 247 .");
}
