// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/parser.hpp"

#include "test/mssqlsim/tsql/form.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <map>
#include <sstream>

using namespace ha::mssqlsim;

TEST_CASE("every text that the agent can send is understood") {
    std::istringstream corpus{ha::test::source_text("test/golden/statements.sql")};
    std::string line;
    std::string batch;
    int count = 0;
    while (std::getline(corpus, line)) {
        if (line != "GO") {
            batch += line + "\n";
            continue;
        }
        const auto parsed = parse_script(batch);
        INFO(batch);
        INFO((parsed ? std::string{} : parsed.error().text));
        REQUIRE(parsed.has_value());
        batch.clear();
        ++count;
    }
    REQUIRE(count > 20);
}

TEST_CASE("errors name the place") {
    auto bad = parse_script("SELECT 1;\nSELECT FROM x");
    REQUIRE_FALSE(bad.has_value());
    REQUIRE(bad.error().number == 156);
    REQUIRE(bad.error().line == 2);
    REQUIRE(parse_script("SELECT 'open").error().number == 105);
    REQUIRE(parse_script("SELECT 1 /* open").error().number == 113);
    REQUIRE(parse_script("DECLARE @x nothing").error().number == 2715);
    REQUIRE(parse_script("ALTER AVAILABILITY GROUP [ag1] DANCE").error().number == 102);
    REQUIRE(parse_script("IF 1 = 1").error().number == 102);
}

TEST_CASE("statements need no semicolons between them") {
    const auto parsed = parse_script("set quoted_identifier on USE  [db]");
    REQUIRE(parsed.has_value());
    REQUIRE((*parsed)->size() == 2);
}

TEST_CASE("a text is parsed once") {
    script_cache cache;
    REQUIRE(cache.parse("SELECT 1").value() == cache.parse("SELECT 1").value());
}

TEST_CASE("batches that differ in long numbers alone have one tree") {
    script_cache cache;
    const auto one = cache.parse_batch("SELECT 1 WHERE 3600123 < 5").value();
    const auto other = cache.parse_batch("SELECT 1 WHERE 9900000123 < 5").value();
    REQUIRE(one.tree == other.tree);
    REQUIRE(one.numbers == std::vector<std::int64_t>{3600123});
    REQUIRE(other.numbers == std::vector<std::int64_t>{9900000123});
    REQUIRE(cache.parse_batch("SELECT 1 WHERE 3600123 < 6").value().tree != one.tree);
    // No variable can stand there.
    REQUIRE(cache.parse_batch("DECLARE @x nvarchar(100000)").value().numbers.empty());
    REQUIRE(cache.parse_batch("SELECT 123456 FROM").error().number == 102);
    for (const char* text :
         {"DECLARE 123456 int", "SET 123456 = 1", "DECLARE @a int, 123456 int"}) {
        INFO(text);
        REQUIRE_FALSE(parse_script(text).has_value());
        REQUIRE_FALSE(cache.parse_batch(text).has_value());
    }
}

TEST_CASE("only whole numbers of their own are taken out of a batch") {
    const auto form = form_of("f(123456,'a 123456 ''b 123456', [c 123456], 1234567)");
    REQUIRE(form.numbers == std::vector<std::int64_t>{123456, 1234567});
    REQUIRE(form.text == "f(" + number_variable(0) + ",'a 123456 ''b 123456', [c 123456], " +
                             number_variable(1) + ")");
    for (const char* text : {"12345",
                             "1234567890123456789",
                             "1.123456",
                             "123456.1",
                             "a123456",
                             "0x123456",
                             "@x123456",
                             "123456 -- 123456",
                             "'123456"}) {
        INFO(text);
        REQUIRE(form_of(text).numbers.empty());
        REQUIRE(form_of(text).text == text);
    }
}

