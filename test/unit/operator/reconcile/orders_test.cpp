// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/operator/reconcile/stage.hpp"

// What people order by the resource, and a cordoned node, as supervisors get to read it; and what
// the resource says of it.

using ha::test::cluster_stage;
using ha::test::groups_path;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string maps = "/api/v1/namespaces/default/configmaps/";
const std::string group = groups_path + "/mssql-ag";

struct ordered : cluster_stage {
    ordered() {
        make_group();
        pass(10s);
    }
    cluster_stage::life life{*this};

    void annotate(const std::string& name, const json& words) {
        must("PATCH",
             group + "?fieldManager=kubectl-annotate",
             {{"metadata", {{"annotations", {{name, words}}}}}});
        pass(5s);
    }
    void wish(const json& ha) {
        must("PATCH", group + "?fieldManager=kubectl-edit", {{"spec", {{"ha", ha}}}});
        pass(5s);
    }
    // An entry of the requests ConfigMap; null when it is not there.
    json entry(const std::string& name) {
        auto data = get(maps + "mssql-ag")["data"];
        return data.contains(name) ? json::parse(data[name].get<std::string>()) : json{};
    }
    json status() { return get(group)["status"]; }
    json condition(const std::string& type) {
        auto now = status();
        for (const auto& one : now["conditions"])
            if (one["type"] == type) return one;
        return {};
    }
    // What the primary of this term reports, all others being synchronized.
    void lead(const std::string& primary, int term, json answers = json::array()) {
        json replicas = json::array();
        for (const std::string name : {"mssql-ag-0", "mssql-ag-1", "mssql-ag-2"})
            replicas.push_back({{"name", name},
                                {"role", name == primary ? "primary" : "secondary"},
                                {"synchronization", "synchronized"},
                                {"connected", true}});
        json state{{"groupId", "g-1"},
                   {"primary", primary},
                   {"term", term},
                   {"replicas", replicas},
                   {"answers", std::move(answers)}};
        must("PATCH",
             maps + "mssql-ag-state",
             {{"data", {{"format", "1"}, {"state", state.dump()}}}});
        must("PATCH",
             "/apis/coordination.k8s.io/v1/namespaces/default/leases/mssql-ag",
             {{"spec", {{"holderIdentity", primary + "_uid"}, {"leaseDurationSeconds", 15}}}});
        pass(5s);
    }
    std::vector<std::string> events() {
        std::vector<std::string> told;
        auto listed = get("/apis/events.k8s.io/v1/namespaces/default/events");
        for (const auto& one : listed["items"])
            told.push_back(one["type"].get<std::string>() + " " + one["reason"].get<std::string>());
        return told;
    }
    bool told(const std::string& event) {
        auto all = events();
        return std::ranges::find(all, event) != all.end();
    }
};

}  // namespace

TEST_CASE("a pause is written with its time and its author, stays as it is, and ends") {
    ordered set;
    set.wish({{"pause", true}});
    auto written = set.entry("pause");
    CHECK(written["by"] == "kubectl-edit");
    auto since = written["since"].get<std::string>();
    CHECK(since.ends_with("Z"));
    auto paused = set.condition("Paused");
    CHECK(paused["reason"] == "Paused");
    CHECK(paused["message"].get<std::string>().find("since " + since + " by kubectl-edit") !=
          std::string::npos);
    CHECK(set.told("Warning Paused"));
    {
        set.pass(10min);
        cluster_stage::life another{set};
        set.pass(1min);
        CHECK(set.entry("pause") == written);
    }
    set.wish({{"pause", false}});
    CHECK(set.entry("pause").is_null());
    CHECK(set.condition("Paused").is_null());
}

TEST_CASE("annotations pause and fence for those who may not change the spec") {
    ordered set;
    set.annotate("ha.mssql/pause", "anna: new disks");
    set.annotate("ha.mssql/fence", "mssql-ag-1");
    CHECK(set.entry("pause")["by"] == "anna: new disks");
    CHECK(set.entry("fence")["pods"] == json{"mssql-ag-1"});
    CHECK(set.entry("fence")["by"] == "kubectl-annotate");
    CHECK(set.condition("PodFenced")["status"] == "True");
    set.annotate("ha.mssql/pause", nullptr);
    set.annotate("ha.mssql/fence", nullptr);
    CHECK(set.entry("pause").is_null());
    CHECK(set.entry("fence").is_null());
}

