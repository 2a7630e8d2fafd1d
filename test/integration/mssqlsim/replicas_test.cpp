// SPDX-License-Identifier: MIT
#include "test/integration/mssqlsim/group.hpp"
#include "test/support/catch.hpp"

using namespace ha;
using namespace ha::test;
using namespace std::chrono_literals;

// Replicas that leave and join, over the wire and between processes.

namespace {

const std::string alter = "ALTER AVAILABILITY GROUP [ag1] ";

std::string third_with(group& three, const std::string& mode) {
    return "N'SQL3' WITH (ENDPOINT_URL = N'TCP://" + three.server(2).address() +
           ":5022', AVAILABILITY_MODE = " + mode +
           ", FAILOVER_MODE = EXTERNAL, SEEDING_MODE = AUTOMATIC)";
}

void insert(sql_client& on, std::int64_t id) {
    on.must("INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'row')");
}

std::int64_t sequence(sql_client& on) {
    return on.number("SELECT sequence_number FROM sys.availability_groups");
}

void join_third(group& three) {
    auto third = three.client(2);
    third.must(alter + "JOIN WITH (CLUSTER_TYPE = EXTERNAL)");
    third.must(alter + "GRANT CREATE ANY DATABASE");
    three.follow(2);
}

}  // namespace

TEST_CASE("a replica is removed, dropped, added to a group with rows, and seeded") {
    group three;
    auto first = three.client(0);
    insert(first, 1);
    auto before = sequence(first);
    first.must(alter + "REMOVE REPLICA ON N'SQL3'");
    REQUIRE(sequence(first) == before + 1);
    auto third = three.client(2);
    auto state = [&] {
        return third.text("SELECT state_desc FROM sys.databases WHERE name = N'shop'");
    };
    REQUIRE(eventually(10s, [&] { return state() == "RESTORING"; }));
    REQUIRE(three.role(2) == "RESOLVING");
    insert(first, 2);
    third.must("DROP AVAILABILITY GROUP [ag1]");
    third.must("DROP DATABASE shop");
    first.must(alter + "ADD REPLICA ON " + third_with(three, "SYNCHRONOUS_COMMIT"));
    join_third(three);
    REQUIRE(eventually(20s, [&] { return three.synchronized(0) == 3; }));

    three.take_offline(0);
    three.fail_over_to(2);
    three.follow(0);
    three.follow(1);
    auto rows = [&] { return third.number("SELECT COUNT(*) FROM shop.dbo.t"); };
    REQUIRE(eventually(
        20s, [&] { return third.error_of("SELECT 1 FROM shop.dbo.t") == 0 && rows() == 2; }));
}

TEST_CASE("by either driver: modes change, and errors are the engine's own") {
    group three;
    auto add = alter + "ADD REPLICA ON " + third_with(three, "SYNCHRONOUS_COMMIT");
    auto modify = alter + "MODIFY REPLICA ON N'SQL3' WITH (AVAILABILITY_MODE = ";
    for (const auto& driver :
         {std::string(odbc::microsoft_driver), std::string(odbc::freetds_driver)}) {
        INFO(driver);
        sql_client first(three.server(0), driver);
        first.must(modify + "ASYNCHRONOUS_COMMIT)");
        REQUIRE(three.synchronized(0) == 2);
        first.must(modify + "SYNCHRONOUS_COMMIT)");
        REQUIRE(eventually(20s, [&] { return three.synchronized(0) == 3; }));

        REQUIRE(first.error_of(alter + "MODIFY REPLICA ON N'none' WITH (SEEDING_MODE = MANUAL)") ==
                35210);
        REQUIRE(first.error_of(alter + "REMOVE REPLICA ON N'none'") == 35283);
        REQUIRE(first.error_of(add) == 35282);
        sql_client second(three.server(1), driver);
        REQUIRE(second.error_of(alter + "REMOVE REPLICA ON N'SQL3'") == 41140);
    }
}
