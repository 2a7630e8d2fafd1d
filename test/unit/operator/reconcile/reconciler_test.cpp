// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

using ha::test::cluster_stage;
using ha::test::groups_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string maps = "/api/v1/namespaces/default/configmaps/";
const std::string services = "/api/v1/namespaces/default/services/";
const std::string sets = "/apis/apps/v1/namespaces/default/statefulsets/";
const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/";
const std::string policies = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/";
const std::string group = groups_path + "/mssql-ag";

json condition(const json& resource, const std::string& type) {
    for (const auto& one : resource["status"]["conditions"])
        if (one["type"] == type) return one;
    return {{"status", "absent"}};
}

// What supervisors write once the group stands.
void form_group(cluster_stage& set, const std::string& primary) {
    json state{{"group", "AG1"},
               {"groupId", "g-1"},
               {"primary", primary},
               {"replicas",
                {{{"name", "mssql-ag-0"},
                  {"role", "primary"},
                  {"synchronization", "synchronized"},
                  {"connected", true}},
                 {{"name", "mssql-ag-1"},
                  {"role", "secondary"},
                  {"synchronization", "notSynchronizing"},
                  {"connected", true}},
                 {{"name", "mssql-ag-2"}, {"role", "secondary"}}}}};
    set.must(
        "PATCH", maps + "mssql-ag-state", {{"data", {{"format", "1"}, {"state", state.dump()}}}});
    set.must("PATCH",
             leases + "mssql-ag",
             {{"spec", {{"holderIdentity", primary + "_uid"}, {"leaseDurationSeconds", 15}}}});
}

}  // namespace

TEST_CASE("a custom resource becomes a group's objects and a status that says what is missing") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    for (const auto* name : {"mssql-ag", "mssql-ag-state", "mssql-ag-ha", "mssql-ag-mssql-conf"})
        CHECK_FALSE(set.get(maps + name).is_null());
    for (const auto* name : {"mssql-ag-headless", "mssql-ag-listener", "mssql-ag-listener-ro"})
        CHECK_FALSE(set.get(services + name).is_null());
    auto uid = set.get(group)["metadata"]["uid"];
    CHECK(set.get(sets + "mssql-ag")["metadata"]["ownerReferences"][0]["uid"] == uid);
    CHECK_FALSE(set.get(leases + "mssql-ag").is_null());
    CHECK(set.get("/api/v1/namespaces/default/secrets/mssql-ag-ha")["data"].contains("ca.key"));
    auto made = set.get(group);
    CHECK(made["status"]["phase"] == "Initializing");
    CHECK(made["status"]["observedGeneration"] == 1);
    CHECK(condition(made, "Ready")["status"] == "False");
    CHECK(condition(made, "Ready")["reason"] == "Initializing");
    CHECK(condition(made, "ChangeRefused")["status"] == "absent");
}

TEST_CASE("nothing is sent when nothing changed") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(1min);
    form_group(set, "mssql-ag-0");
    set.pass(1min);
    auto before = set.asked();
    set.pass(1h);
    CHECK(set.asked() == before);
    // Supervisors renew the Lease all the time.
    set.must(
        "PATCH", leases + "mssql-ag", {{"spec", {{"renewTime", "2026-01-01T00:00:00.000000Z"}}}});
    set.pass(1min);
    CHECK(set.asked() == before);
}

