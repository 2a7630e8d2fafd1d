// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/living_group.hpp"

// Pods whose template changed are replaced in a cluster with a StatefulSet controller, kubelets and
// supervisors that do what they are asked.

using ha::test::cluster_stage;
using ha::test::lines;
using ha::test::maps;
using ha::test::pods_path;
using ha::test::sample_path;
using ha::test::servers_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

using rolling = ha::test::living_group;

const lines all_of_it{
    "mssql-ag-2 is made", "mssql-ag-1 is made", "mssql-ag-1 leads", "mssql-ag-0 is made"};

// What `kubectl events` shows of it.
const lines steps{
    "Normal Rolling: 0 of 3 pods are as asked. mssql-ag-2 is replaced.",
    "Normal Rolling: 0 of 3 pods are as asked. mssql-ag-2 is on its way.",
    "Normal Rolling: 1 of 3 pods are as asked. mssql-ag-2 is not ready.",
    "Normal Rolling: 1 of 3 pods are as asked. mssql-ag-1 is replaced.",
    "Normal Rolling: 1 of 3 pods are as asked. mssql-ag-1 is on its way.",
    "Normal Rolling: 2 of 3 pods are as asked. mssql-ag-1 is not ready.",
    "Normal Rolling: 2 of 3 pods are as asked. mssql-ag-0 is to hand over to mssql-ag-1.",
    "Normal Rolling: 2 of 3 pods are as asked. mssql-ag-0 is replaced.",
    "Normal Rolling: 2 of 3 pods are as asked. mssql-ag-0 is on its way.",
    "Normal Rolling: 3 of 3 pods are as asked. mssql-ag-0 is not ready.",
    "Normal Rolled: All pods are as asked."};

}  // namespace

TEST_CASE("another image is rolled: secondaries one by one, a switchover, the old primary") {
    rolling set;
    cluster_stage::life life{set};
    auto told_before = set.events().size();
    set.change_image("engine:2");
    set.pass_minutes(2);
    CHECK(set.happened == all_of_it);
    for (const auto& pod : set.members)
        CHECK(set.get(pods_path + pod)["spec"]["containers"][0]["image"] == "engine:2");
    CHECK(set.condition("Rolling").is_null());
    CHECK_FALSE(set.get(maps + "mssql-ag")["data"].contains("cordonSwitchover"));
    auto told = set.events();
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(told_before));
    std::string expected;
    for (const auto& one : steps) expected += one + "\n";
    std::string seen;
    for (const auto& one : told) seen += one + "\n";
    CHECK(seen == expected);
    // And then there is nothing left to do.
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
}

TEST_CASE("`kubectl rollout restart` is rolled just the same") {
    rolling set;
    cluster_stage::life life{set};
    json restarted{{"annotations", {{"kubectl.kubernetes.io/restartedAt", "now"}}}};
    set.must("PATCH",
             "/apis/apps/v1/namespaces/default/statefulsets/mssql-ag?fieldManager=kubectl-rollout",
             {{"spec", {{"template", {{"metadata", restarted}}}}}});
    set.pass_minutes(2);
    CHECK(set.happened == all_of_it);
    CHECK(set.condition("FieldConflict").is_null());
}

TEST_CASE("a pod that does not become ready stops the roll, and it goes on when that is mended") {
    rolling set;
    auto life = std::make_unique<cluster_stage::life>(set);
    set.change_image("engine:broken");
    set.sick = {"mssql-ag-2"};
    set.pass_minutes(1);
    set.pass(8min);
    CHECK(set.condition("Rolling")["reason"] == "PodNotReady");
    set.pass(2min);
    CHECK(set.happened == lines{"mssql-ag-2 is made"});
    CHECK(set.condition("Rolling").is_null());
    auto stopped = set.condition("RollStopped");
    CHECK(stopped["reason"] == "PodNotReady");
    CHECK(stopped["message"].get<std::string>().starts_with(
        "1 of 3 pods are as asked. mssql-ag-2 is not ready. `kubectl describe pod mssql-ag-2`"));
    CHECK(set.condition("Ready")["status"] == "True");
    SECTION("by itself, even when another operator has to see it") {
        life.reset();
        life = std::make_unique<cluster_stage::life>(set);
        set.pass_minutes(1);
        CHECK(set.condition("RollStopped") == stopped);
        set.sick.clear();
        set.pass_minutes(2);
        CHECK(set.happened == all_of_it);
    }
    SECTION("by another change of the resource, which begins with the broken pod") {
        set.change_image("engine:mended");
        set.tick();
        set.sick.clear();
        set.pass_minutes(2);
        lines twice{"mssql-ag-2 is made"};
        twice.insert(twice.end(), all_of_it.begin(), all_of_it.end());
        CHECK(set.happened == twice);
    }
    CHECK(set.condition("RollStopped").is_null());
}

