// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"
#include "test/unit/mssqlsim/model/two_sessions.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

namespace {

struct two_counting_sessions : two_sessions {
    std::int64_t number(session_number who, const std::string& text) {
        const value found = run(who, text).cell();
        const auto* known = std::get_if<std::int64_t>(&found);
        return known == nullptr ? -1 : *known;
    }
};

}  // namespace

TEST_CASE("what is rolled back to a savepoint is not committed") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first,
                   "BEGIN TRAN; INSERT t VALUES (2, 2); SAVE TRAN one; INSERT t VALUES (3, 3); "
                   "UPDATE t SET v = 7 WHERE id = 1; DELETE t WHERE id = 2; ROLLBACK TRAN one; "
                   "COMMIT")
                .error() == 0);
    CHECK(it.number(it.second, "SELECT COUNT(*) FROM t") == 2);
    CHECK(it.number(it.second, "SELECT v FROM t WHERE id = 1") == 1);
    it.all.restart(0);
    it.first = it.all.login(0, "shop");
    CHECK(it.number(it.first, "SELECT COUNT(*) FROM t") == 2);
    CHECK(it.number(it.first, "SELECT v FROM t WHERE id = 1") == 1);
}

TEST_CASE("a table that was made, and one that was dropped, after a savepoint") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first,
                   "BEGIN TRAN; SAVE TRAN one; CREATE TABLE other (id int); DROP TABLE t; "
                   "ROLLBACK TRAN one; COMMIT")
                .error() == 0);
    CHECK(it.run(it.second, "SELECT * FROM other").error() == 208);
    CHECK(it.number(it.second, "SELECT COUNT(*) FROM t") == 1);
}

TEST_CASE("locks of what was rolled back to a savepoint stay until the transaction ends") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first,
                   "BEGIN TRAN; SAVE TRAN one; UPDATE t SET v = 2 WHERE id = 1; ROLLBACK TRAN one")
                .error() == 0);
    CHECK(it.run(it.second, "SET LOCK_TIMEOUT 0; UPDATE t SET v = 3 WHERE id = 1").error() == 1222);
    REQUIRE(it.run(it.first, "COMMIT").error() == 0);
    CHECK(it.run(it.second, "UPDATE t SET v = 3 WHERE id = 1").error() == 0);
}

TEST_CASE("LOCK_TIMEOUT ends the wait for another session's row when it says") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first, "BEGIN TRAN; UPDATE t SET v = 2 WHERE id = 1").error() == 0);
    const auto before = it.all.now();
    const auto seen = it.run(
        it.second, "SET LOCK_TIMEOUT 1500; BEGIN TRAN; UPDATE t SET v = 3; SELECT @@TRANCOUNT");
    CHECK(seen.error() == 1222);
    CHECK(seen.cell() == value{std::int64_t{1}});
    CHECK(it.all.now() - before >= 1500ms);
    CHECK(it.all.now() - before < 3s);
    REQUIRE(it.run(it.first, "COMMIT").error() == 0);
    CHECK(it.run(it.second, "UPDATE t SET v = 3; COMMIT").error() == 0);
    CHECK(it.number(it.first, "SELECT v FROM t") == 3);
}

TEST_CASE("an implicit transaction keeps what it changed to itself until COMMIT") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first, "SET IMPLICIT_TRANSACTIONS ON; DELETE t").error() == 0);
    CHECK(it.number(it.second, "SELECT COUNT(*) FROM t") == 1);
    REQUIRE(it.run(it.first, "IF @@TRANCOUNT > 0 ROLLBACK TRAN").error() == 0);
    CHECK(it.number(it.first, "SELECT COUNT(*) FROM t") == 1);
    REQUIRE(it.run(it.first, "DELETE t").error() == 0);
    REQUIRE(it.run(it.first, "IF @@TRANCOUNT > 0 COMMIT TRAN").error() == 0);
    CHECK(it.number(it.second, "SELECT COUNT(*) FROM t") == 0);
}

TEST_CASE("a victim of a deadlock is in no transaction any more, and is told so") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first, "INSERT t VALUES (2, 2); BEGIN TRAN; UPDATE t SET v = 5 WHERE id = 1")
                .error() == 0);
    REQUIRE(it.run(it.second, "BEGIN TRAN; UPDATE t SET v = 6 WHERE id = 2").error() == 0);
    it.all.at(0).submit(it.first, {"UPDATE t SET v = 5 WHERE id = 2", {}, {}}, it.all.now());
    CHECK(it.run(it.second, "UPDATE t SET v = 6 WHERE id = 1").error() == 1205);
    CHECK(it.number(it.second, "SELECT @@TRANCOUNT") == 0);
}

TEST_CASE("a transaction manager's request has savepoints too") {
    two_counting_sessions it;
    using kind = transaction_statement::kind;
    const auto ask = [&](kind what, const std::string& name) {
        transaction_statement asked;
        asked.what = what;
        asked.name = name;
        it.all.at(0).transaction(it.first, asked, it.all.now());
    };
    ask(kind::begin, "outermost");
    REQUIRE(it.run(it.first, "INSERT t VALUES (2, 2)").error() == 0);
    ask(kind::save, "point");
    REQUIRE(it.run(it.first, "INSERT t VALUES (3, 3)").error() == 0);
    ask(kind::rollback, "POINT");
    CHECK(it.number(it.first, "SELECT COUNT(*) FROM t") == 2);
    ask(kind::rollback, "outermost");
    CHECK(it.number(it.first, "SELECT COUNT(*) FROM t") == 1);
    CHECK(it.number(it.first, "SELECT @@TRANCOUNT") == 0);
}

TEST_CASE("a transaction manager's savepoint without a name ends the transaction") {
    two_counting_sessions it;
    REQUIRE(it.run(it.first, "BEGIN TRAN; DELETE t").error() == 0);
    transaction_statement asked;
    asked.what = transaction_statement::kind::save;
    it.all.at(0).transaction(it.first, asked, it.all.now());
    std::int32_t told = 0;
    for (const auto& one : it.all.at(0).take_outputs())
        if (const auto* message = std::get_if<said>(&one)) told = message->message.number;
    CHECK(told == 3977);
    CHECK(it.number(it.first, "SELECT @@TRANCOUNT") == 0);
    CHECK(it.number(it.first, "SELECT COUNT(*) FROM t") == 1);
}
