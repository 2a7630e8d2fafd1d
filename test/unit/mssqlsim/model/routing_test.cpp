// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/mssqlsim/model/cluster_harness.hpp"

using namespace ha;
using namespace ha::mssqlsim;
using namespace std::chrono_literals;

// Who is sent on to a secondary when he logs in to read, and who is refused.

namespace {

std::int32_t modify(cluster_harness& all, std::size_t i, const std::string& how) {
    return all
        .run(0,
             "ALTER AVAILABILITY GROUP [ag1] MODIFY REPLICA ON N'" + cluster_harness::name(i) +
                 "' WITH (" + how + ")")
        .error();
}

std::string url(std::size_t i) {
    return "TCP://" + cluster_harness::name(i) + ".example:1433";
}

std::int32_t set_url(cluster_harness& all, std::size_t i) {
    return modify(all, i, "SECONDARY_ROLE (READ_ONLY_ROUTING_URL = N'" + url(i) + "')");
}

std::int32_t allow(cluster_harness& all, std::size_t i, const std::string& whom) {
    return modify(all, i, "SECONDARY_ROLE (ALLOW_CONNECTIONS = " + whom + ")");
}

std::int32_t set_list(cluster_harness& all, const std::string& names) {
    return modify(all, 0, "PRIMARY_ROLE (READ_ONLY_ROUTING_LIST = " + names + ")");
}

// Where a login of the first instance ends: a url, "here", or the first error's number.
std::string ends(cluster_harness& all,
                 bool reads = true,
                 const std::string& address = "",
                 const std::string& database = "shop",
                 std::size_t at = 0) {
    login_request who;
    who.user = "sa";
    who.password = "Secret-123";
    who.database = database;
    who.read_only_intent = reads;
    who.local_address = address;
    who.local_port = 1433;
    const auto told = all.at(at).login(who, all.now());
    if (!told) return std::to_string(told.error().messages.front().number);
    if (!told->routed_to.empty()) return told->routed_to;
    all.at(at).close(told->session, all.now());
    return "here";
}

// Both secondaries readable and known by url, in the list in their order.
void make_list(cluster_harness& all) {
    all.make_group();
    for (const std::size_t i : {1U, 2U}) {
        REQUIRE(set_url(all, i) == 0);
        REQUIRE(allow(all, i, "READ_ONLY") == 0);
    }
    REQUIRE(set_list(all, "(N'ag-1', N'ag-2')") == 0);
}

}  // namespace

TEST_CASE("a login that reads is sent to the first of the list that can serve it") {
    cluster_harness all;
    make_list(all);
    CHECK(ends(all) == url(1));
    CHECK(ends(all, false) == "here");
    CHECK(ends(all, true, "", "master") == "here");
    REQUIRE(allow(all, 1, "NO") == 0);
    CHECK(ends(all) == url(2));
    REQUIRE(allow(all, 1, "ALL") == 0);
    CHECK(ends(all) == url(1));
    all.crash(1);
    REQUIRE(all.eventually([&] { return ends(all) == url(2); }));
}

TEST_CASE("who may read nowhere is refused, and without a list everybody is served") {
    cluster_harness all;
    make_list(all);
    REQUIRE(allow(all, 1, "NO") == 0);
    REQUIRE(allow(all, 2, "NO") == 0);
    CHECK(ends(all) == "982");
    REQUIRE(set_url(all, 0) == 0);
    REQUIRE(set_list(all, "(N'ag-1', N'ag-2', N'ag-0')") == 0);
    CHECK(ends(all) == "here");
    REQUIRE(modify(all, 0, "PRIMARY_ROLE (ALLOW_CONNECTIONS = READ_WRITE)") == 0);
    CHECK(ends(all) == "982");
    REQUIRE(set_list(all, "NONE") == 0);
    CHECK(ends(all) == "979");
    REQUIRE(modify(all, 0, "PRIMARY_ROLE (ALLOW_CONNECTIONS = ALL)") == 0);
    CHECK(ends(all) == "here");
}

TEST_CASE("under the other reading only who comes to a listener is sent on") {
    cluster_harness all{reading::a,
                        [](instance_options& how) { how.routes_only_listeners = true; }};
    make_list(all);
    REQUIRE(all.run(0,
                    "ALTER AVAILABILITY GROUP [ag1] ADD LISTENER N'front' (WITH IP "
                    "((N'10.0.0.5', N'255.255.255.255')), PORT = 1433)")
                .error() == 0);
    CHECK(ends(all, true, "10.0.0.1") == "here");
    CHECK(ends(all, true, "10.0.0.5") == url(1));
}

TEST_CASE("a list that cannot be followed is refused when it is set") {
    cluster_harness all;
    all.make_group();
    CHECK(modify(all, 1, "SECONDARY_ROLE (READ_ONLY_ROUTING_URL = N'ag-1')") == 19401);
    CHECK(set_list(all, "(N'ag-1')") == 19404);
    REQUIRE(set_url(all, 1) == 0);
    CHECK(set_list(all, "(N'ag-1', N'AG-1')") == 19402);
    CHECK(set_list(all, "(N'ag-1', N'ag-9')") == 19403);
    CHECK(set_list(all, "(N'ag-1')") == 0);
}

TEST_CASE("readers are spread over the replicas that stand together in a list") {
    cluster_harness all;
    make_list(all);
    REQUIRE(set_url(all, 0) == 0);
    REQUIRE(set_list(all, "((N'ag-1', N'ag-2'), N'ag-0')") == 0);
    CHECK(ends(all) == url(1));
    CHECK(ends(all) == url(2));
    CHECK(ends(all) == url(1));
    CHECK(all.run(0,
                  "SELECT COUNT(*) FROM sys.availability_read_only_routing_lists WHERE "
                  "routing_priority = 1")
              .cell() == value{std::int64_t{2}});
    REQUIRE(allow(all, 1, "NO") == 0);
    CHECK(ends(all) == url(2));
    CHECK(ends(all) == url(2));
    REQUIRE(allow(all, 2, "NO") == 0);
    CHECK(ends(all) == "here");
    CHECK(set_list(all, "((N'ag-1', (N'ag-2')))") == 102);
    CHECK(set_list(all, "((N'ag-1', N'ag-2'), N'ag-1')") == 19402);
}

TEST_CASE("who writes is sent on by a secondary that lets everybody in") {
    cluster_harness all;
    make_list(all);
    const auto at_one = [&](bool reads) { return ends(all, reads, "", "shop", 1); };
    REQUIRE(modify(all, 0, "PRIMARY_ROLE (READ_WRITE_ROUTING_URL = N'TCP://first.example:1433')") ==
            0);
    REQUIRE(all.eventually([&] { return at_one(false) == "978"; }));
    REQUIRE(allow(all, 1, "ALL") == 0);
    REQUIRE(all.eventually([&] { return at_one(false) == "TCP://first.example:1433"; }));
    CHECK(at_one(true) == "here");
    CHECK(ends(all, false, "", "master", 1) == "here");
    REQUIRE(modify(all, 0, "PRIMARY_ROLE (READ_WRITE_ROUTING_URL = NONE)") == 0);
    REQUIRE(all.eventually([&] { return at_one(false) == "here"; }));
}
