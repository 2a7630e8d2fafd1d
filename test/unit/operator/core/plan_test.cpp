// SPDX-License-Identifier: MIT
#include "operator/core/plan.hpp"

#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/instance.hpp"
#include "operator/core/names.hpp"
#include "operator/core/server.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <algorithm>

using namespace ha::op;
using ha::test::source_text;

namespace {

value sample(const std::string& name) {
    auto documents = read_manifest(source_text("manifests/samples/" + name));
    REQUIRE(documents);
    REQUIRE(documents->size() == 2);
    return documents->at(1);
}

group sample_group(const std::string& name) {
    auto read = read_group(sample(name));
    REQUIRE(read);
    return *read;
}

std::string printed(const plan& planned) {
    std::string text;
    for (const auto& one : planned.objects) {
        text += one.how == upkeep::create_once ? "create once " : "apply ";
        text += print_json(one.what, 2) + "\n";
    }
    return text;
}

const value& only(const plan& planned, const char* kind, const std::string& name = "mssql-ag") {
    auto is_it = [&](const desired& one) {
        return *one.what.find({"kind"}) == value{kind} &&
               *one.what.find({"metadata", "name"}) == value{name};
    };
    REQUIRE(std::ranges::count_if(planned.objects, is_it) == 1);
    return std::ranges::find_if(planned.objects, is_it)->what;
}

}  // namespace

TEST_CASE("the samples make the objects of the golden files") {
    for (std::string name : {"ag-sample", "ag-three-synchronous"}) {
        auto planned = plan_group(sample_group(name + ".yaml"), {}, {});
        REQUIRE(planned.refusals.empty());
        REQUIRE(ha::test::differs_from_golden("operator/" + name + ".txt", printed(planned)) == "");
    }
}

TEST_CASE("so does the sample of an instance, and each of the preview's") {
    auto alone = read_instance(sample("instance.yaml"));
    REQUIRE(alone);
    auto planned = plan_instance(*alone, {}, {});
    CHECK(ha::test::differs_from_golden("operator/instance.txt", printed(planned)) == "");

    auto documents = read_manifest(source_text("manifests/samples/preview.yaml"));
    REQUIRE(documents);
    std::vector<server> members;
    for (const auto& one : *documents)
        if (*one.find({"kind"}) == value{"SqlServer"})
            members.push_back(read_server(one, {}).value());
    std::string text;
    for (const auto& one : members)
        text += "# " + one.name + "\n" + printed(plan_server(one, members, {}, {}, {}));
    CHECK(ha::test::differs_from_golden("operator/preview.txt", text) == "");
}

TEST_CASE("who may reach the pods: the golden file of each kind's NetworkPolicy") {
    network_rules rules{
        true,
        {object{{"ipBlock", object{{"cidr", "10.0.0.0/8"}}}}},
        {object{{"namespaceSelector", object{{"matchLabels", object{{"monitors", "all"}}}}}}}};
    auto wanted = sample_group("ag-sample.yaml");
    wanted.network = rules;
    auto made = print_json(only(plan_group(wanted, {}, {}), "NetworkPolicy"), 2);
    wanted.network = {true, {}, {}};
    made += "\nanybody:\n" + print_json(only(plan_group(wanted, {}, {}), "NetworkPolicy"), 2);

    auto alone = read_instance(sample("instance.yaml")).value();
    alone.network = rules;
    auto planned = plan_instance(alone, {}, {});
    made += "\n" + print_json(only(planned, "NetworkPolicy", "mssql-standalone"), 2);

    // What the oldest of a group says counts for the others.
    auto documents = read_manifest(source_text("manifests/samples/preview.yaml")).value();
    auto oldest = read_server(documents.at(1), {}).value();
    auto other = read_server(documents.at(3), {}).value();
    oldest.network = rules;
    oldest.ha = object{};
    planned = plan_server(other, {oldest, other}, {}, {}, {});
    made += "\n" + print_json(only(planned, "NetworkPolicy", "mssql2"), 2) + "\n";
    CHECK(ha::test::differs_from_golden("operator/network-policies.txt", made) == "");
}

TEST_CASE("the selector carries the five labels by which a StatefulSet can be adopted") {
    auto planned = plan_group(sample_group("ag-sample.yaml"), {}, {});
    const auto& set = only(planned, "StatefulSet");
    value five = object{{"app", "mssql-ag"},
                        {"role", "mssql-ag"},
                        {"app.kubernetes.io/name", "sqlserveravailabilitygroup"},
                        {"app.kubernetes.io/instance", "mssql-ag"},
                        {"app.kubernetes.io/managed-by", "sql-on-k8s-operator"}};
    REQUIRE(*set.find({"spec", "selector", "matchLabels"}) == five);
    REQUIRE(*set.find({"spec", "template", "metadata", "labels"}) == five);
    REQUIRE(*set.find({"metadata", "labels"}) == five);
}

TEST_CASE("Lease and state are made once, and supervisors may not create the Lease") {
    auto planned = plan_group(sample_group("ag-sample.yaml"), {}, {});
    for (const auto& one : planned.objects) {
        const auto& kind = *one.what.find({"kind"})->text();
        const auto& name = *one.what.find({"metadata", "name"})->text();
        bool theirs = kind == "Lease" || name == "mssql-ag-state";
        INFO(kind << " " << name);
        REQUIRE((one.how == upkeep::create_once) == theirs);
    }
    for (const auto& rule : *only(planned, "Role", "mssql-ag-ha").find({"rules"})->items()) {
        const auto& verbs = *rule.find({"verbs"})->items();
        bool creates = std::ranges::find(verbs, value{"create"}) != verbs.end();
        bool events = *rule.find({"resources"}) == value{list{"events"}};
        REQUIRE(creates == events);
        REQUIRE((rule.find({"resourceNames"}) == nullptr) == events);
    }
}

