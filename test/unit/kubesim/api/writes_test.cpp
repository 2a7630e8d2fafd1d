// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/kubesim/api/bench.hpp"

using namespace ha::kubesim::test;
using json = nlohmann::json;

TEST_CASE("a lease is created once") {
    bench cluster;
    auto made = cluster.ask("POST", leases, lease("ag1", "a"));
    CHECK(made.status == 201);
    CHECK(made.body["metadata"]["creationTimestamp"].is_string());
    auto again = cluster.ask("POST", leases, lease("ag1", "b"));
    CHECK(again.status == 409);
    CHECK(again.reason() == "AlreadyExists");
    CHECK(again.body["message"] == "leases.coordination.k8s.io \"ag1\" already exists");
}

TEST_CASE("a stale writer loses") {
    bench cluster;
    auto seen = cluster.ask("POST", leases, lease("ag1", "a")).body;
    auto mine = seen;
    mine["spec"]["holderIdentity"] = "b";
    CHECK(cluster.ask("PUT", leases + "/ag1", mine).status == 200);
    auto lost = cluster.ask("PUT", leases + "/ag1", seen);
    CHECK(lost.status == 409);
    CHECK(lost.reason() == "Conflict");
    CHECK(cluster.ask("GET", leases + "/ag1").body["spec"]["holderIdentity"] == "b");
}

TEST_CASE("a write that changes nothing keeps the version") {
    bench cluster;
    auto seen = cluster.ask("POST", leases, lease("ag1", "a")).body;
    auto same = cluster.ask("PUT", leases + "/ag1", seen);
    CHECK(same.status == 200);
    CHECK(same.body == seen);
}

TEST_CASE("a patch with a uid spares a successor of the same name") {
    bench cluster;
    auto first = cluster.ask("POST", pods, pod("db-0", json::object())).body;
    CHECK(cluster.ask("DELETE", pods + "/db-0").status == 200);
    cluster.ask("POST", pods, pod("db-0", json::object()));
    json patch = {
        {"metadata", {{"uid", first["metadata"]["uid"]}, {"labels", {{"role", "primary"}}}}}};
    auto lost = cluster.merge(pods + "/db-0", patch);
    CHECK(lost.status == 422);
    CHECK_FALSE(cluster.ask("GET", pods + "/db-0").body["metadata"].contains("labels"));
}

TEST_CASE("a merge patch removes with null") {
    bench cluster;
    cluster.ask("POST", pods, pod("db-0", {{"role", "primary"}, {"app", "db"}}));
    auto left = cluster.merge(pods + "/db-0", {{"metadata", {{"labels", {{"role", nullptr}}}}}});
    CHECK(left.status == 200);
    CHECK(left.body["metadata"]["labels"] == json{{"app", "db"}});
}

TEST_CASE("lease times need their six decimals") {
    bench cluster;
    auto bad = lease("ag1", "a");
    bad["spec"]["renewTime"] = "2026-01-01T00:00:00Z";
    CHECK(cluster.ask("POST", leases, bad).status == 400);
    bad["spec"]["renewTime"] = "2026-01-01T00:00:00.000001Z";
    CHECK(cluster.ask("POST", leases, bad).status == 201);
}

TEST_CASE("the status endpoint leaves the rest alone, and the other way round") {
    bench cluster;
    cluster.ask("POST", pods, pod("db-0", json::object()));
    auto after = cluster.merge(pods + "/db-0/status",
                               {{"spec", {{"priority", 7}}}, {"status", {{"podIP", "10.0.0.1"}}}});
    CHECK(after.body["status"]["podIP"] == "10.0.0.1");
    CHECK(after.body["spec"]["priority"] == 0);
    auto same = cluster.merge(pods + "/db-0", {{"status", {{"podIP", "10.0.0.2"}}}});
    CHECK(same.body["status"]["podIP"] == "10.0.0.1");
}

