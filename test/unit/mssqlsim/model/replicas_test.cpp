// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Replicas that join a group which has rows, are changed, and leave it.

namespace {

const std::string group_text = "ALTER AVAILABILITY GROUP [ag1] ";

std::string synchronous(const std::string& name, const std::string& seeding = "AUTOMATIC") {
    return "N'" + name + "' WITH (ENDPOINT_URL = N'TCP://" + name +
           ":5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = EXTERNAL, "
           "SEEDING_MODE = " +
           seeding + ")";
}

std::int32_t alter(cluster_harness& all, const std::string& what, std::size_t at = 0) {
    return all.run(at, group_text + what).error();
}

std::int32_t add(cluster_harness& all, std::size_t i, const std::string& seeding = "AUTOMATIC") {
    return alter(all, "ADD REPLICA ON " + synchronous(cluster_harness::name(i), seeding));
}

std::int32_t remove(cluster_harness& all, std::size_t i) {
    return alter(all, "REMOVE REPLICA ON N'" + cluster_harness::name(i) + "'");
}

void join(cluster_harness& all, std::size_t i) {
    REQUIRE(alter(all, "JOIN WITH (CLUSTER_TYPE = EXTERNAL)", i) == 0);
    REQUIRE(alter(all, "GRANT CREATE ANY DATABASE", i) == 0);
    all.follow(i);
}

std::string state_of_shop(cluster_harness& all, std::size_t i) {
    return text_of(all.run(i, "SELECT state_desc FROM sys.databases WHERE name = N'shop'").cell());
}

void write(cluster_harness& all, std::int64_t first, std::int64_t count) {
    for (std::int64_t id = first; id < first + count; ++id) {
        const auto text =
            "INSERT INTO shop.dbo.t (id, v) VALUES (" + std::to_string(id) + ", N'x')";
        REQUIRE(all.run(0, text).error() == 0);
    }
}

}  // namespace

TEST_CASE("replicas join a group that has rows: they are seeded, and count from then on") {
    cluster_harness five{reading::a, {}, 5};
    five.make_group();
    write(five, 0, 20);
    for (const std::size_t i : {3U, 4U}) {
        const auto before = sequence_at(five);
        REQUIRE(add(five, i) == 0);
        REQUIRE(sequence_at(five) == before + 1);
        join(five, i);
        write(five, static_cast<std::int64_t>(20 * i), 5);
        const auto wanted = static_cast<std::int64_t>(i) + 1;
        REQUIRE(five.eventually([&] { return five.synchronized(0) == wanted; }));
        REQUIRE(sequence_at(five, i) == sequence_at(five));
    }
    REQUIRE(count_rows(five, 0) == 30);
    five.crash(0);
    for (std::size_t i = 1; i < 5; ++i) REQUIRE(alter(five, "OFFLINE", i) == 0);
    five.pass(100ms);
    five.fail_over_to(4);
    five.follow(1);
    five.follow(2);
    five.follow(3);
    REQUIRE(five.eventually([&] { return count_rows(five, 4) == 30; }));
}

TEST_CASE("a commit waits for a replica that joined, and REQUIRED may ask for it") {
    cluster_harness four{reading::a, {}, 4};
    four.make_group();
    REQUIRE(add(four, 3) == 0);
    join(four, 3);
    REQUIRE(four.eventually([&] { return four.synchronized(0) == 4; }));
    REQUIRE(alter(four, "SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 3)") == 0);
    REQUIRE(waits_for_disk(four, 3));
    REQUIRE(remove(four, 3) == 35248);  // three secondaries are asked for
}

TEST_CASE("with MANUAL seeding nothing is seeded until the mode is changed") {
    cluster_harness four{reading::a, {}, 4};
    four.make_group();
    write(four, 0, 3);
    REQUIRE(add(four, 3, "MANUAL") == 0);
    join(four, 3);
    four.pass(5s);
    REQUIRE(four.synchronized(0) == 3);
    REQUIRE(alter(four, "MODIFY REPLICA ON N'ag-3' WITH (SEEDING_MODE = AUTOMATIC)") == 0);
    REQUIRE(four.eventually([&] { return four.synchronized(0) == 4; }));
}

TEST_CASE("a removed replica's databases are RESTORING, and it is waited for no longer") {
    cluster_harness three;
    three.make_group();
    write(three, 0, 3);
    const auto before = sequence_at(three);
    REQUIRE(remove(three, 2) == 0);
    REQUIRE(sequence_at(three) == before + 1);
    REQUIRE(number_at(three, 0, "SELECT COUNT(*) FROM sys.availability_replicas") == 2);
    three.pass(100ms);
    REQUIRE(three.role(2) == "RESOLVING");
    REQUIRE(state_of_shop(three, 2) == "RESTORING");
    write(three, 3, 3);
    three.follow(2);
    three.pass(5s);
    REQUIRE(three.role(2) == "RESOLVING");
    REQUIRE(three
                .run(2,
                     "EXEC sp_set_session_context N'external_cluster', N'yes'; " + group_text +
                         "FAILOVER")
                .error() == 41142);
}

TEST_CASE("a replica that was away when it was removed hears of it when it asks to follow") {
    cluster_harness three;
    three.make_group();
    write(three, 0, 3);
    three.crash(0);
    for (const std::size_t i : {1U, 2U}) REQUIRE(alter(three, "OFFLINE", i) == 0);
    three.pass(100ms);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return count_rows(three, 1) == 3; }));
    REQUIRE(alter(three, "REMOVE REPLICA ON N'ag-0'", 1) == 0);
    three.start(0);
    three.pass(2s);
    three.follow(0);
    REQUIRE(three.eventually([&] { return three.role(0) == "RESOLVING"; }));
    REQUIRE(state_of_shop(three, 0) == "RESTORING");
}