TEST_CASE("objects are owned by the custom resource once it has a uid") {
    auto wanted = sample_group("ag-sample.yaml");
    REQUIRE(plan_group(wanted, {}, {}).objects[0].what.find({"metadata", "ownerReferences"}) ==
            nullptr);
    wanted.uid = "u-1";
    for (const auto& one : plan_group(wanted, {}, {}).objects) {
        const auto* owners = one.what.find({"metadata", "ownerReferences"});
        REQUIRE(owners != nullptr);
        REQUIRE(*owners->items()->at(0).find({"uid"}) == value{"u-1"});
    }
}

TEST_CASE("a listener on another port leads to the engine's port") {
    auto wanted = sample_group("ag-sample.yaml");
    wanted.read_write->port = 14330;
    auto planned = plan_group(wanted, {}, {});
    const auto& ports = *only(planned, "Service", "mssql-ag-listener").find({"spec", "ports"});
    REQUIRE(*ports.items()->at(0).find({"port"}) == value{14330});
    REQUIRE(*ports.items()->at(0).find({"targetPort"}) == value{"mssql"});
}

TEST_CASE("listeners that nobody asked for are not made") {
    auto wanted = sample_group("ag-sample.yaml");
    wanted.read_write.reset();
    wanted.read_only.reset();
    auto is_service = [](const desired& one) {
        return *one.what.find({"kind"}) == value{"Service"};
    };
    REQUIRE(std::ranges::count_if(plan_group(wanted, {}, {}).objects, is_service) == 1);
}

TEST_CASE("what a StatefulSet cannot take is refused in words") {
    auto wanted = sample_group("ag-sample.yaml");
    existing found;
    found.stateful_set = only(plan_group(wanted, {}, {}), "StatefulSet");
    REQUIRE(plan_group(wanted, found, {}).refusals.empty());

    wanted.storage.size = "40Gi";
    auto refusals = plan_group(wanted, found, {}).refusals;
    REQUIRE(refusals.size() == 1);
    REQUIRE(refusals[0].find("dataVolumeSize") != std::string::npos);

    wanted.storage.size = "20Gi";
    found.stateful_set->set("spec", object{{"selector", object{{"matchLabels", object{}}}}});
    REQUIRE(plan_group(wanted, found, {}).refusals.size() == 1);
}

TEST_CASE("a group keeps the supervisor that it has until its resource names another") {
    auto wanted = sample_group("ag-sample.yaml");
    auto image = [&](const existing& found, const char* of_operator) {
        auto planned = plan_group(wanted, found, {of_operator, {}});
        const auto& pod = *only(planned, "StatefulSet").find({"spec", "template", "spec"});
        return *pod.find({"initContainers"})->items()->at(0).find({"image"})->text();
    };
    REQUIRE(image({}, "mssql-ha:1") == "mssql-ha:1");
    REQUIRE(image({{}, "mssql-ha:1", ""}, "mssql-ha:2") == "mssql-ha:1");
    wanted.supervisor_image = "mssql-ha:3";
    REQUIRE(image({{}, "mssql-ha:1", ""}, "mssql-ha:2") == "mssql-ha:3");
}

TEST_CASE("a group that exists keeps its name, and all its objects with it") {
    auto wanted = sample_group("ag-sample.yaml");
    existing found;
    found.ag_name = "AG1";
    auto before = plan_group(wanted, found, {});
    wanted.ag_name = "OTHER";
    auto after = plan_group(wanted, found, {});
    REQUIRE(printed(after) == printed(before));
    REQUIRE(after.refusals.size() == 1);
    REQUIRE(after.refusals[0].starts_with("agName is 'OTHER', but the group is called 'AG1'"));
}

TEST_CASE("mssql.conf has its sections in order and always HADR") {
    auto wanted = sample_group("ag-sample.yaml");
    wanted.mssql_conf = {{"network.tcpport", "1433"}, {"hadr.hadrenabled", "0"}, {"top", "x"}};
    auto planned = plan_group(wanted, {}, {});
    const auto* text =
        only(planned, "ConfigMap", "mssql-ag-mssql-conf").find({"data", "mssql.conf"});
    REQUIRE(*text->text() == "top = x\n\n[hadr]\nhadrenabled = 1\n\n[network]\ntcpport = 1433\n\n");
}

TEST_CASE("the requests map says what the group should be, in JSON that can be read back") {
    auto planned = plan_group(sample_group("ag-sample.yaml"), {}, {});
    const auto& map = only(planned, "ConfigMap");
    REQUIRE(*map.find({"data", "format"}) == value{"1"});
    auto spec = parse_json(*map.find({"data", "spec"})->text());
    REQUIRE(spec);
    const auto& replicas = *spec->find({"replicas"})->items();
    REQUIRE(replicas.size() == 3);
    REQUIRE(*replicas[2].find({"endpointUrl"}) ==
            value{"TCP://mssql-ag-2.mssql-ag-headless.default.svc.cluster.local:5022"});
    REQUIRE(*replicas[2].find({"mode"}) == value{"asynchronous"});
    REQUIRE(*replicas[0].find({"failover"}) == value{"automatic"});
    REQUIRE(*replicas[2].find({"failover"}) == value{"manual"});

    auto by_hand = sample_group("ag-sample.yaml");
    by_hand.automatic_failover = false;
    auto plan_by_hand = plan_group(by_hand, {}, {});
    auto text = *only(plan_by_hand, "ConfigMap").find({"data", "spec"})->text();
    REQUIRE(text.find("automatic") == std::string::npos);
}
