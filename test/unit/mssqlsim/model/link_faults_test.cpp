// SPDX-License-Identifier: MIT
#include "test/mssqlsim/tsql/evaluate.hpp"
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Endpoints that are down, and what the send queue shows.

namespace {

std::string listener(cluster_harness& all) {
    return text_of(all.run(0,
                           "SELECT state_desc FROM sys.dm_tcp_listener_states WHERE type_desc = "
                           "N'DATABASE_MIRRORING'")
                       .cell());
}

std::int64_t send_queue(cluster_harness& all) {
    const auto seen = all.run(0,
                              "SELECT MAX(log_send_queue_size) FROM "
                              "sys.dm_hadr_database_replica_states WHERE is_local = 0")
                          .cell();
    return std::get<std::int64_t>(seen);
}

}  // namespace

TEST_CASE("an endpoint that is down is STARTED and unreachable, until it is up again") {
    cluster_harness three;
    three.make_group();
    CHECK(listener(three) == "ONLINE");
    three.at(0).faults().endpoint_down = true;
    three.at(0).advance(three.now());
    three.pass(12s);
    CHECK(listener(three) == "PENDING_RESTART");
    CHECK(text_of(three.run(0, "SELECT state_desc FROM sys.database_mirroring_endpoints").cell()) ==
          "STARTED");
    CHECK(three.run(0, "INSERT shop.dbo.t (id) VALUES (1)").error() == 988);
    // Restarting it does not help.
    three.run(0, "ALTER ENDPOINT [hadr] STATE = STOPPED");
    three.run(0, "ALTER ENDPOINT [hadr] STATE = STARTED");
    three.pass(5s);
    CHECK(listener(three) == "PENDING_RESTART");
    three.at(0).faults().endpoint_down = false;
    three.at(0).advance(three.now());
    CHECK(three.eventually([&] { return three.synchronized(0) == 3; }));
    CHECK(three.run(0, "INSERT shop.dbo.t (id) VALUES (1)").error() == 0);
    CHECK(listener(three) == "ONLINE");
}

TEST_CASE("log that a secondary does not harden stays in the send queue beyond 112 blocks") {
    cluster_harness three;
    three.make_group(0, "ASYNCHRONOUS_COMMIT");
    three.pass(5s);
    three.hold_disk(2, true);
    for (int i = 0; i < 100; ++i)
        three.run(0, "INSERT shop.dbo.t (id) VALUES (" + std::to_string(i) + ")");
    CHECK(send_queue(three) == 0);
    for (int i = 100; i < 150; ++i)
        three.run(0, "INSERT shop.dbo.t (id) VALUES (" + std::to_string(i) + ")");
    CHECK(send_queue(three) == 38);
    three.hold_disk(2, false);
    CHECK(three.eventually([&] { return send_queue(three) == 0; }));
    three.pass(1s);
    CHECK(three.run(2, "SELECT COUNT(*) FROM shop.dbo.t").cell() == value{std::int64_t{150}});
}
