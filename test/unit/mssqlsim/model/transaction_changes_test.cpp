// SPDX-License-Identifier: MIT
#include "test/mssqlsim/model/transaction_changes.hpp"

#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

#include <utility>

// What a transaction changed, as its own next statements find it.

using namespace ha::mssqlsim;
using namespace std::chrono_literals;

namespace {

using kind = row_change::kind;

class one_session {
public:
    one_session() {
        one_.run(0, "CREATE DATABASE own");
        own_ = one_.login(0, "own");
        run("CREATE TABLE t (a int NOT NULL PRIMARY KEY, b int, CONSTRAINT u UNIQUE (b))");
        run("INSERT INTO t VALUES (1, 10), (2, 20)");
        run("BEGIN TRANSACTION");
    }

    reply run(const std::string& text) { return one_.run_on(0, own_, text); }
    int error(const std::string& text) { return run(text).error(); }
    std::string rows() { return run("SELECT a, b FROM t ORDER BY a").cells(); }
    session_number another() { return one_.login(0, "own"); }
    cluster_harness& all() { return one_; }

private:
    cluster_harness one_{reading::a, {}, 1};
    session_number own_ = 0;
};

row numbers(std::int64_t a, std::int64_t b) {
    return row{value{a}, value{b}};
}

std::vector<std::int64_t> found(const transaction_changes& changes, std::int64_t key) {
    std::vector<std::int64_t> made;
    const auto* table = changes.rows().of("T");
    if (table == nullptr) return made;
    for (const auto& one : table->with_key({0}, key_text(row{value{key}})))
        made.push_back(one.first);
    return made;
}

}  // namespace

