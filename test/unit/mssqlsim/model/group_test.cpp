// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

namespace {

const std::string context = "EXEC sp_set_session_context N'external_cluster', N'yes'; ";

}  // namespace

TEST_CASE("a group is created, joined, seeded and synchronized") {
    cluster_harness three;
    three.make_group();
    REQUIRE(three.role(0) == "PRIMARY");
    REQUIRE(three.role(1) == "SECONDARY");
    REQUIRE(three.synchronized(0) == 3);
    REQUIRE(insert_row(three, 0, 1) == 0);
    three.pass(100ms);
    REQUIRE(count_rows(three, 1) == 1);
    REQUIRE(count_rows(three, 2) == 1);
    REQUIRE(sequence_at(three, 0) == sequence_at(three, 1));
    REQUIRE(insert_row(three, 0, 1) == 2627);
    REQUIRE(insert_row(three, 1, 5) == 3906);
    const auto seeding = three.run(0, "SELECT current_state FROM sys.dm_hadr_automatic_seeding");
    REQUIRE(seeding.sets.at(0).rows.size() == 2);
    REQUIRE(text_of(seeding.cell()) == "COMPLETED");
}

TEST_CASE("FAILOVER needs the session context, and is not for the primary") {
    cluster_harness three;
    three.make_group();
    REQUIRE(three.run(1, "ALTER AVAILABILITY GROUP [ag1] FAILOVER").error() == 47104);
    REQUIRE(three.run(0, context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER").error() == 41122);
    REQUIRE(three
                .run(1,
                     "ALTER AVAILABILITY GROUP [ag1] SET "
                     "(REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 0)")
                .error() == 41140);
    REQUIRE(three.run(1, "ALTER AVAILABILITY GROUP [other] OFFLINE").error() == 15151);
}

TEST_CASE("a killed primary is replaced without losing a row, and comes back as a follower") {
    cluster_harness three;
    three.make_group();
    for (int i = 0; i < 10; ++i) REQUIRE(insert_row(three, 0, i) == 0);
    const auto before = sequence_at(three, 1);
    three.crash(0);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(100ms);
    REQUIRE(three.role(1) == "RESOLVING");
    REQUIRE(three.run(1, "SELECT 1 FROM shop.dbo.t").error() == 983);
    three.fail_over_to(1);
    REQUIRE(three.role(1) == "PRIMARY");
    REQUIRE(insert_row(three, 1, 100) == 988);  // REQUIRED = 1, and nobody follows yet
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 101) == 0; }, 5s));
    REQUIRE(count_rows(three, 1) == 11);
    REQUIRE(sequence_at(three, 1) > before);
    three.start(0);
    three.pass(1s);
    REQUIRE(three.role(0) == "RESOLVING");
    three.follow(0);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    REQUIRE(count_rows(three, 0) == 11);
    REQUIRE(three.at(1).promotions().size() == 1);
}

TEST_CASE("a commit waits for every synchronized secondary until a majority has dropped it") {
    cluster_harness three;
    three.make_group();
    const auto before = sequence_at(three, 0);
    REQUIRE(waits_for_disk(three, 2));
    three.crash(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 0, 2) == 0; }, 15s));
    REQUIRE(sequence_at(three, 0) > before);
    REQUIRE(sequence_at(three, 1) == sequence_at(three, 0));
}

TEST_CASE("a secondary that caught up stays SYNCHRONIZED while log is on its way to it") {
    cluster_harness three;
    three.make_group();
    three.hold_disk(2, true);
    std::vector<std::shared_ptr<reply>> waiting;
    for (int i = 0; i < 3; ++i) {
        auto text = "INSERT INTO shop.dbo.t (id) VALUES (" + std::to_string(i) + ")";
        waiting.push_back(three.send(0, text));
    }
    three.pass(500ms);
    for (const auto& one : waiting) REQUIRE_FALSE(one->complete);
    REQUIRE(three.synchronized(0) == 3);
    three.hold_disk(2, false);
    REQUIRE(three.eventually([&] { return waiting.back()->complete; }));
}

