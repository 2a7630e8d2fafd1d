// SPDX-License-Identifier: MIT
#include "test/unit/mssqlsim/model/two_sessions.hpp"

// Who makes a table, drops it or makes it anew is alone with it until the transaction ends.

using namespace ha;
using namespace ha::mssqlsim;

namespace {

// The table has the rows 1 and 2. The second session does not wait for locks, unless it says so.
struct two_at_a_table : two_sessions {
    two_at_a_table() {
        REQUIRE(all.run(0, "CREATE DATABASE other").error() == 0);
        REQUIRE(one("INSERT t VALUES (2, 2)") == 0);
        REQUIRE(two("SET LOCK_TIMEOUT 0") == 0);
    }

    int one(const std::string& text) { return run(first, text).error(); }
    int two(const std::string& text) { return run(second, text).error(); }
    std::string rows() { return run(first, "SELECT * FROM t ORDER BY id").cells(); }
};

}  // namespace

TEST_CASE("a table is not dropped, emptied or altered beside another's open change of its rows") {
    two_at_a_table it;
    const auto change = GENERATE(as<std::string>{},
                                 "INSERT t VALUES (3, 3)",
                                 "UPDATE t SET v = 5 WHERE id = 1",
                                 "DELETE t WHERE id = 2");
    REQUIRE(it.one("BEGIN TRANSACTION; " + change) == 0);
    CHECK(it.two("DROP TABLE t") == 1222);
    CHECK(it.two("TRUNCATE TABLE t") == 1222);
    CHECK(it.two("ALTER TABLE t ADD w int") == 1222);
    REQUIRE(it.one("COMMIT") == 0);
    CHECK(it.two("TRUNCATE TABLE t") == 0);
    CHECK(it.rows().empty());
}

TEST_CASE("rows are not changed beside another's open change of the table, and none is lost") {
    two_at_a_table it;
    REQUIRE(it.one("BEGIN TRANSACTION; ALTER TABLE t ADD w int") == 0);
    CHECK(it.two("INSERT t (id, v) VALUES (3, 3)") == 1222);
    CHECK(it.two("UPDATE t SET v = 5") == 1222);
    CHECK(it.two("DROP TABLE t") == 1222);
    REQUIRE(it.two("SET LOCK_TIMEOUT -1") == 0);
    it.all.at(0).submit(it.second, {"INSERT t (id, v) VALUES (3, 3)", {}, {}}, it.all.now());
    REQUIRE(it.one("COMMIT") == 0);
    REQUIRE(it.all.eventually([&] { return it.rows() == "1,1,-;2,2,-;3,3,-"; }));
}

TEST_CASE("of two that make a table of one name the second waits, and finds it made") {
    two_at_a_table it;
    const auto make =
        GENERATE(as<std::string>{}, "CREATE TABLE fresh (id int)", "SELECT id INTO fresh FROM t");
    REQUIRE(it.one("BEGIN TRANSACTION; CREATE TABLE fresh (id int)") == 0);
    CHECK(it.two(make) == 1222);
    REQUIRE(it.one("COMMIT") == 0);
    CHECK(it.two(make) == 2714);
}

TEST_CASE("what was refused holds no table") {
    two_at_a_table it;
    REQUIRE(it.one("CREATE TABLE child (id int REFERENCES t (id))") == 0);
    REQUIRE(it.one("BEGIN TRANSACTION") == 0);
    CHECK(it.one("DROP TABLE t") == 3726);
    CHECK(it.one("DROP TABLE IF EXISTS nothing") == 0);
    CHECK(it.two("INSERT t VALUES (3, 3)") == 0);
    CHECK(it.two("ALTER TABLE t ADD w int") == 0);
}

TEST_CASE("whoever waits for a table and is waited for is the victim of a deadlock") {
    two_at_a_table it;
    REQUIRE(it.two("SET LOCK_TIMEOUT -1; CREATE TABLE u (id int); BEGIN TRANSACTION; "
                   "INSERT u VALUES (1)") == 0);
    REQUIRE(it.one("BEGIN TRANSACTION; ALTER TABLE t ADD w int") == 0);
    it.all.at(0).submit(it.second, {"INSERT t VALUES (3, 3); COMMIT", {}, {}}, it.all.now());
    CHECK(it.one("DROP TABLE u") == 1205);
    REQUIRE(it.all.eventually([&] { return it.rows() == "1,1;2,2;3,3"; }));
}

TEST_CASE("a transaction makes, drops and empties no table of a second database") {
    two_at_a_table it;
    const auto change = GENERATE(as<std::string>{},
                                 "CREATE TABLE other.dbo.made (id int)",
                                 "SELECT id INTO other.dbo.made FROM shop.dbo.t",
                                 "DROP TABLE other.dbo.kept",
                                 "TRUNCATE TABLE other.dbo.kept",
                                 "ALTER TABLE other.dbo.kept ADD b int");
    REQUIRE(it.two("CREATE TABLE other.dbo.kept (a int); INSERT other.dbo.kept VALUES (7)") == 0);
    REQUIRE(it.one("BEGIN TRANSACTION; UPDATE t SET v = 9") == 0);
    CHECK(it.one(change) == 40510);
    REQUIRE(it.one("COMMIT") == 0);
    CHECK(it.rows() == "1,9;2,9");
    CHECK(it.all.run_on(0, it.first, "SELECT * FROM other.dbo.kept").cells() == "7");
    CHECK(it.one("SELECT * FROM other.dbo.made") == 208);
}

TEST_CASE("a table of another server is none of this one's") {
    two_at_a_table it;
    CHECK(it.one("DROP TABLE far.shop.dbo.t") != 0);
    CHECK(it.one("TRUNCATE TABLE far.shop.dbo.t") != 0);
    CHECK(it.one("ALTER TABLE far.shop.dbo.t ADD w int") != 0);
    CHECK(it.one("UPDATE far.shop.dbo.t SET v = 9") != 0);
    CHECK(it.rows() == "1,1;2,2");
}