TEST_CASE("a key that a savepoint's rollback took away may be inserted again") {
    one_session sql;
    CHECK(sql.error("INSERT INTO t VALUES (3, 30)") == 0);
    CHECK(sql.error("SAVE TRANSACTION s") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (4, 40)") == 0);
    CHECK(sql.error("UPDATE t SET a = 5 WHERE a = 3") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (4, 41)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (3, 31)") == 0);
    CHECK(sql.error("ROLLBACK TRANSACTION s") == 0);
    CHECK(sql.rows() == "1,10;2,20;3,30");
    CHECK(sql.error("INSERT INTO t VALUES (3, 32)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (5, 30)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (4, 40)") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (5, 50)") == 0);
    CHECK(sql.error("COMMIT") == 0);
    CHECK(sql.rows() == "1,10;2,20;3,30;4,40;5,50");
}

TEST_CASE("a key whose row was erased in the transaction is free, until that is taken back") {
    one_session sql;
    CHECK(sql.error("DELETE FROM t WHERE a = 1") == 0);
    CHECK(sql.error("SAVE TRANSACTION s") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (1, 20)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (1, 10)") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (1, 11)") == 2627);
    CHECK(sql.error("DELETE FROM t WHERE a = 1") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (1, 12)") == 0);
    CHECK(sql.error("ROLLBACK TRANSACTION s") == 0);
    CHECK(sql.rows() == "2,20");
    CHECK(sql.error("INSERT INTO t VALUES (1, 13)") == 0);
    CHECK(sql.error("ROLLBACK") == 0);
    CHECK(sql.rows() == "1,10;2,20");
    CHECK(sql.error("INSERT INTO t VALUES (1, 14)") == 2627);
}

TEST_CASE("a UNIQUE constraint is kept beside the primary key in a transaction") {
    one_session sql;
    CHECK(sql.error("UPDATE t SET b = 11 WHERE a = 1") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (3, 11)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (3, 20)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (3, 10)") == 0);
    CHECK(sql.error("UPDATE t SET b = 10 WHERE a = 1") == 2627);
    CHECK(sql.error("UPDATE t SET b = 31 - b WHERE a IN (2, 1)") == 0);
    CHECK(sql.rows() == "1,20;2,11;3,10");
}

TEST_CASE("a table made again in the transaction has none of the rows it had") {
    one_session sql;
    CHECK(sql.error("INSERT INTO t VALUES (3, 30)") == 0);
    CHECK(sql.error("SAVE TRANSACTION s") == 0);
    CHECK(sql.error("DROP TABLE t") == 0);
    CHECK(sql.error("SELECT a FROM t") == 208);
    CHECK(sql.error("CREATE TABLE t (b int NOT NULL, a int NOT NULL PRIMARY KEY)") == 0);
    CHECK(sql.rows().empty());
    CHECK(sql.error("INSERT INTO t VALUES (1, 20), (20, 1), (5, 3)") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (9, 3)") == 2627);
    CHECK(sql.error("TRUNCATE TABLE t") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (9, 3)") == 0);
    CHECK(sql.rows() == "3,9");
    CHECK(sql.error("ROLLBACK TRANSACTION s") == 0);
    CHECK(sql.rows() == "1,10;2,20;3,30");
    CHECK(sql.error("INSERT INTO t VALUES (3, 31)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (9, 9)") == 0);
}

TEST_CASE("a table altered in the transaction keeps the rows that the transaction gave it") {
    one_session sql;
    CHECK(sql.error("INSERT INTO t VALUES (3, 30)") == 0);
    CHECK(sql.error("DELETE FROM t WHERE a = 2") == 0);
    CHECK(sql.error("SAVE TRANSACTION s") == 0);
    CHECK(sql.error("ALTER TABLE t ADD c int NOT NULL CONSTRAINT dc DEFAULT 7") == 0);
    CHECK(sql.error("ALTER TABLE t ADD CONSTRAINT uc UNIQUE (a, c)") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (3, 31, 7)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (2, 20, 8)") == 0);
    CHECK(sql.run("SELECT a, b, c FROM t ORDER BY a").cells() == "1,10,7;2,20,8;3,30,7");
    CHECK(sql.error("ROLLBACK TRANSACTION s") == 0);
    CHECK(sql.error("SELECT c FROM t") == 207);
    CHECK(sql.rows() == "1,10;3,30");
    CHECK(sql.error("INSERT INTO t VALUES (2, 20)") == 0);
    CHECK(sql.error("INSERT INTO t VALUES (4, 30)") == 2627);
}

TEST_CASE("what others commit between its statements counts in a transaction") {
    one_session sql;
    const auto other = sql.another();
    CHECK(sql.error("INSERT INTO t VALUES (3, 30)") == 0);
    CHECK(sql.all().run_on(0, other, "INSERT INTO t VALUES (4, 40)").error() == 0);
    CHECK(sql.all().run_on(0, other, "DELETE FROM t WHERE a = 2").error() == 0);
    CHECK(sql.error("INSERT INTO t VALUES (4, 41)") == 2627);
    CHECK(sql.error("INSERT INTO t VALUES (2, 20)") == 0);
    CHECK(sql.rows() == "1,10;2,20;3,30;4,40");
}

TEST_CASE("the children that a transaction gave a row keep it") {
    one_session sql;
    CHECK(sql.error("CREATE TABLE child (a int REFERENCES t (a))") == 0);
    CHECK(sql.error("INSERT INTO child VALUES (3)") == 547);
    CHECK(sql.error("INSERT INTO t VALUES (3, 30)") == 0);
    CHECK(sql.error("INSERT INTO child VALUES (3)") == 0);
    CHECK(sql.error("DELETE FROM t WHERE a = 3") == 547);
    CHECK(sql.error("DROP TABLE child") == 0);
    CHECK(sql.error("DELETE FROM t WHERE a = 3") == 0);
    CHECK(sql.rows() == "1,10;2,20");
}

TEST_CASE("changes that are cut, taken and moved leave the rows that the others made") {
    transaction_changes open;
    open.add({kind::insert, "t", 1, {}, numbers(1, 10), {}});
    open.add({kind::update, "t", 1, numbers(1, 10), numbers(2, 10), {}});
    CHECK(found(open, 1).empty());
    CHECK(found(open, 2) == std::vector<std::int64_t>{1});
    open.add({kind::erase, "t", 1, numbers(2, 10), {}, {}});
    open.add({kind::insert, "t", 2, {}, numbers(2, 20), {}});
    CHECK(found(open, 2) == std::vector<std::int64_t>{2});
    open.add({kind::drop_table, "t", 0, {}, {}, {}});  // cut before anybody asked
    open.cut(3);
    CHECK(found(open, 2).empty());
    REQUIRE(open.rows().of("t") != nullptr);
    CHECK(open.rows().of("t")->knows(1));
    open.cut(1);
    CHECK(found(open, 1) == std::vector<std::int64_t>{1});

    transaction_changes moved = std::move(open);
    for (std::int64_t i = 2; i < 200; ++i) moved.add({kind::insert, "t", i, {}, numbers(i, i), {}});
    CHECK(found(moved, 1) == std::vector<std::int64_t>{1});
    CHECK(found(moved, 199) == std::vector<std::int64_t>{199});
    CHECK(moved.take().size() == 199);
    CHECK(moved.empty());
    CHECK(moved.rows().of("t") == nullptr);
    moved.add({kind::insert, "t", 7, {}, numbers(1, 1), {}});
    CHECK(found(moved, 1) == std::vector<std::int64_t>{7});
    moved.cut(0);
    CHECK(moved.rows().of("t") == nullptr);
}

TEST_CASE("a row without the columns of a key has none of that key") {
    transaction_changes open;
    open.add({kind::insert, "t", 1, {}, numbers(1, 10), {}});
    const auto with = [&](std::size_t column, std::int64_t key) {
        return open.rows().of("t")->with_key({column}, key_text(row{value{key}})).size();
    };
    CHECK(with(1, 10) == 1);
    open.add({kind::insert, "t", 2, {}, row{value{std::int64_t{10}}}, {}});
    CHECK(with(1, 10) == 1);
    CHECK(with(0, 10) == 1);
    open.add({kind::update, "t", 1, numbers(1, 10), row{value{std::int64_t{10}}}, {}});
    CHECK(with(1, 10) == 0);
    CHECK(with(0, 10) == 2);
}
