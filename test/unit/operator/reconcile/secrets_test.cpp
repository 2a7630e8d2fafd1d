// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

// Secrets are made and never read: what is missing of them is known from those who wait for it.

using ha::test::cluster_stage;
using ha::test::groups_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string pods = "/api/v1/namespaces/default/pods";

json condition(cluster_stage& set, const std::string& type) {
    auto resource = set.get(groups_path + "/mssql-ag");
    for (const auto& one : resource["status"]["conditions"])
        if (one["type"] == type) return one;
    return {{"status", "absent"}};
}

// As the kubelet writes it.
void tell(cluster_stage& set, const json& state) {
    json container{{"name", "mssql"}, {"state", state}};
    set.must("PATCH",
             pods + "/mssql-ag-0/status",
             {{"status", {{"phase", "Pending"}, {"containerStatuses", {container}}}}});
    set.pass(10s);
}

}  // namespace

TEST_CASE("a missing Secret is told in the words of the pod that waits for it") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    set.make_pod("mssql-ag-0");
    set.pass(10s);
    CHECK(condition(set, "SecretMissing")["status"] == "absent");

    tell(set,
         {{"waiting",
           {{"reason", "CreateContainerConfigError"},
            {"message", "secret \"mssql-ag-secret\" not found"}}}});
    CHECK(condition(set, "Ready")["reason"] == "SecretMissing");
    auto told = condition(set, "SecretMissing");
    CHECK(told["reason"] == "CreateContainerConfigError");
    CHECK(told["message"] ==
          "mssql-ag-0: secret \"mssql-ag-secret\" not found. Make it in this namespace, and the "
          "pods go on by themselves.");

    tell(set, {{"running", json::object()}});
    CHECK(condition(set, "SecretMissing")["status"] == "absent");
    CHECK(condition(set, "Ready")["reason"] == "Initializing");
}

TEST_CASE("no rule of the chart lets anybody read a Secret") {
    for (const auto* name : {"work", "cluster", "handed-on", "lead"})
        for (const auto& rule : cluster_stage::rules(name))
            for (const std::string resource : rule["resources"]) {
                INFO(name << ": " << rule.dump());
                CHECK(resource != "*");
                if (resource == "secrets") CHECK(rule["verbs"] == json::array({"create"}));
            }
}
