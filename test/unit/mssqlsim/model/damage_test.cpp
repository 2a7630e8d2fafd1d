// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Databases that are not ONLINE, which DB_FAILOVER asks somebody to act upon.

namespace {

void set(cluster_harness& all, std::size_t i, database_damage what) {
    auto& damaged = all.at(i).faults().damaged_databases;
    damaged.clear();
    if (what != database_damage::none) damaged["shop"] = what;
    all.run(i, "SELECT 1 AS one");  // the instance looks up
    all.pass(50ms);
}

std::int32_t read(cluster_harness& all, std::size_t i) {
    return all.run(i, "SELECT COUNT(*) FROM shop.dbo.t").error();
}

std::string told(cluster_harness& all, std::size_t i, const std::string& words) {
    const auto log = all.run(i, "EXEC sp_readerrorlog");
    for (const auto& one : log.sets.at(0).rows)
        for (const auto& cell : one)
            if (text_of(cell).find(words) != std::string::npos) return text_of(cell);
    return {};
}

std::string replica(cluster_harness& all, std::size_t i, const std::string& column) {
    return text_at(
        all,
        i,
        "SELECT " + column + " FROM sys.dm_hadr_availability_replica_states WHERE is_local = 1");
}

}  // namespace

TEST_CASE("a primary's database that is SUSPECT is shown, and nothing follows by itself") {
    cluster_harness three;
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    REQUIRE(replica(three, 0, "recovery_health_desc") == "ONLINE");
    set(three, 0, database_damage::suspect);
    REQUIRE(shop_state(three, 0, 0, "database_state_desc") == "SUSPECT");
    REQUIRE(shop_state(three, 0, 0) == "NOT SYNCHRONIZING");
    REQUIRE(shop_state(three, 0, 0, "synchronization_health_desc") == "NOT_HEALTHY");
    REQUIRE(shop_state(three, 0, 1) == "NOT SYNCHRONIZING");
    REQUIRE(replica(three, 0, "synchronization_health_desc") == "NOT_HEALTHY");
    REQUIRE(replica(three, 0, "recovery_health_desc") == "ONLINE_IN_PROGRESS");
    REQUIRE(text_at(three, 0, "SELECT state_desc FROM sys.databases WHERE name = N'shop'") ==
            "SUSPECT");
    REQUIRE(read(three, 0) == 926);
    REQUIRE_FALSE(three.at(0).writable("shop", three.now()));
    REQUIRE(told(three, 0, "DB_SHUTDOWN") ==
            "Database 'shop' encountered an error (error type: 2 'DB_SHUTDOWN') causing failure of "
            "the availability group 'ag1'.  Refer to the SQL Server error log for information "
            "about the errors that were encountered.  If this condition persists, contact the "
            "system administrator.");
    three.pass(30s);
    REQUIRE(three.role(0) == "PRIMARY");

    // Whoever has everything replaces it, and nothing is lost.
    for (std::size_t i = 0; i < 3; ++i) REQUIRE(group_error(three, i, "OFFLINE") == 0);
    three.pass(100ms);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 2) == 0; }));
    REQUIRE(number_at(three, 1, "SELECT COUNT(*) FROM shop.dbo.t") == 2);
    three.follow(0);
    three.pass(1s);
    REQUIRE(shop_state(three, 1, 0) == "NOT SYNCHRONIZING");
    set(three, 0, database_damage::none);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    REQUIRE(number_at(three, 0, "SELECT COUNT(*) FROM shop.dbo.t") == 2);
}

TEST_CASE("without DB_FAILOVER the group has not failed") {
    cluster_harness three;
    three.make_group();
    REQUIRE(group_error(three, 0, "SET (DB_FAILOVER = OFF)") == 0);
    set(three, 0, database_damage::offline);
    REQUIRE(told(three, 0, "DB_SHUTDOWN").empty());
    REQUIRE(read(three, 0) == 942);
    set(three, 0, database_damage::recovery_pending);
    REQUIRE(read(three, 0) == 945);
    set(three, 0, database_damage::emergency);
    REQUIRE(read(three, 0) == 0);
    REQUIRE(insert_row(three, 0, 7) == 3908);
    set(three, 0, database_damage::none);
    REQUIRE(insert_row(three, 0, 7) == 0);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
}

TEST_CASE("a secondary's damaged database is waited for no longer, and may not lead") {
    cluster_harness three;
    three.make_group();
    set(three, 1, database_damage::recovery_pending);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 2; }));
    REQUIRE(shop_state(three, 0, 1) == "NOT SYNCHRONIZING");
    REQUIRE(shop_state(three, 0, 1, "is_suspended") == "0");
    REQUIRE(shop_state(three, 1, 1, "database_state_desc") == "RECOVERY_PENDING");
    REQUIRE(insert_row(three, 0, 1) == 0);
    REQUIRE(group_error(three, 1, "FAILOVER") == 41142);
    set(three, 1, database_damage::none);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    REQUIRE(number_at(three, 1, "SELECT COUNT(*) FROM shop.dbo.t") == 1);
}

TEST_CASE("a commit that waits ends with its connection when the database goes") {
    cluster_harness three;
    three.make_group(2);
    three.hold_disk(1, true);
    const auto waiting = three.send(0, "INSERT INTO shop.dbo.t (id) VALUES (1)");
    three.pass(100ms);
    REQUIRE_FALSE(waiting->complete);
    set(three, 0, database_damage::offline);
    REQUIRE(waiting->ended);
    REQUIRE_FALSE(waiting->complete);
}