TEST_CASE("replicas that are not synchronized stop the roll before the next pod") {
    rolling set;
    cluster_stage::life life{set};
    set.change_image("engine:2");
    while (set.happened.empty()) set.tick();
    set.fallen_behind = true;
    set.lead();
    set.pass(11min);
    CHECK(set.condition("RollStopped")["reason"] == "NotSynchronized");
    CHECK(set.happened.size() == 1);
    set.fallen_behind = false;
    set.pass_minutes(2);
    CHECK(set.happened == all_of_it);
}

TEST_CASE("a refused switchover stops the roll, and is asked for again") {
    rolling set;
    cluster_stage::life life{set};
    set.refusal = "Its redo is too long.";
    set.change_image("engine:2");
    set.pass_minutes(2);
    CHECK(set.happened == lines{"mssql-ag-2 is made", "mssql-ag-1 is made", "refused"});
    auto told = set.condition("RollStopped");
    CHECK(told["reason"] == "SwitchoverRefused");
    CHECK(told["message"] ==
          "2 of 3 pods are as asked. mssql-ag-0 is to hand over to mssql-ag-1 and refuses: Its "
          "redo is too long. It is asked again every 5 minutes.");
    set.refusal.clear();
    set.pass(4min);
    set.pass_minutes(2);
    CHECK(set.happened == lines{"mssql-ag-2 is made",
                                "mssql-ag-1 is made",
                                "refused",
                                "mssql-ag-1 leads",
                                "mssql-ag-0 is made"});
    CHECK(set.condition("RollStopped").is_null());
}

TEST_CASE("a paused group is rolled when the pause ends") {
    rolling set;
    cluster_stage::life life{set};
    set.must("PATCH", sample_path, {{"spec", {{"image", "engine:2"}, {"ha", {{"pause", true}}}}}});
    set.pass_minutes(1);
    set.pass(20min);
    CHECK(set.happened.empty());
    CHECK(set.condition("Rolling")["reason"] == "Paused");
    set.must("PATCH", sample_path, {{"spec", {{"ha", {{"pause", false}}}}}});
    set.pass_minutes(2);
    CHECK(set.happened == all_of_it);
}

TEST_CASE("a disruption budget that allows nothing now is waited for") {
    rolling set;
    cluster_stage::life life{set};
    set.server.faults().add({.what = ha::kubesim::fault::kind::status,
                             .status = 429,
                             .verb = "create",
                             .resource = "pods"});
    set.change_image("engine:2");
    set.pass_minutes(2);
    CHECK(set.happened.empty());
    CHECK(set.condition("Rolling")["reason"] == "DisruptionBudget");
    set.server.faults().clear();
    set.pass_minutes(2);
    CHECK(set.happened == all_of_it);
}

TEST_CASE("SqlServers of one group that were all changed at once are rolled one at a time") {
    rolling set{"ag1", {"mssql1-0", "mssql2-0", "mssql3-0"}};
    cluster_stage::life life{set};
    for (int number : {1, 2, 3}) set.must("POST", servers_path, set.preview(number));
    set.pass(10s);
    for (int i = 0; i < 3; ++i) set.tick();
    set.happened.clear();
    for (const auto* name : {"/mssql1", "/mssql2", "/mssql3"})
        set.must("PATCH",
                 servers_path + name,
                 {{"spec", {{"sqlServerContainer", {{"image", "engine:2"}}}}}});
    set.pass_minutes(2);
    CHECK(set.happened ==
          lines{"mssql3-0 is made", "mssql2-0 is made", "mssql2-0 leads", "mssql1-0 is made"});
    for (const auto* name : {"/mssql1", "/mssql2", "/mssql3"})
        CHECK(set.condition("Rolling", servers_path + name).is_null());
}

TEST_CASE("killed: a roll goes on with the next operator, and no pod is replaced twice",
          "[.][kills]") {
    for (std::size_t n = 1;; ++n) {
        rolling set;
        bool died = false;
        {
            cluster_stage::life cut_short{set};
            set.pass(10s);
            cut_short.api.dies_after = cut_short.api.writes + n;
            set.change_image("engine:2");
            set.pass_minutes(2);
            died = cut_short.api.dead();
        }
        cluster_stage::life next{set};
        if (died) set.pass_minutes(2);
        INFO("killed after write " << n);
        CHECK(set.happened == all_of_it);
        CHECK(set.condition("Rolling").is_null());
        if (!died) {
            CHECK(n > 10);
            WARN("a roll: killed after each of " << n - 1 << " writes");
            break;
        }
    }
}
