// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/manual_commit.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/integration/mssqlsim/sql_client.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;
using bytes = std::vector<std::uint8_t>;

namespace {

struct stage {
    scratch_folder folder;
    server_process server{{"SQL1", loopback_address(1), folder.file("root")}};
};

std::string driver() {
    return std::string(GENERATE(odbc::microsoft_driver, odbc::freetds_driver));
}

const odbc::value& only(const std::vector<odbc::rows>& sets, std::size_t set = 0) {
    REQUIRE(sets.size() > set);
    REQUIRE(sets[set].values.size() == 1);
    return sets[set].values.front().front();
}

}  // namespace

TEST_CASE("who knows the password is let in, others are not") {
    auto which = driver();
    stage set;
    REQUIRE(sql_client::attempt(set.server, which, "sa", sa_password) == 0);
    REQUIRE(sql_client::attempt(set.server, which, "sa", "wrong") == 18456);
    REQUIRE(sql_client::attempt(set.server, which, "nobody", sa_password) == 18456);
    REQUIRE(sql_client(set.server, which).number("SELECT 1") == 1);
}

TEST_CASE("tables are made, filled with parameters and read") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    client.must("CREATE DATABASE shop");
    client.must(
        "CREATE TABLE shop.dbo.items (id int NOT NULL PRIMARY KEY, name nvarchar(50), data "
        "varbinary(max))");
    client.must("INSERT INTO shop.dbo.items (id, name, data) VALUES (?, ?, ?)",
                {std::int64_t{1}, "Sch\xC3\xB6n", bytes{1, 2, 3}});
    client.must("INSERT INTO shop.dbo.items (id, name) VALUES (?, ?)",
                {std::int64_t{2}, std::monostate{}});
    auto sets = client.must("SELECT id, name, data FROM shop.dbo.items ORDER BY id");
    REQUIRE(sets.size() == 1);
    auto& rows = sets[0].values;
    REQUIRE(rows.size() == 2);
    REQUIRE(rows[0] == std::vector<odbc::value>{std::int64_t{1}, "Sch\xC3\xB6n", bytes{1, 2, 3}});
    REQUIRE(rows[1][1] == odbc::value{});
    REQUIRE(client.error_of("INSERT INTO shop.dbo.items (id) VALUES (2)") == 2627);
}

TEST_CASE("a batch has several results, and an error in its second statement is heard") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    auto sets = client.must("SELECT 1; SELECT N'two'");
    REQUIRE(sets.size() == 2);
    REQUIRE(only(sets, 1) == odbc::value{"two"});
    REQUIRE(client.error_of("SELECT 1; THROW 50001, N'no', 1; SELECT 2") == 50001);
    REQUIRE(client.error_of("SELECT * FROM no_such_table") == 208);
    REQUIRE(client.number("SELECT 3") == 3);
}

TEST_CASE("transactions are committed and rolled back, by batch and by the driver") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    client.must("CREATE DATABASE shop");
    client.must("CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)");
    client.must("BEGIN TRANSACTION; INSERT INTO shop.dbo.t (id) VALUES (1); COMMIT");
    client.must("BEGIN TRANSACTION; INSERT INTO shop.dbo.t (id) VALUES (2); ROLLBACK");
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t") == 1);

    manual_commit session(set.server, which);
    REQUIRE(session.run("INSERT INTO shop.dbo.t (id) VALUES (3)"));
    REQUIRE(session.end(false));
    REQUIRE(session.run("INSERT INTO shop.dbo.t (id) VALUES (4)"));
    REQUIRE(session.end(true));
    REQUIRE(session.run("INSERT INTO shop.dbo.t (id) VALUES (5)"));
    REQUIRE(session.end(true));
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t") == 3);
    REQUIRE(client.number("SELECT COUNT(*) FROM shop.dbo.t WHERE id = 3") == 0);
}

TEST_CASE("a statement that takes too long is given up, and the connection goes on") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    auto late = client.run("WAITFOR DELAY '00:01:00'", {}, 1s);
    REQUIRE_FALSE(late.has_value());
    REQUIRE(late.error().what == odbc::trouble::kind::lost);
    REQUIRE(client.number("SELECT 1") == 1);
}

TEST_CASE("a statement is cancelled from another thread") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    client.cancel_while_running("WAITFOR DELAY '00:01:00'");
    REQUIRE(client.number("SELECT 1") == 1);
}

TEST_CASE("sp_server_diagnostics streams a set per interval until it is stopped") {
    auto which = driver();
    stage set;
    sql_client client(set.server, which);
    std::size_t sets = 0;
    auto answer =
        client.driver().stream("EXEC sp_server_diagnostics 5", [&](const odbc::rows& rows) {
            REQUIRE(rows.values.size() >= 5);
            return ++sets < 1;
        });
    REQUIRE(answer.has_value());
    REQUIRE(sets == 1);  // a driver tells a set's end only when the next one begins
    REQUIRE(client.number("SELECT 1") == 1);
}