TEST_CASE("deletion looks at its preconditions") {
    bench cluster;
    cluster.ask("POST", leases, lease("ag1", "a"));
    auto other = cluster.ask("DELETE", leases + "/ag1", {{"preconditions", {{"uid", "x"}}}});
    CHECK(other.status == 409);
    CHECK(cluster.ask("DELETE", leases + "/ag1").status == 200);
    CHECK(cluster.ask("GET", leases + "/ag1").status == 404);
}

TEST_CASE("a finalizer holds an object until it is taken away") {
    bench cluster;
    auto held = config_map("m", {{"a", "1"}});
    held["metadata"]["finalizers"] = {"example.com/hold"};
    cluster.ask("POST", maps, held);
    auto waiting = cluster.ask("DELETE", maps + "/m");
    CHECK(waiting.body["metadata"].contains("deletionTimestamp"));
    CHECK(cluster.ask("GET", maps + "/m").status == 200);
    CHECK(cluster.merge(maps + "/m", {{"metadata", {{"finalizers", nullptr}}}}).status == 200);
    CHECK(cluster.ask("GET", maps + "/m").status == 404);
}

TEST_CASE("a pod on a node is given its grace") {
    bench cluster;
    auto placed = pod("db-0", json::object());
    placed["spec"]["nodeName"] = "n1";
    cluster.ask("POST", pods, placed);
    auto going = cluster.ask("DELETE", pods + "/db-0");
    CHECK(going.body["metadata"]["deletionGracePeriodSeconds"] == 30);
    CHECK(cluster.ask("GET", pods + "/db-0").status == 200);
    cluster.ask("DELETE", pods + "/db-0?gracePeriodSeconds=0");
    CHECK(cluster.ask("GET", pods + "/db-0").status == 404);
}

TEST_CASE("a pod on a node whose owner is gone ends, and is gone when its node says so") {
    bench cluster;
    auto owner = cluster.ask("POST", maps, config_map("ag", json::object())).body;
    auto mine = pod("db-0", json::object());
    mine["spec"]["nodeName"] = "n1";
    mine["metadata"]["ownerReferences"] = json::array();
    mine["metadata"]["ownerReferences"].push_back({{"apiVersion", "v1"},
                                                   {"kind", "ConfigMap"},
                                                   {"name", "ag"},
                                                   {"uid", owner["metadata"]["uid"]}});
    cluster.ask("POST", pods, mine);
    cluster.ask("DELETE", maps + "/ag");
    CHECK(cluster.ask("GET", pods + "/db-0").body["metadata"].contains("deletionTimestamp"));
    cluster.ask("DELETE", pods + "/db-0?gracePeriodSeconds=0");
    CHECK(cluster.ask("GET", pods + "/db-0").status == 404);
}

TEST_CASE("what an owner leaves behind is collected") {
    bench cluster;
    auto owner = cluster.ask("POST", maps, config_map("owner", json::object())).body;
    auto child = config_map("child", json::object());
    child["metadata"]["ownerReferences"] = {{{"apiVersion", "v1"},
                                             {"kind", "ConfigMap"},
                                             {"name", "owner"},
                                             {"uid", owner["metadata"]["uid"]}}};
    cluster.ask("POST", maps, child);
    SECTION("in the background") {
        cluster.ask("DELETE", maps + "/owner");
        CHECK(cluster.ask("GET", maps + "/child").status == 404);
    }
    SECTION("unless it is orphaned") {
        cluster.ask("DELETE", maps + "/owner?propagationPolicy=Orphan");
        auto left = cluster.ask("GET", maps + "/child");
        CHECK(left.status == 200);
        CHECK_FALSE(left.body["metadata"].contains("ownerReferences"));
    }
    SECTION("in the foreground") {
        cluster.ask("DELETE", maps + "/owner?propagationPolicy=Foreground");
        CHECK(cluster.ask("GET", maps + "/child").status == 404);
        CHECK(cluster.ask("GET", maps + "/owner").status == 404);
    }
}