TEST_CASE("what supervisors report becomes the status, and its news become Events") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    form_group(set, "mssql-ag-0");
    set.pass(10s);
    auto made = set.get(group);
    CHECK(made["status"]["phase"] == "Running");
    CHECK(made["status"]["primaryReplica"] == "mssql-ag-0");
    CHECK(made["status"]["initializationComplete"] == true);
    CHECK(made["status"]["replicaStatuses"][1]["synchronizationState"] == "NOT SYNCHRONIZING");
    CHECK(condition(made, "Ready")["reason"] == "PrimaryHealthy");
    set.must("PATCH", leases + "mssql-ag", {{"spec", {{"holderIdentity", ""}}}});
    set.pass(10s);
    CHECK(set.get(group)["status"]["phase"] == "FailingOver");
    std::vector<std::string> told;
    auto events = set.get("/apis/events.k8s.io/v1/namespaces/default/events");
    for (const auto& one : events["items"])
        told.push_back(one["type"].get<std::string>() + " " + one["reason"].get<std::string>());
    CHECK(told == std::vector<std::string>{
                      "Normal Initializing", "Normal PrimaryHealthy", "Warning NoPrimary"});
}

TEST_CASE("a pod that holds the Lease in a pause and is primary no more is not called primary") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    form_group(set, "mssql-ag-0");
    set.make_pod("mssql-ag-0");
    for (const auto* role : {"primary", "secondary", "primary"}) {
        INFO(role);
        set.label("mssql-ag-0", role);
        set.make_ready("mssql-ag-0");
        set.pass(10s);
        auto status = set.get(group)["status"];
        bool leads = role == std::string("primary");
        CHECK(condition(set.get(group), "Available")["status"] == (leads ? "True" : "False"));
        CHECK(status.contains("primaryReplica") == leads);
    }
}

TEST_CASE("a primary that is waited for, whose node is gone, is not called available") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    form_group(set, "mssql-ag-0");
    set.make_pod("mssql-ag-0");
    set.label("mssql-ag-0", "primary");
    for (const auto* ready : {"True", "Unknown", "True"}) {
        INFO(ready);
        set.make_ready("mssql-ag-0", ready);
        set.pass(10s);
        CHECK(condition(set.get(group), "Available")["status"] ==
              (ready == std::string("True") ? "True" : "False"));
        CHECK(set.get(group)["status"]["primaryReplica"] == "mssql-ag-0");
    }
}

TEST_CASE("an object of a wanted name that we did not make is never touched") {
    cluster_stage set;
    cluster_stage::life life{set};
    json stranger{{"apiVersion", "v1"},
                  {"kind", "Service"},
                  {"metadata", {{"name", "mssql-ag-listener"}}},
                  {"spec", {{"ports", {{{"port", 80}}}}}}};
    set.must("POST", services, stranger);
    auto before = set.get(services + "mssql-ag-listener");
    set.make_group();
    set.pass(10min);
    CHECK(set.get(services + "mssql-ag-listener") == before);
    auto made = set.get(group);
    CHECK(condition(made, "NameTaken")["status"] == "True");
    CHECK(condition(made, "Ready")["reason"] == "NameTaken");
    auto words = condition(made, "NameTaken")["message"].get<std::string>();
    CHECK(words.find("Service default/mssql-ag-listener") != std::string::npos);
    // The rest is made all the same; and the stranger once gone, so is ours.
    CHECK_FALSE(set.get(sets + "mssql-ag").is_null());
    set.must("DELETE", services + "mssql-ag-listener");
    set.pass(10min);
    CHECK(set.get(services + "mssql-ag-listener")["spec"]["ports"][0]["port"] == 1433);
    CHECK(condition(set.get(group), "NameTaken")["status"] == "absent");
}

TEST_CASE("a field that somebody else manages is told with his name and not taken back") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    json scaled{{"apiVersion", "apps/v1"},
                {"kind", "StatefulSet"},
                {"metadata", {{"name", "mssql-ag"}}},
                {"spec", {{"replicas", 5}}}};
    set.must("PATCH", sets + "mssql-ag?fieldManager=somebody", scaled);
    set.pass(10min);
    CHECK(set.get(sets + "mssql-ag")["spec"]["replicas"] == 5);
    auto told = condition(set.get(group), "FieldConflict");
    CHECK(told["status"] == "True");
    auto words = told["message"].get<std::string>();
    CHECK(words.find("somebody") != std::string::npos);
    CHECK(words.find(".spec.replicas") != std::string::npos);
}

