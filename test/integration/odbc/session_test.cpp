// SPDX-License-Identifier: MIT
#include "agent/engine/odbc_session.hpp"
#include "common/async/system_clock.hpp"
#include "common/odbc/target.hpp"
#include "test/integration/mssqlsim/server_process.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>

// The agent's session against a server, through both drivers: what a login, a death, a freeze and
// a late answer look like from above.

using namespace ha;
using namespace ha::agent;
using namespace ha::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct stage {
    scratch_folder folder;
    server_process server{{"SQL1", loopback_address(1), folder.file("root")}};
    asio::io_context io{1};
    system_clock clock;
    odbc_connector connector;
    std::unique_ptr<engine_session> session;

    explicit stage(const std::string& driver)
        : connector(io.get_executor(), clock, options(driver, server)) {
        sign_in("sa", sa_password);
    }

    static odbc_options options(const std::string& driver, const server_process& where) {
        odbc_options made;
        made.driver = driver;
        made.address = where.address();
        made.port = where.port();
        return made;
    }

    void sign_in(std::string user, std::string password) {
        session = connector.open("test", engine_login{std::move(user), std::move(password)});
    }

    engine_reply play(asio::awaitable<engine_reply> act) {
        engine_reply reply;
        auto keep = [&](std::exception_ptr thrown, engine_reply got) {
            if (thrown) std::rethrow_exception(thrown);
            reply = std::move(got);
        };
        asio::co_spawn(io, std::move(act), keep);
        io.run();
        io.restart();
        return reply;
    }

    engine_reply run(std::string text, duration limit = 20s, std::vector<sql_value> values = {}) {
        statement what{"test", std::move(text)};
        return play(session->run(what, std::move(values), clock.now() + limit));
    }

    engine_answer must(std::string text, std::vector<sql_value> values = {}) {
        auto got = run(std::move(text), 20s, std::move(values));
        if (!got) FAIL(got.error().number() << ": " << got.error().messages.front().text);
        return std::move(*got);
    }
};

std::string driver() {
    return std::string(GENERATE(odbc::microsoft_driver, odbc::freetds_driver));
}

}  // namespace

TEST_CASE("a session knows its number, and its program carries the purpose") {
    stage s(driver());
    auto got = s.must(
        "SELECT session_id, program_name FROM sys.dm_exec_sessions WHERE session_id = @@SPID");
    REQUIRE(got.sets.size() == 1);
    CHECK(got.sets[0].integer(0, "session_id") == s.session->session_id());
    CHECK(got.sets[0].text(0, "program_name") == "mssql-ha-supervisor/test");
}

TEST_CASE("a wrong password is a refused login, told from a dead engine") {
    stage s(driver());
    s.sign_in("sa", "wrong");
    auto got = s.run("SELECT 1");
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::login_failed);
    CHECK(got.error().number() == 18456);
    CHECK(s.connector.counts().login_refused == 1);
}

TEST_CASE("a password may hold what connection strings are made of") {
    auto which = driver();
    stage s(which);
    s.must("CREATE LOGIN braces WITH PASSWORD = N'Aa1}x{PWD=}}x'");
    s.must("CREATE LOGIN semicolons WITH PASSWORD = N'Aa1;{PWD=x;'");
    s.must("CREATE LOGIN both WITH PASSWORD = N'Aa1};{PWD=x;'");
    s.sign_in("braces", "Aa1}x{PWD=}}x");
    CHECK(s.run("SELECT 1"));
    s.sign_in("semicolons", "Aa1;{PWD=x;");
    CHECK(s.run("SELECT 1"));
    // The one that FreeTDS cannot write.
    s.sign_in("both", "Aa1};{PWD=x;");
    CHECK(s.run("SELECT 1").has_value() == (which == odbc::microsoft_driver));
}