TEST_CASE("removed, dropped and added again, a replica goes on from the log that it kept") {
    cluster_harness three;
    three.make_group();
    write(three, 0, 3);
    REQUIRE(remove(three, 2) == 0);
    three.pass(100ms);
    REQUIRE(three.run(2, "DROP AVAILABILITY GROUP [ag1]").error() == 0);
    write(three, 3, 3);
    REQUIRE(add(three, 2) == 0);
    join(three, 2);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    const auto seedings = "SELECT COUNT(*) FROM sys.dm_hadr_automatic_seeding";
    REQUIRE(number_at(three, 0, seedings) == 2);  // of the first time
    REQUIRE(remove(three, 2) == 0);
    three.pass(100ms);
    REQUIRE(three.run(2, "DROP AVAILABILITY GROUP [ag1]; DROP DATABASE shop").error() == 0);
    REQUIRE(add(three, 2) == 0);
    join(three, 2);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    REQUIRE(number_at(three, 0, seedings) == 3);
    REQUIRE(count_rows(three, 0) == 6);
}

TEST_CASE("a database that only a lost primary had added is RESTORING there, and in no group") {
    cluster_harness three;
    three.make_group();
    three.run(0, "CREATE DATABASE crm; BACKUP DATABASE crm TO DISK = N'NUL'");
    for (const std::size_t i : {1U, 2U}) three.crash(i);
    REQUIRE(alter(three, "ADD DATABASE crm") == 0);
    three.crash(0);
    for (const std::size_t i : {1U, 2U}) three.start(i);
    three.pass(2s);
    three.fail_over_to(1);
    three.follow(2);
    three.start(0);
    three.pass(2s);
    three.follow(0);
    REQUIRE(three.eventually([&] {
        return number_at(three,
                         0,
                         "SELECT COUNT(*) FROM sys.databases WHERE name = N'crm' AND state_desc = "
                         "N'RESTORING' AND group_database_id IS NULL") == 1;
    }));
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
}

TEST_CASE("REMOVE waits for a majority of those who stay, ADD does not") {
    cluster_harness five{reading::a, {}, 5};
    five.make_group();
    five.crash(1);
    five.crash(2);
    const auto removing =
        five.send(0, group_text + "REMOVE REPLICA ON N'ag-2'");  // two voters: alone is enough
    five.pass(1s);
    REQUIRE(removing->complete);
    REQUIRE(add(five, 3) == 0);
    REQUIRE(add(five, 4) == 0);
    const auto waiting = five.send(0, group_text + "REMOVE REPLICA ON N'ag-4'");
    five.pass(5s);
    REQUIRE_FALSE(waiting->complete);
    join(five, 3);
    five.pass(1s);
    REQUIRE(waiting->complete);
}

TEST_CASE("another availability mode changes who votes and who is waited for") {
    cluster_harness three;
    three.make_group();
    REQUIRE(alter(three,
                  "MODIFY REPLICA ON N'ag-2' WITH (AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT)") == 0);
    REQUIRE(three.synchronized(0) == 2);
    three.hold_disk(2, true);
    write(three, 0, 1);
    three.hold_disk(2, false);
    REQUIRE(alter(three,
                  "MODIFY REPLICA ON N'ag-2' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT)") == 0);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    const auto same = sequence_at(three);
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-2' WITH (SEEDING_MODE = AUTOMATIC)") == 0);
    REQUIRE(sequence_at(three) == same);
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-2' WITH (ENDPOINT_URL = N'TCP://ag-2:5022')") ==
            0);
}

TEST_CASE("replicas are refused as the engine refuses them") {
    cluster_harness three;
    three.make_group();
    REQUIRE(alter(three, "REMOVE REPLICA ON N'ag-2'", 1) == 41140);
    REQUIRE(add(three, 2) == 35282);
    REQUIRE(remove(three, 3) == 35283);
    REQUIRE(remove(three, 0) == 35284);
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-7' WITH (SEEDING_MODE = MANUAL)") == 35210);
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-1' WITH (FAILOVER_MODE = AUTOMATIC)") == 47102);
    REQUIRE(alter(three,
                  "ADD REPLICA ON N'x' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, "
                  "FAILOVER_MODE = EXTERNAL)") == 35236);
    REQUIRE(alter(three,
                  "ADD REPLICA ON N'x' WITH (ENDPOINT_URL = N'TCP://x:5022', "
                  "FAILOVER_MODE = EXTERNAL)") == 41198);
    std::string many = synchronous("m0");
    for (int i = 1; i < 3; ++i) many += ", " + synchronous("m" + std::to_string(i));
    REQUIRE(alter(three, "ADD REPLICA ON " + many) == 35212);
    for (int i = 3; i < 7; ++i) many += ", " + synchronous("m" + std::to_string(i));
    REQUIRE(alter(three, "ADD REPLICA ON " + many) == 35223);
}

TEST_CASE("of a configuration-only replica nothing but the session timeout can be changed") {
    cluster_harness three;
    three.make_group(0, "CONFIGURATION_ONLY");
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-2' WITH (SESSION_TIMEOUT = 20)") == 0);
    REQUIRE(alter(three, "MODIFY REPLICA ON N'ag-2' WITH (SEEDING_MODE = AUTOMATIC)") == 47112);
    REQUIRE(alter(three, "ADD REPLICA ON " + synchronous("ag-3")) == 47108);
}