TEST_CASE("what is taken away comes back, what is not wanted any more goes") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    set.must("DELETE", leases + "mssql-ag");
    set.must("DELETE", maps + "mssql-ag-ha");
    set.must(
        "PATCH", services + "mssql-ag-headless", {{"metadata", {{"labels", {{"app", nullptr}}}}}});
    set.must("PATCH", group, {{"spec", {{"readOnlyListener", nullptr}}}});
    set.pass(10s);
    CHECK_FALSE(set.get(leases + "mssql-ag").is_null());
    CHECK_FALSE(set.get(maps + "mssql-ag-ha").is_null());
    CHECK(set.get(services + "mssql-ag-headless")["metadata"]["labels"]["app"] == "mssql-ag");
    CHECK(set.get(services + "mssql-ag-listener-ro").is_null());
    CHECK(set.get(group)["status"]["observedGeneration"] == 2);
}

TEST_CASE("an operator of another version changes nothing of a group that is there") {
    cluster_stage set;
    set.make_group();
    {
        cluster_stage::life old{set};
        set.pass(1min);
    }
    auto before = set.get(sets + "mssql-ag");
    cluster_stage::life fresh{set, "mssql-ha:2"};
    set.pass(1min);
    CHECK(fresh.reconciler.count().passes_done > 0);
    CHECK(set.get(sets + "mssql-ag") == before);
    set.must("PATCH", group, {{"spec", {{"ha", {{"supervisorImage", "mssql-ha:2"}}}}}});
    set.pass(1min);
    auto after = set.get(sets + "mssql-ag")["spec"]["template"]["spec"]["initContainers"][0];
    CHECK(after["image"] == "mssql-ha:2");
}

TEST_CASE("a deleted group leaves nothing, and the same group can be made again") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    auto first = set.everything();
    set.must("DELETE", group);
    set.pass(10s);
    CHECK(set.everything().is_null());
    set.make_group();
    set.pass(10s);
    CHECK(set.everything() == first);
}

TEST_CASE("a resource is freed of the community operator's finalizer, and of no other") {
    cluster_stage set;
    auto resource = set.sample();
    resource["metadata"]["finalizers"] = {"sql.mssql.microsoft.com/ag-finalizer",
                                          "example.com/hold"};
    set.must("POST", groups_path, resource);
    set.must("DELETE", group);
    cluster_stage::life life{set};
    set.pass(10s);
    CHECK(set.get(group)["metadata"]["finalizers"] == json{"example.com/hold"});
    CHECK(set.get(sets + "mssql-ag").is_null());
    set.must("PATCH", group, {{"metadata", {{"finalizers", nullptr}}}});
    set.pass(10s);
    CHECK(set.everything().is_null());
}

TEST_CASE("a resource that makes no sense is told what is wrong, and nothing is made") {
    cluster_stage set;
    cluster_stage::life life{set};
    auto resource = set.sample();
    resource["metadata"]["name"] = "a-group-with-a-long-name";
    set.must("POST", groups_path, resource);
    set.pass(10s);
    auto seen = set.get(groups_path + "/a-group-with-a-long-name");
    auto told = condition(seen, "InvalidSpec")["message"].get<std::string>();
    CHECK(told.find("SQL Server takes 15 at most") != std::string::npos);
    CHECK(seen["status"]["phase"] == "Failed");
    CHECK(set.everything().size() == 1);
}

TEST_CASE("an API server that is away for a while is waited for, each time longer") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.pass(10s);
    set.server.faults().add(
        {.what = ha::kubesim::fault::kind::status, .status = 503, .verb = "patch"});
    set.make_group();
    set.pass(10min);
    auto tried = set.asked()["patch serviceaccounts"];
    CHECK(tried > 5);
    CHECK(tried < 15);
    set.server.faults().clear();
    set.pass(5min);
    CHECK(condition(set.get(group), "Ready")["reason"] == "Initializing");
}