TEST_CASE("a replica that the configuration excludes is refused with 41142 under reading A only") {
    for (const reading how : {reading::a, reading::b}) {
        cluster_harness three{how};
        three.make_group();
        three.cut(0, 2);
        three.pass(12s);
        REQUIRE(insert_row(three, 0, 1) == 0);
        three.run(2, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
        three.pass(100ms);
        three.hold_disk(2, true);  // hears of the configuration, and does not catch up
        three.heal();
        three.pass(3s);
        three.follow(2);
        three.crash(0);
        const std::string failover = context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER";
        REQUIRE(three.run(2, failover).error() == (how == reading::a ? 41142 : 0));
    }
}

TEST_CASE("an excluded replica that has heard of it cannot be promoted") {
    cluster_harness three;
    three.make_group();
    three.run(2, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(1s);
    REQUIRE(insert_row(three, 0, 1) == 0);  // 2 was dropped from the set by 0 and 1
    three.crash(1);
    three.pass(100ms);
    REQUIRE(insert_row(three, 0, 2) == 988);
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 0, 3) == 0; }, 10s));
}

TEST_CASE("without a majority of voters no configuration is committed, and commits wait") {
    cluster_harness three;
    three.make_group();
    three.crash(1);
    three.crash(2);
    three.pass(1s);
    REQUIRE(insert_row(three, 0, 1) == 988);
    const auto started = three.run(0,
                                   "SELECT current_configuration_commit_start_time_utc FROM "
                                   "sys.dm_hadr_availability_replica_states WHERE is_local = 1");
    REQUIRE_FALSE(is_null(started.cell()));
    const auto asked = three.run(
        0,
        "ALTER AVAILABILITY GROUP [ag1] SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 0)",
        2s);
    REQUIRE_FALSE(asked.complete);
    three.start(1);
    three.pass(1s);
    three.follow(1);
    REQUIRE(three.eventually([&] { return insert_row(three, 0, 2) == 0; }, 10s));
    REQUIRE(is_null(three
                        .run(0,
                             "SELECT current_configuration_commit_start_time_utc FROM "
                             "sys.dm_hadr_availability_replica_states WHERE is_local = 1")
                        .cell()));
}