TEST_CASE("what somebody wrote into the requests himself is told, and not taken away") {
    ordered set;
    set.must("PATCH", maps + "mssql-ag", {{"data", {{"pause", "by hand"}}}});
    set.pass(5s);
    CHECK(set.condition("Paused")["message"].get<std::string>().find("by by hand") !=
          std::string::npos);
    CHECK(set.get(maps + "mssql-ag")["data"]["pause"] == "by hand");
}

TEST_CASE("a switchover asked for by annotation is asked once, and its answer is told") {
    ordered set;
    set.lead("mssql-ag-0", 1);
    set.annotate("ha.mssql/switchover", "mssql-ag-1");
    auto asked = set.entry("operatorSwitchover");
    CHECK(asked["target"] == "mssql-ag-1");
    CHECK(asked["by"] == "kubectl-annotate");
    CHECK(set.status()["requests"][0]["outcome"] == "Pending");
    json refusal{{"id", asked["id"]},
                 {"done", false},
                 {"reasons", {"target_silent"}},
                 {"words", "The target's supervisor does not answer."}};
    set.lead("mssql-ag-0", 1, json::array({refusal}));
    CHECK(set.status()["requests"][0]["outcome"] == "Refused");
    CHECK(set.status()["requests"][0]["message"] == "The target's supervisor does not answer.");
    CHECK(set.told("Warning SwitchoverRefused"));
    SECTION("the annotation stays where it is, whoever holds it, and asks no second time") {
        cluster_stage::life another{set};
        set.pass(10min);
        CHECK(set.entry("operatorSwitchover") == asked);
        CHECK(set.get(group)["metadata"]["annotations"]["ha.mssql/switchover"] == "mssql-ag-1");
    }
    SECTION("another target is another request") {
        set.annotate("ha.mssql/switchover", "mssql-ag-2");
        auto second = set.entry("operatorSwitchover");
        CHECK(second["id"] != asked["id"]);
        json done{{"id", second["id"]}, {"done", true}};
        set.lead("mssql-ag-2", 2, json::array({done}));
        CHECK(set.status()["requests"][0]["outcome"] == "Done");
        CHECK(set.told("Normal SwitchoverDone"));
    }
    SECTION("taken away and put back, it is asked again") {
        set.annotate("ha.mssql/switchover", nullptr);
        CHECK(set.entry("operatorSwitchover").is_null());
        CHECK_FALSE(set.status().contains("requests"));
        set.annotate("ha.mssql/switchover", "mssql-ag-1");
        CHECK(set.entry("operatorSwitchover")["id"] != asked["id"]);
    }
}

TEST_CASE("people's own requests stand beside the operator's") {
    ordered set;
    json mine{{"id", "mine"}, {"target", "mssql-ag-2"}};
    set.must("PATCH", maps + "mssql-ag", {{"data", {{"switchover", mine.dump()}}}});
    set.annotate("ha.mssql/switchover", "mssql-ag-1");
    CHECK(set.entry("switchover") == mine);
    CHECK(set.entry("operatorSwitchover")["target"] == "mssql-ag-1");
    CHECK(set.condition("FieldConflict").is_null());
}

TEST_CASE("where the primary's node is cordoned, its role is asked away once") {
    ordered set;
    for (std::string number : {"0", "1", "2"}) {
        set.must("POST", "/api/v1/nodes", {{"metadata", {{"name", "n" + number}}}});
        set.make_pod("mssql-ag-" + number, "n" + number);
    }
    auto cordon = [&](const std::string& node, const json& truth) {
        set.must("PATCH", "/api/v1/nodes/" + node, {{"spec", {{"unschedulable", truth}}}});
        set.pass(5s);
    };
    set.lead("mssql-ag-0", 1);
    cordon("n2", true);
    CHECK(set.entry("cordonSwitchover").is_null());
    cordon("n0", true);
    auto asked = set.entry("cordonSwitchover");
    CHECK(asked["target"] == "mssql-ag-1");
    CHECK(asked["by"] == "cordon of n0");
    CHECK(set.status()["requests"][0]["outcome"] == "Pending");
    SECTION("done") {
        set.lead("mssql-ag-1", 2, {{{"id", asked["id"]}, {"done", true}}});
        CHECK(set.entry("cordonSwitchover").is_null());
        CHECK_FALSE(set.status().contains("requests"));
    }
    SECTION("not in a pause") {
        set.wish({{"pause", true}});
        CHECK(set.entry("cordonSwitchover").is_null());
    }
    SECTION("the node takes pods again") {
        cordon("n0", nullptr);
        CHECK(set.entry("cordonSwitchover").is_null());
    }
}
