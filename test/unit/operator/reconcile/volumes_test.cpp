// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

// What becomes of volumes is as the resource says, and no volume but a group's own is touched.

using ha::test::cluster_stage;
using ha::test::groups_path;
using ha::test::instances_path;
using ha::test::volumes_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string group = groups_path + "/mssql-ag";
const std::string set_path = "/apis/apps/v1/namespaces/default/statefulsets/mssql-ag";

std::string policy(cluster_stage& set, const std::string& volume) {
    return set.get(volumes_path + "/" + volume)["spec"]["persistentVolumeReclaimPolicy"];
}

json claims_policy(cluster_stage& set) {
    return set.get(set_path)["spec"]["persistentVolumeClaimRetentionPolicy"];
}

void ask(cluster_stage& set, const std::string& policy) {
    set.must("PATCH", group, {{"spec", {{"storage", {{"reclaimPolicy", policy}}}}}});
    set.pass(10s);
}

std::string ignored(cluster_stage& set) {
    auto resource = set.get(group);
    for (const auto& one : resource["status"]["conditions"])
        if (one["type"] == "FieldIgnored") return one["message"];
    return {};
}

}  // namespace

TEST_CASE("volumes of a group's claims are retained unless its resource says Delete") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    set.run_stateful_sets();
    set.make_volume("pv-0", "mssql-ag-0", "Bound");
    set.make_volume("pv-late", "mssql-ag-1", "Pending");
    set.make_volume("pv-former", "mssql-ag-0", "Released");
    set.make_volume("pv-other", "mssql-ag-10", "Bound");
    set.pass(10s);
    CHECK(policy(set, "pv-0") == "Retain");
    CHECK(policy(set, "pv-late") == "Delete");
    set.must("PATCH", volumes_path + "/pv-late/status", {{"status", {{"phase", "Bound"}}}});
    set.pass(10s);
    CHECK(policy(set, "pv-late") == "Retain");
    CHECK(claims_policy(set) == json{{"whenDeleted", "Retain"}, {"whenScaled", "Retain"}});
    CHECK(policy(set, "pv-former") == "Delete");
    CHECK(policy(set, "pv-other") == "Delete");
    CHECK(ignored(set).empty());

    // One that was kept when its claim went, whose name another claim has by now, stays kept.
    set.must("PATCH",
             volumes_path + "/pv-former",
             {{"spec", {{"persistentVolumeReclaimPolicy", "Retain"}}}});
    ask(set, "Delete");
    CHECK(policy(set, "pv-0") == "Delete");
    CHECK(policy(set, "pv-late") == "Delete");
    CHECK(policy(set, "pv-former") == "Retain");
    CHECK(claims_policy(set) == json{{"whenDeleted", "Delete"}, {"whenScaled", "Retain"}});
    ask(set, "Retain");
    CHECK(policy(set, "pv-0") == "Retain");
}

TEST_CASE("somebody who changes a volume's policy meets the resource's") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    set.run_stateful_sets();
    set.make_volume("pv-0", "mssql-ag-0", "Bound");
    set.pass(10s);
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
    set.must(
        "PATCH", volumes_path + "/pv-0", {{"spec", {{"persistentVolumeReclaimPolicy", "Delete"}}}});
    set.pass(10s);
    CHECK(policy(set, "pv-0") == "Retain");
}

TEST_CASE("volumes of a StatefulSet that is another's are left alone") {
    cluster_stage set;
    cluster_stage::life life{set};
    json labels{{"app", "mssql-ag"}};
    json container{{"name", "db"}, {"image", "db"}};
    json pods{{"metadata", {{"labels", labels}}},
              {"spec", {{"containers", json::array({container})}}}};
    json spec{{"serviceName", "db"}, {"selector", {{"matchLabels", labels}}}, {"template", pods}};
    set.must("POST",
             "/apis/apps/v1/namespaces/default/statefulsets",
             {{"metadata", {{"name", "mssql-ag"}}}, {"spec", spec}});
    set.make_volume("pv-0", "mssql-ag-0", "Bound");
    set.make_group();
    set.pass(1min);
    CHECK(policy(set, "pv-0") == "Delete");
}

TEST_CASE("an operator of one namespace says that volumes are not its own to change") {
    cluster_stage set;
    cluster_stage::life life{set, "mssql-ha:1", "default"};
    set.make_group();
    set.pass(10s);
    set.run_stateful_sets();
    set.make_volume("pv-0", "mssql-ag-0", "Bound");
    set.pass(10s);
    CHECK(policy(set, "pv-0") == "Delete");
    CHECK(ignored(set) ==
          "storage.reclaimPolicy is Retain and decides about the claims alone: an operator of one "
          "namespace may not change volumes, which keep the policy of their storage class. "
          "`kubectl patch pv` sets it by hand");
    for (const auto& [what, times] : set.asked(true))
        CHECK(what.find("persistentvolumes") == std::string::npos);
}