TEST_CASE(
    "the write lease ends a primary, kills its sessions, and renewal alone does not bring it "
    "back") {
    cluster_harness three;
    three.make_group(0);
    REQUIRE(three.run(0, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9)").error() ==
            47119);
    three.pass(3600s);
    REQUIRE(three.role(0) == "RESOLVING");
    REQUIRE_FALSE(three.at(0).writable("shop", three.now()));
    REQUIRE(three.run(0, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 9)").error() ==
            0);
    three.pass(1s);
    REQUIRE(three.role(0) == "RESOLVING");
    REQUIRE(insert_row(three, 0, 1) == 983);
    three.run(0, context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER");
    three.pass(1s);
    REQUIRE(three.role(0) == "PRIMARY");
    const auto open = three.send(0, "USE shop; WAITFOR DELAY '00:00:30'");
    three.pass(10s);
    REQUIRE(open->ended);
    REQUIRE(three.role(0) == "RESOLVING");
}

TEST_CASE("OFFLINE cancels an accepted FAILOVER, and a pending one is shown and not repeated") {
    cluster_harness three;
    three.make_group();
    three.crash(0);
    three.run(1, context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER", 10ms);
    const auto pending = three.run(1,
                                   "SELECT operational_state_desc FROM "
                                   "sys.dm_hadr_availability_replica_states WHERE is_local = 1");
    REQUIRE(text_of(pending.cell()) == "PENDING_FAILOVER");
    REQUIRE(three.run(1, context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER").error() == 41113);
    three.run(1, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(2s);
    REQUIRE(three.role(1) == "RESOLVING");
    three.at(1).faults().slow_promotion = 20s;
    three.fail_over_to(1);
    three.pass(10s);
    REQUIRE(three.role(1) == "RESOLVING");
    three.pass(11s);
    REQUIRE(three.role(1) == "PRIMARY");
}

TEST_CASE("the divergent log of an old primary is undone when it follows") {
    cluster_harness three;
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    const auto lost = write_unheard(three, 2);
    three.pass(15s);
    REQUIRE_FALSE(lost->complete);
    for (std::size_t i = 1; i < 3; ++i) three.run(i, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(100ms);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 3) == 0; }, 5s));
    REQUIRE(three.role(0) == "PRIMARY");  // nobody tells it
    REQUIRE_FALSE(lost->complete);
    three.heal();
    three.run(0, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(5s);
    REQUIRE(lost->ended);
    three.follow(0);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    const auto rows = three.run(0, "SELECT id FROM shop.dbo.t ORDER BY id");
    REQUIRE(rows.sets.at(0).rows == std::vector<row>{{std::int64_t{1}}, {std::int64_t{3}}});
}

TEST_CASE("what a crash finds on the disk is all there is") {
    cluster_harness three;
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    for (std::size_t i = 0; i < 3; ++i) three.crash(i);
    for (std::size_t i = 0; i < 3; ++i) three.start(i);
    three.pass(1s);
    REQUIRE(three.role(0) == "RESOLVING");
    three.fail_over_to(2);
    three.follow(1);
    REQUIRE(three.eventually([&] { return insert_row(three, 2, 2) == 0; }, 5s));
    REQUIRE(count_rows(three, 2) == 2);
}

TEST_CASE("a configuration-only replica votes and holds no data") {
    cluster_harness three;
    three.make_group(0, "CONFIGURATION_ONLY");
    REQUIRE(three.synchronized(0) == 2);
    REQUIRE(three.run(2, context + "ALTER AVAILABILITY GROUP [ag1] FAILOVER").error() == 47109);
    REQUIRE(insert_row(three, 0, 1) == 0);
    three.crash(1);
    REQUIRE(three.eventually([&] { return insert_row(three, 0, 2) == 0; }, 15s));
    three.crash(0);
    three.start(1);
    three.pass(1s);
    // It does not know that it was dropped: its number does.
    REQUIRE(sequence_at(three, 1) < sequence_at(three, 2));
}

TEST_CASE("nobody follows after OFFLINE, and a SECONDARY keeps to the primary it was set under") {
    cluster_harness three;
    three.make_group();
    three.run(2, "ALTER AVAILABILITY GROUP [ag1] OFFLINE");
    three.pass(60s);
    REQUIRE(three.role(2) == "RESOLVING");
    three.crash(0);
    three.fail_over_to(1);
    three.follow(2);
    REQUIRE(three.eventually([&] { return insert_row(three, 1, 1) == 0; }, 5s));
    three.crash(1);
    three.start(0);
    three.pass(1s);
    three.run(0, context + "ALTER AVAILABILITY GROUP [ag1] FORCE_FAILOVER_ALLOW_DATA_LOSS");
    three.run(0, "ALTER AVAILABILITY GROUP [ag1] SET (WRITE_LEASE_VALIDITY = 60)");
    three.pass(30s);
    REQUIRE(three.role(0) == "PRIMARY");
    REQUIRE(three.role(2) == "SECONDARY");
    const auto link = three.run(2,
                                "SELECT connected_state_desc FROM "
                                "sys.dm_hadr_availability_replica_states WHERE is_local = 1");
    REQUIRE(text_of(link.cell()) == "DISCONNECTED");
}

TEST_CASE("the same inputs give the same messages, byte for byte") {
    const auto run_once = [] {
        cluster_harness three;
        three.make_group();
        insert_row(three, 0, 1);
        three.crash(0);
        three.fail_over_to(1);
        three.pass(60s);
        return three.trace();
    };
    const auto first = run_once();
    REQUIRE(first == run_once());
}