TEST_CASE("a server that asks to come back later is no warning, one that fails is") {
    auto [status, event] =
        GENERATE(std::pair{429, "operator_watch_waits"}, std::pair{503, "operator_watch_failed"});
    cluster_stage set;
    set.server.faults().add({.what = ha::kubesim::fault::kind::status,
                             .status = status,
                             .verb = "list",
                             .resource = "sqlservers",
                             .left = 1});
    cluster_stage::life life{set};
    set.make_group();
    set.pass(1min);
    CHECK(set.log.said[event] == 1);
    CHECK(set.log.said["operator_watch_waits"] + set.log.said["operator_watch_failed"] == 1);
    CHECK(condition(set.get(group), "Ready")["reason"] == "Initializing");
}

TEST_CASE("a NetworkPolicy of the group's name that is somebody else's is left alone") {
    cluster_stage set;
    cluster_stage::life life{set};
    set.must("POST",
             policies,
             {{"metadata", {{"name", "mssql-ag"}}}, {"spec", {{"podSelector", json::object()}}}});
    auto theirs = set.get(policies + "mssql-ag");
    auto wanted = set.sample();
    wanted["spec"]["ha"]["networkPolicy"]["enabled"] = true;
    set.must("POST", groups_path, wanted);
    set.pass(1min);
    CHECK(set.get(policies + "mssql-ag") == theirs);
    CHECK(condition(set.get(group), "NameTaken")["status"] == "True");
    // Nor when nobody asks for one any more.
    set.must("PATCH", group, {{"spec", {{"ha", {{"networkPolicy", nullptr}}}}}});
    set.pass(1min);
    CHECK(set.get(policies + "mssql-ag") == theirs);
    CHECK(condition(set.get(group), "NameTaken")["status"] == "absent");
}

TEST_CASE("every right that the chart grants is used, and no other is missed") {
    cluster_stage set;
    json stranger{{"metadata", {{"name", "mssql-ag"}}}, {"spec", json::object()}};
    set.must("POST", leases, stranger);
    cluster_stage::life life{set};
    set.make_group();
    set.pass(10s);
    set.must("DELETE", leases + "mssql-ag");
    set.pass(5min);
    set.run_stateful_sets();
    set.make_volume("pv-0", "mssql-ag-0", "Bound");
    json apart{{"networkPolicy", {{"enabled", true}}}};
    set.must("PATCH", group, {{"spec", {{"ha", apart}}}});
    set.pass(10s);
    CHECK_FALSE(set.get(policies + "mssql-ag").is_null());
    apart["networkPolicy"]["enabled"] = false;
    set.must(
        "PATCH", group, {{"spec", {{"listener", nullptr}, {"image", "another"}, {"ha", apart}}}});
    set.pass(10s);
    set.run_stateful_sets();
    set.must("POST", ha::test::instances_path, set.instance());
    set.must("POST", ha::test::servers_path, set.preview(1));
    set.pass(1min);
    CHECK(set.get(policies + "mssql-ag").is_null());
    CHECK(condition(set.get(group), "ApplyFailed")["status"] == "absent");
    CHECK(life.reconciler.count().events_dropped == 0);
    auto asked = set.asked(true);
    auto rules = set.rules("work");
    for (const auto& one : set.rules("cluster")) rules.push_back(one);
    for (const auto& rule : rules)
        for (const auto& resource : rule["resources"])
            for (std::string verb : rule["verbs"]) {
                std::string plural = resource;
                plural.resize(std::min(plural.size(), plural.find('/')));
                INFO(verb << " " << resource);
                // An apply to nothing is a creation, too.
                bool applied = verb == "create" && asked.contains("patch " + plural);
                CHECK((applied || asked.contains(verb + " " + plural)));
            }
}
