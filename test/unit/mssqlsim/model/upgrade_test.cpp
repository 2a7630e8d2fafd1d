// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/asked.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Engines of several versions in one group, as while it is rolled.

namespace {

std::function<void(instance_options&)> of_version(const std::string& version) {
    return [version](instance_options& options) { options.product_version = version; };
}

const std::string old_version = "15.0.4430.1";
const std::string new_version = "16.0.4165.4";

void upgrade(cluster_harness& all, std::size_t i, const std::string& version = new_version) {
    all.change(i, of_version(version));
    all.restart(i);
    all.follow(i);
}

void hand_over(cluster_harness& all, std::size_t to) {
    for (std::size_t i = 0; i < cluster_harness::size; ++i)
        REQUIRE(group_error(all, i, "OFFLINE") == 0);
    all.pass(100ms);
    all.fail_over_to(to);
    REQUIRE(all.role(to) == "PRIMARY");
}

}  // namespace

TEST_CASE("a group is rolled to another version, secondaries first") {
    cluster_harness three{reading::a, of_version(old_version)};
    three.make_group();
    REQUIRE(insert_row(three, 0, 1) == 0);
    REQUIRE(number_at(three, 1, "SELECT COUNT(*) FROM shop.dbo.t") == 1);

    // Newer secondaries read an older primary, and serve nobody.
    for (const std::size_t i : {1U, 2U}) upgrade(three, i);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    REQUIRE(three.run(1, "SELECT COUNT(*) FROM shop.dbo.t").error() == 976);
    REQUIRE(insert_row(three, 0, 2) == 0);

    // The older one is left behind: connected, with nothing coming in.
    hand_over(three, 1);
    three.follow(2);
    three.follow(0);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 2; }));
    REQUIRE(insert_row(three, 1, 3) == 0);
    REQUIRE(three.role(0) == "SECONDARY");
    REQUIRE(shop_state(three, 0, 0) == "NOT SYNCHRONIZING");
    REQUIRE(shop_state(three, 1, 0) == "NOT SYNCHRONIZING");
    REQUIRE(text_at(three,
                    1,
                    "SELECT s.connected_state_desc FROM sys.dm_hadr_availability_replica_states AS "
                    "s JOIN sys.availability_replicas AS r ON r.replica_id = s.replica_id WHERE "
                    "r.replica_server_name = N'ag-0'") == "CONNECTED");
    REQUIRE(group_error(three, 0, "FAILOVER") == 41191);
    REQUIRE(group_error(three, 0, "FORCE_FAILOVER_ALLOW_DATA_LOSS") == 41191);
    REQUIRE(number_at(three, 2, "SELECT COUNT(*) FROM shop.dbo.t") == 3);

    upgrade(three, 0);
    REQUIRE(three.eventually([&] { return three.synchronized(1) == 3; }));
    hand_over(three, 0);
    three.follow(1);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 2; }));
    REQUIRE(number_at(three, 0, "SELECT COUNT(*) FROM shop.dbo.t") == 3);
}

TEST_CASE("who leads first after an upgrade leaves the others behind") {
    cluster_harness three{reading::a, of_version(old_version)};
    three.make_group();
    three.change(0, of_version(new_version));
    three.restart(0);
    three.fail_over_to(0);
    for (const std::size_t i : {1U, 2U}) {
        REQUIRE(group_error(three, i, "OFFLINE") == 0);
        three.pass(100ms);
        three.follow(i);
    }
    three.pass(5s);
    REQUIRE(three.synchronized(0) == 1);
    REQUIRE(insert_row(three, 0, 1) != 0);  // one synchronized secondary is required
}

TEST_CASE("builds of one version read each other, unless every build counts") {
    const bool counts = GENERATE(false, true);
    cluster_harness three{reading::a, [&](instance_options& options) {
                              options.product_version = "16.0.4105.2";
                              options.every_build_counts = counts;
                          }};
    three.make_group();
    upgrade(three, 1);
    upgrade(three, 2);
    REQUIRE(three.eventually([&] { return three.synchronized(0) == 3; }));
    REQUIRE(three.run(1, "SELECT COUNT(*) FROM shop.dbo.t").error() == (counts ? 976 : 0));
    hand_over(three, 1);
    three.follow(2);
    three.follow(0);
    const std::int64_t wanted = counts ? 2 : 3;
    REQUIRE(three.eventually([&] { return three.synchronized(1) == wanted; }));
    REQUIRE(group_error(three, 0, "FAILOVER") == (counts ? 41191 : 0));
}
