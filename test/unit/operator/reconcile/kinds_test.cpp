// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

// The kinds beside the availability group, in a cluster.

using ha::test::cluster_stage;
using ha::test::instances_path;
using ha::test::servers_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string maps = "/api/v1/namespaces/default/configmaps/";
const std::string secrets = "/api/v1/namespaces/default/secrets/";
const std::string services = "/api/v1/namespaces/default/services/";
const std::string sets = "/apis/apps/v1/namespaces/default/statefulsets/";
const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/";

json condition(const json& resource, const std::string& type) {
    for (const auto& one : resource["status"]["conditions"])
        if (one["type"] == type) return one;
    return {{"status", "absent"}};
}

std::vector<std::string> wanted_replicas(cluster_stage& set) {
    std::vector<std::string> names;
    auto map = set.get(maps + "ag1");
    if (map.is_null()) return names;
    auto spec = json::parse(map["data"]["spec"].get<std::string>());
    for (const auto& one : spec["replicas"]) names.push_back(one["name"]);
    return names;
}

void make_server(cluster_stage& set, int number) {
    set.must("POST", servers_path, set.preview(number));
}

std::vector<std::string> owners(const json& what) {
    std::vector<std::string> names;
    for (const auto& one : what["metadata"]["ownerReferences"]) names.push_back(one["name"]);
    return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("an instance becomes a StatefulSet of one and a Service, and says how it is") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.must("POST", instances_path, set.instance());
    set.pass(10s);
    auto pods = set.get(sets + "mssql-standalone");
    CHECK(pods["spec"]["replicas"] == 1);
    CHECK(set.get(services + "mssql-standalone")["spec"]["selector"]["app"] == "mssql-standalone");
    auto made = set.get(instances_path + "/mssql-standalone");
    CHECK(made["status"]["phase"] == "Pending");
    CHECK(condition(made, "Ready")["reason"] == "NotReady");
    CHECK(condition(made, "Initialized")["status"] == "absent");
    CHECK(set.get(leases + "mssql-standalone").is_null());

    set.must("PATCH", sets + "mssql-standalone/status", {{"status", {{"readyReplicas", 1}}}});
    set.pass(10s);
    made = set.get(instances_path + "/mssql-standalone");
    CHECK(made["status"]["phase"] == "Running");
    CHECK(made["status"]["readyReplicas"] == 1);
    CHECK(made["status"]["serviceName"] == "mssql-standalone-headless");
    CHECK(made["status"]["currentImage"] == "mcr.microsoft.com/mssql/server:2022-latest");
    set.must("DELETE", instances_path + "/mssql-standalone");
    set.pass(10s);
    CHECK(set.everything().is_null());
}

TEST_CASE("instances of the preview form their group one after another, in any order") {
    for (auto order : {std::array{1, 2, 3}, std::array{3, 1, 2}}) {
        cluster_stage set;
        cluster_stage::life life{set};
        for (auto number : order) {
            make_server(set, number);
            set.pass(10min);
        }
        names wanted;
        for (auto number : order) wanted.push_back("mssql" + std::to_string(number) + "-0");
        CHECK(wanted_replicas(set) == wanted);
        for (const auto& shared : {maps + "ag1", maps + "ag1-state", leases + "ag1"}) {
            auto made = set.get(shared);
            CHECK(owners(made).size() == 3);
            for (const auto& one : made["metadata"]["ownerReferences"])
                CHECK_FALSE(one.value("controller", false));
        }
        // Every supervisor may watch every pod of the group.
        auto role =
            set.get("/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/mssql1-ha");
        CHECK(role["rules"][3]["resourceNames"].size() == 3);
        CHECK(set.get(secrets + "ag1-ha")["data"].contains("ca.key"));
        auto before = set.asked();
        set.pass(1h);
        CHECK(set.asked() == before);
    }
}

TEST_CASE("a deleted instance leaves its group, and the last takes all of it along") {
    cluster_stage set;
    cluster_stage::life life{set};
    for (auto number : {1, 2, 3}) make_server(set, number);
    set.pass(10s);
    auto authority = set.get(secrets + "ag1-ha")["data"];
    set.must("DELETE", servers_path + "/mssql1");
    set.pass(1min);
    CHECK(wanted_replicas(set) == names{"mssql2-0", "mssql3-0"});
    CHECK(owners(set.get(leases + "ag1")) == names{"mssql2", "mssql3"});
    CHECK(set.get(sets + "mssql1").is_null());
    // The others go on with the certificates that they have.
    CHECK(set.get(secrets + "ag1-ha")["data"] == authority);
    for (const auto* name : {"/mssql2", "/mssql3"}) set.must("DELETE", servers_path + name);
    set.pass(1min);
    CHECK(set.everything().is_null());
}

TEST_CASE("who leads is told in the preview's ConfigMap and in every instance's status") {
    cluster_stage set;
    cluster_stage::life life{set};
    for (auto number : {1, 2}) make_server(set, number);
    set.pass(10s);
    json state{
        {"group", "ag1"}, {"groupId", "g-1"}, {"primary", "mssql2-0"}, {"replicas", json::array()}};
    set.must("PATCH", maps + "ag1-state", {{"data", {{"format", "1"}, {"state", state.dump()}}}});
    set.must("PATCH",
             leases + "ag1",
             {{"spec", {{"holderIdentity", "mssql2-0_uid"}, {"leaseDurationSeconds", 15}}}});
    set.pass(10s);
    CHECK(set.get(maps + "ag1")["data"]["leader"] == "mssql2-0");
    for (const auto* name : {"/mssql1", "/mssql2"}) {
        auto made = set.get(servers_path + name);
        CHECK(made["status"]["primaryReplica"] == "mssql2-0");
        CHECK(made["status"]["phase"] == "Running");
    }
    // What supervisors and people wrote is theirs.
    CHECK(set.get(leases + "ag1")["spec"]["leaseDurationSeconds"] == 15);
}

TEST_CASE("one whose spec is spoilt is not dropped from the group, and all its members are told") {
    cluster_stage set;
    cluster_stage::life life{set};
    for (auto number : {1, 2}) make_server(set, number);
    set.pass(10s);
    set.must("PATCH", servers_path + "/mssql2", {{"spec", {{"acceptEula", false}}}});
    set.pass(10s);
    CHECK(wanted_replicas(set) == names{"mssql1-0", "mssql2-0"});
    auto words = condition(set.get(servers_path + "/mssql2"), "InvalidSpec")["message"];
    CHECK(words.get<std::string>().find("spec.acceptEula") != std::string::npos);
    words = condition(set.get(servers_path + "/mssql1"), "InvalidSpec")["message"];
    CHECK(words.get<std::string>().find("another SqlServer of ag1, mssql2") != std::string::npos);
}

TEST_CASE("of two resources that want an object of one name, the second leaves it alone") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    auto before = set.get(maps + "mssql-ag-ha");
    auto instance = set.instance();
    instance["metadata"]["name"] = "mssql-ag";
    set.must("POST", instances_path, instance);
    set.pass(1min);
    CHECK(set.get(maps + "mssql-ag-ha") == before);
    CHECK(set.get(sets + "mssql-ag")["spec"]["replicas"] == 3);
    auto told = condition(set.get(instances_path + "/mssql-ag"), "NameTaken");
    CHECK(told["message"].get<std::string>().find("StatefulSet default/mssql-ag") !=
          std::string::npos);
}