TEST_CASE("DDL succeeds without a count, and what follows it in the batch is heard") {
    stage s(driver());
    s.must("CREATE DATABASE shop");
    s.must("CREATE TABLE shop.dbo.t (id int NOT NULL PRIMARY KEY)");
    auto got = s.must("INSERT INTO shop.dbo.t (id) VALUES (1); SELECT id FROM shop.dbo.t");
    REQUIRE_FALSE(got.sets.empty());
    CHECK(got.sets.back().integer(0, "id") == 1);
    auto late = s.run("DROP TABLE shop.dbo.t; THROW 50001, N'after the DDL', 1");
    REQUIRE_FALSE(late);
    CHECK(late.error().what == engine_failure::kind::refused);
    CHECK(late.error().number() == 50001);
    CHECK(s.connector.counts().connected == 1);
}

TEST_CASE("parameters go as values") {
    stage s(driver());
    auto got = s.must("SELECT ? AS name, ? AS n", {std::string{"it's"}, std::int64_t{1} << 40});
    CHECK(got.sets.at(0).text(0, "name") == "it's");
    CHECK(got.sets.at(0).integer(0, "n") == std::int64_t{1} << 40);
}

TEST_CASE("a late answer is unknown at our deadline, and the next batch has a new connection") {
    stage s(driver());
    s.must("SELECT 1");
    auto first = s.session->session_id();
    auto begun = s.clock.now();
    auto got = s.run("WAITFOR DELAY '00:01:00'", 200ms);
    auto took = s.clock.now() - begun;
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::unknown);
    CHECK(took >= 200ms);
    CHECK(took < 900ms);
    CHECK(s.session->session_id() == std::nullopt);
    s.must("SELECT 1");
    CHECK(s.session->session_id() != first);
    CHECK(s.connector.counts().abandoned == 1);
}

TEST_CASE("a killed engine is found out by the next batch, and said in words") {
    stage s(driver());
    s.must("SELECT 1");
    s.server.signal(SIGKILL);
    s.server.wait();
    auto got = s.run("SELECT 1", 5s);
    REQUIRE_FALSE(got);
    bool honest = got.error().what == engine_failure::kind::unknown ||
                  got.error().what == engine_failure::kind::not_sent;
    CHECK(honest);
    auto next = s.run("SELECT 1", 5s);
    REQUIRE_FALSE(next);
    CHECK(next.error().what == engine_failure::kind::not_sent);
    CHECK(next.error().messages.front().text.find("nothing listens at") == 0);
}

TEST_CASE("a frozen engine costs each batch its deadline and no more, and thaws") {
    stage s(driver());
    s.must("SELECT 1");
    s.server.signal(SIGSTOP);
    for (int i = 0; i < 3; ++i) {
        auto begun = s.clock.now();
        auto got = s.run("SELECT 1", 300ms);
        auto took = s.clock.now() - begun;
        REQUIRE_FALSE(got);
        auto expected = i == 0 ? engine_failure::kind::unknown : engine_failure::kind::not_sent;
        CHECK(got.error().what == expected);
        CHECK(took >= 300ms);
        CHECK(took < 2s);
    }
    CHECK(s.connector.counts().abandoned == 3);
    s.server.signal(SIGCONT);
    s.must("SELECT 1");
}

TEST_CASE("diagnostics are handed on as they come, and their silence is noticed") {
    stage s(driver());
    statement what{"diagnostics", "EXEC sp_server_diagnostics 5"};
    int sets = 0;
    auto count = [&](const result_set& set) {
        CHECK(set.rows.size() >= 5);
        CHECK(set.text(0, "component_name") == "system");
        ++sets;
        if (sets == 1) s.server.signal(SIGSTOP);
        return true;
    };
    auto begun = s.clock.now();
    auto got = s.play(s.session->stream(what, 7s, count));
    s.server.signal(SIGCONT);
    REQUIRE_FALSE(got);
    CHECK(got.error().what == engine_failure::kind::unknown);
    CHECK(sets == 1);
    CHECK(s.clock.now() - begun < 30s);
    s.must("SELECT 1");
}