TEST_CASE("what is nested or chained too deeply is refused, and what people write is not") {
    const auto repeat = [](const std::string& what, std::size_t times) {
        std::string made;
        for (std::size_t i = 0; i < times; ++i) made += what;
        return made;
    };
    const auto text = [&](std::size_t times) {
        return std::vector<std::string>{
            "SELECT " + repeat("(", times) + "1" + repeat(")", times),
            "SELECT " + repeat("- ", times) + "1",
            "SELECT 1 WHERE " + repeat("NOT ", times) + "1 = 1",
            "SELECT " + repeat("ABS(", times) + "1" + repeat(")", times),
            "SELECT 1 WHERE EXISTS " + repeat("(SELECT 1 WHERE EXISTS ", times) + "(SELECT 1)" +
                repeat(")", times),
            "SELECT 1" + repeat(" UNION ALL SELECT 1", times),
            repeat("BEGIN ", times) + "PRINT 1" + repeat(" END", times),
            repeat("IF 1 = 1 ", times) + "PRINT 1",
            "CREATE LOGIN a WITH " + repeat("b (c ", times) + repeat(")", times),
            "SELECT 1" + repeat(" + 1", 10 * times),
            "SELECT 1 WHERE 1 = 1" + repeat(" OR 1 = 1", 4 * times),
        };
    };
    for (const auto& one : text(100)) {
        INFO(one);
        const auto made = parse_script(one);
        CHECK((made || made.error().number != 191));
    }
    for (const auto& one : text(20'000)) {
        INFO(one.substr(0, 40));
        CHECK(parse_script(one).error().number == 191);
    }
}

TEST_CASE("CASE within CASE does not grow without end") {
    std::string text = "1";
    for (int i = 0; i < 30; ++i) text = "CASE " + text + " WHEN 1 THEN 1 WHEN 2 THEN 2 END";
    REQUIRE(parse_script("SELECT " + text).error().number == 191);
    REQUIRE(parse_script("SELECT CASE CASE 1 WHEN 1 THEN 2 END WHEN 2 THEN 3 END").has_value());
}

TEST_CASE("what T-SQL has and the double has not is refused by its name, and no more than that") {
    auto refused = [](const std::string& text) {
        const auto parsed = parse_script(text);
        INFO(text);
        if (parsed) return std::string{"understood"};
        return std::to_string(parsed.error().number) + " " + parsed.error().text;
    };
    const std::string behind = "' is not supported in this version of SQL Server.";
    const std::map<std::string, std::string> names{
        {"MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE", "MERGE"},
        {"UPDATE t SET a = 1 WHERE CURRENT OF one", "WHERE CURRENT OF"},
        {"DELETE FROM t WHERE CURRENT OF one", "WHERE CURRENT OF"},
        {"DECLARE c CURSOR FOR SELECT a FROM t FOR BROWSE", "FOR BROWSE"},
        {"OPEN SYMMETRIC KEY k DECRYPTION BY CERTIFICATE c", "OPEN SYMMETRIC"},
        {"CLOSE MASTER KEY", "CLOSE MASTER"},
        {"create view v as select 1 as one", "CREATE VIEW"},
        {"CREATE OR ALTER PROC p AS SELECT 1", "CREATE OR"},
        {"CREATE PROC p AS SELECT 1", "CREATE PROCEDURE"},
        {"CREATE CLUSTERED COLUMNSTORE INDEX i ON t", "CREATE INDEX"},
        {"DROP INDEX i ON t, k ON t", "DROP INDEX of several"},
        {"ALTER DATABASE SCOPED CONFIGURATION SET MAXDOP = 1",
         "ALTER DATABASE SCOPED CONFIGURATION"},
        {"CREATE SERVER ROLE r", "CREATE SERVER ROLE"},
        {"RESTORE DATABASE d FROM DISK = N'd.bak'", "RESTORE"},
        {"IF 1 = 1 BEGIN DBCC CHECKDB END", "DBCC"},
        {"EXECUTE AS LOGIN = N'x'", "EXECUTE AS"}};
    for (const auto& [text, name] : names)
        CHECK(refused(text) == "40510 Statement '" + name + behind);

    CHECK(refused("CREATE DATABASE audit") == "understood");
    CHECK(refused("ALTER SERVER ROLE sysadmin ADD MEMBER x") == "understood");
    CHECK(refused("DECLARE @cursor int = 1; SELECT @cursor") == "understood");
    CHECK(refused("sp_who") == "understood");
    CHECK(refused("UPDATE statistics SET a = 1") != "understood");
    CHECK(refused("SELECT 1 FROM merge_log AS open_ones") == "understood");
}
