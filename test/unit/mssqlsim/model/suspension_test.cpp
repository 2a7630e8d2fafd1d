// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// After FORCE_FAILOVER_ALLOW_DATA_LOSS the other replicas' databases wait for SET HADR RESUME.

namespace {

// ag-1 was forced while ag-0 stood still; ag-2 follows it.
void force(cluster_harness& three) {
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    three.crash(0);
    for (const std::size_t i : {1U, 2U}) REQUIRE(group_error(three, i, "OFFLINE") == 0);
    three.pass(100ms);
    REQUIRE(group_error(three, 1, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 0);
    REQUIRE(three.eventually([&] { return three.role(1) == "PRIMARY"; }));
    three.run(1, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 600)");
    three.follow(2);
    three.pass(2s);
}

std::string reason(cluster_harness& all, std::size_t at, std::size_t of) {
    return shop_state(all, at, of, "is_suspended") + " " +
           shop_state(all, at, of, "suspend_reason_desc");
}

// is_pending_secondary_suspend, as the instance at `at` shows it of `of`.
std::int64_t pending(cluster_harness& all, std::size_t at, std::size_t of) {
    return number_at(all,
                     at,
                     "SELECT CONVERT(int, d.is_pending_secondary_suspend) FROM "
                     "sys.dm_hadr_database_replica_cluster_states AS d JOIN "
                     "sys.availability_replicas AS r ON r.replica_id = d.replica_id WHERE "
                     "r.replica_server_name = N'" +
                         cluster_harness::name(of) + "'");
}

const std::string resume = "ALTER DATABASE shop SET HADR RESUME";

}  // namespace

TEST_CASE("after a forced failover the others' databases are suspended until they are resumed") {
    cluster_harness three;
    force(three);
    for (const std::size_t at : {1U, 2U}) {
        CHECK(reason(three, at, 2) == "1 SUSPEND_FROM_PARTNER");
        CHECK(shop_state(three, at, 2, "suspend_reason") == "1");
        CHECK(shop_state(three, at, 2) == "NOT SYNCHRONIZING");
    }
    CHECK(shop_state(three, 1, 1, "is_suspended") == "0");
    CHECK(group_error(three, 2, "FAILOVER") == 41142);
    REQUIRE(three.run(2, resume).error() == 0);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 2) == 0; }));
    CHECK(shop_state(three, 1, 2) == "SYNCHRONIZED");
    CHECK(shop_state(three, 2, 2, "is_suspended") == "0");
}

TEST_CASE("who was resumed under a forced primary is not suspended by it again") {
    cluster_harness three;
    force(three);
    REQUIRE(three.run(2, resume).error() == 0);
    REQUIRE(three.eventually([&] { return shop_state(three, 1, 2) == "SYNCHRONIZED"; }));
    SECTION("when the connection was lost") {
        three.cut(1, 2);
        three.pass(15s);
        three.heal();
    }
    SECTION("when its instance was started anew") {
        three.crash(2);
        three.start(2);
        three.pass(1s);
        three.follow(2);
    }
    CHECK(three.eventually([&] { return shop_state(three, 1, 2) == "SYNCHRONIZED"; }));
}

TEST_CASE("the primary tells who has not been suspended yet") {
    cluster_harness three;
    force(three);
    CHECK(pending(three, 1, 0) == 1);
    CHECK(pending(three, 1, 1) == 0);
    CHECK(pending(three, 1, 2) == 0);
    three.start(0);
    three.pass(1s);
    three.follow(0);
    REQUIRE(three.eventually([&] { return pending(three, 1, 0) == 0; }));
    CHECK(reason(three, 0, 0) == "1 SUSPEND_FROM_PARTNER");
}

TEST_CASE("the suspension outlives restarts, and ends when the suspended one leads") {
    cluster_harness three;
    force(three);
    three.crash(2);
    three.start(2);
    three.pass(1s);
    CHECK(reason(three, 2, 2) == "1 SUSPEND_FROM_PARTNER");
    three.crash(1);
    REQUIRE(group_error(three, 2, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 0);
    REQUIRE(three.eventually([&] { return three.role(2) == "PRIMARY"; }));
    CHECK(shop_state(three, 2, 2, "is_suspended") == "0");
}

TEST_CASE("a suspension by a person stays one") {
    cluster_harness three;
    three.make_group();
    REQUIRE(three.run(2, "ALTER DATABASE shop SET HADR SUSPEND").error() == 0);
    three.crash(0);
    for (const std::size_t i : {1U, 2U}) REQUIRE(group_error(three, i, "OFFLINE") == 0);
    three.pass(100ms);
    REQUIRE(group_error(three, 1, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 0);
    REQUIRE(three.eventually([&] { return three.role(1) == "PRIMARY"; }));
    three.follow(2);
    three.pass(2s);
    CHECK(reason(three, 2, 2) == "1 SUSPEND_FROM_USER");
}

TEST_CASE("what only a suspended copy has is kept until it is resumed, and undone then") {
    cluster_harness three;
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    three.cut(0, 1);
    three.cut(0, 2);
    const auto lost = three.send(0, "INSERT INTO shop.dbo.t (id, v) VALUES (2, N'never')");
    three.pass(1s);
    REQUIRE_FALSE(lost->complete);
    for (std::size_t i = 0; i < 3; ++i) REQUIRE(group_error(three, i, "OFFLINE") == 0);
    three.pass(15s);
    REQUIRE(group_error(three, 1, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 0);
    three.heal();
    REQUIRE(three.eventually([&] { return three.role(1) == "PRIMARY"; }));
    three.run(1, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 600)");
    three.follow(0);
    three.pass(3s);
    REQUIRE(reason(three, 0, 0) == "1 SUSPEND_FROM_PARTNER");
    CHECK(shop_state(three, 0, 0, "last_hardened_lsn") >
          shop_state(three, 1, 1, "last_hardened_lsn"));
    REQUIRE(three.run(0, resume).error() == 0);
    REQUIRE(three.eventually([&] { return shop_state(three, 1, 0) == "SYNCHRONIZED"; }));
    CHECK(number_at(three, 0, "SELECT COUNT(*) FROM shop.dbo.t WHERE id = 2") == 0);
}
