// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Latency and hang of one class of statements.

namespace {

hindrance& of(cluster_harness& all, statement_class which) {
    return all.at(0).faults().statements.at(static_cast<std::size_t>(which));
}

// What went on without the harness is heard with the next login.
void go_on(cluster_harness& all) {
    all.at(0).advance(all.now());
    all.login(0);
    all.pass(1s);
}

void cancel(cluster_harness& all, session_number session) {
    all.at(0).attention(session, all.now());
    all.login(0);
}

// How long a batch takes on virtual time.
duration takes(cluster_harness& all, const std::string& text) {
    const auto begin = all.now();
    REQUIRE(all.run(0, text).complete);
    return all.now() - begin;
}

}  // namespace

TEST_CASE("a slow class is slow statement by statement, and no other class is") {
    cluster_harness three;
    three.make_group();
    of(three, statement_class::group).slow = 3s;
    CHECK(takes(three, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 7200)") >= 3s);
    CHECK(takes(three, "SELECT 1") < 1s);
    CHECK(takes(three, "INSERT shop.dbo.t VALUES (9, 9)") < 1s);
    of(three, statement_class::group) = {};
    of(three, statement_class::select).slow = 2s;
    CHECK(takes(three, "SELECT 1") >= 2s);
    CHECK(takes(three, "SELECT 1; EXEC (N'SELECT 2')") >= 4s);
    CHECK(takes(three, "DECLARE @n int = 0; IF @n = 0 SET @n = 1") < 1s);
    of(three, statement_class::select) = {};
    of(three, statement_class::write).slow = 2s;
    CHECK(takes(three, "ALTER TABLE shop.dbo.t ADD w int") >= 2s);
    CHECK(takes(three, "TRUNCATE TABLE shop.dbo.t") >= 2s);
    of(three, statement_class::write) = {};
    of(three, statement_class::definition).slow = 2s;
    CHECK(takes(three, "CREATE LOGIN [late] WITH PASSWORD = N'Secret-123'") >= 2s);
    CHECK(takes(three, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 7200)") < 1s);
}

TEST_CASE("a hanging class waits until it is let go, and is done then") {
    cluster_harness three;
    three.run(0, "CREATE DATABASE d; CREATE TABLE d.dbo.t (id int NOT NULL PRIMARY KEY)");
    of(three, statement_class::write).hangs = true;
    auto waits = three.send(0, "INSERT d.dbo.t VALUES (1); INSERT d.dbo.t VALUES (2)");
    three.pass(20s);
    CHECK_FALSE(waits->complete);
    CHECK(three.run(0, "SELECT COUNT(*) FROM d.dbo.t").cell() == value{std::int64_t{0}});
    of(three, statement_class::write) = {};
    go_on(three);
    CHECK(waits->complete);
    CHECK(three.run(0, "SELECT COUNT(*) FROM d.dbo.t").cell() == value{std::int64_t{2}});
}

TEST_CASE("what hangs is cancelled by an attention, and the next statement hangs again") {
    cluster_harness three;
    const auto session = three.login(0);
    of(three, statement_class::select).hangs = true;
    CHECK_FALSE(three.run_on(0, session, "SELECT 1").complete);
    cancel(three, session);
    CHECK_FALSE(three.run_on(0, session, "SELECT 2").complete);
    cancel(three, session);
    of(three, statement_class::select).hangs = false;
    CHECK(three.run_on(0, session, "SELECT 3").cell() == value{std::int64_t{3}});
}

TEST_CASE("when everything hangs a commit does, too, and the transaction is whole afterwards") {
    cluster_harness three;
    three.run(0, "CREATE DATABASE d; CREATE TABLE d.dbo.t (id int NOT NULL PRIMARY KEY)");
    const auto session = three.login(0);
    three.run_on(0, session, "BEGIN TRAN; INSERT d.dbo.t VALUES (1)");
    three.at(0).faults().statements_hang = true;
    CHECK_FALSE(three.run_on(0, session, "COMMIT").complete);
    three.at(0).faults().statements_hang = false;
    go_on(three);
    CHECK(three.run(0, "SELECT COUNT(*) FROM d.dbo.t").cell() == value{std::int64_t{1}});
}

TEST_CASE("slow diagnostics come late each time, and not less often than that") {
    cluster_harness three;
    three.at(0).faults().slow_diagnostics = 4s;
    auto stream = three.send(0, "EXEC sp_server_diagnostics 5");
    three.pass(8s);
    CHECK(stream->sets.empty());
    three.pass(2s);
    CHECK(stream->sets.size() == 1);
    three.pass(7s);
    CHECK(stream->sets.size() == 1);
    three.pass(2s);
    CHECK(stream->sets.size() == 2);
}
