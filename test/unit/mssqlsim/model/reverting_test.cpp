// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// A replica with log that never was joins the primary that came after it.

namespace {

// ag-1 leads; ag-0 has a row that nobody acknowledged, is OFFLINE and reachable again.
void diverge(cluster_harness& three) {
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    const auto lost = write_unheard(three, 2);
    three.pass(1s);
    REQUIRE_FALSE(lost->complete);
    for (std::size_t i = 0; i < 3; ++i) REQUIRE(group_error(three, i, "OFFLINE") == 0);
    three.pass(100ms);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 3) == 0; }));
    three.pass(15s);  // until the cut is noticed
    three.heal();
    three.pass(5s);
}

// The same, and ag-0 follows; to undo its row takes so long.
void revert_for(cluster_harness& three, duration length) {
    diverge(three);
    three.at(0).faults().slow_reverting = length;
    three.follow(0);
}

}  // namespace

TEST_CASE("a longer log is REVERTING until it is undone, on both sides") {
    cluster_harness three;
    revert_for(three, 10s);
    three.pass(1s);
    for (const std::size_t i : {0U, 1U}) {
        CHECK(shop_state(three, i, 0) == "REVERTING");
        CHECK(shop_state(three, i, 0, "synchronization_state") == "3");
        CHECK(shop_state(three, i, 0, "synchronization_health_desc") == "NOT_HEALTHY");
    }
    REQUIRE(insert_row(three, 1, 4) == 0);  // waits for those who are synchronized
    REQUIRE(group_error(three, 0, "FAILOVER") == 41142);
    three.pass(10s);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    REQUIRE(count_rows(three, 0) == 3);
    REQUIRE(number_at(three, 0, "SELECT COUNT(*) FROM shop.dbo.t WHERE id = 2") == 0);
}

TEST_CASE("what was undone is INITIALIZING until it has what the primary had") {
    cluster_harness three;
    revert_for(three, 2s);
    three.pass(1s);
    three.cut(0, 1);  // no log comes meanwhile
    three.pass(2s);
    REQUIRE(shop_state(three, 0, 0) == "INITIALIZING");
    REQUIRE(shop_state(three, 0, 0, "synchronization_health_desc") == "NOT_HEALTHY");
    three.pass(15s);
    three.heal();
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
}

TEST_CASE("an undo that is interrupted begins anew") {
    cluster_harness three;
    revert_for(three, 10s);
    three.pass(5s);
    three.cut(0, 1);
    three.pass(15s);
    REQUIRE(shop_state(three, 0, 0) == "NOT SYNCHRONIZING");
    three.heal();
    three.pass(3s);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    REQUIRE(number_at(three, 0, "SELECT COUNT(*) FROM shop.dbo.t WHERE id = 2") == 0);
}

TEST_CASE("a database that is forced to lead while it is REVERTING does not start") {
    cluster_harness three;
    revert_for(three, 60s);
    three.pass(1s);
    REQUIRE(group_error(three, 1, "OFFLINE") == 0);
    REQUIRE(group_error(three, 0, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 0);
    three.pass(1s);
    REQUIRE(three.role(0) == "PRIMARY");
    REQUIRE(shop_state(three, 0, 0, "database_state_desc") == "RESTORING");
    REQUIRE(three.run(0, "SELECT COUNT(*) FROM shop.dbo.t").error() == 927);
}
