// SPDX-License-Identifier: MIT
#include "operator/core/server.hpp"

#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <algorithm>

using namespace ha::op;

namespace {

std::vector<server> sample() {
    auto documents = read_manifest(ha::test::source_text("manifests/samples/preview.yaml"));
    REQUIRE(documents);
    std::vector<server> all;
    for (const auto& one : *documents) {
        if (!(*one.find({"kind"}) == value{"SqlServer"})) continue;
        auto read = read_server(one, {});
        REQUIRE(read);
        read->uid = "u-" + read->name;
        all.push_back(*read);
    }
    return all;
}

const value& only(const plan& planned, const std::string& kind, const std::string& name) {
    auto is_it = [&](const desired& one) {
        return *one.what.find({"kind"}) == value{kind} &&
               *one.what.find({"metadata", "name"}) == value{name};
    };
    REQUIRE(std::ranges::count_if(planned.objects, is_it) == 1);
    return std::ranges::find_if(planned.objects, is_it)->what;
}

std::vector<std::string> complaints(const std::string& spec, const preview_times& times = {}) {
    auto document = read_manifest("metadata: {name: a}\nspec: {" + spec + "}\n");
    REQUIRE(document);
    auto read = read_server(document->front(), times);
    if (read) return {};
    return read.error();
}

const std::string least =
    "acceptEula: true, sqlServerContainer: {image: i}, saPassword: {secretKeyRef: {name: s, key: "
    "k}}";

}  // namespace

TEST_CASE("three instances form one group: its objects are the same from whichever one they come") {
    auto members = sample();
    REQUIRE(members.size() == 3);
    for (const auto& [kind, name] : {std::pair{"ConfigMap", "ag1"},
                                     {"ConfigMap", "ag1-state"},
                                     {"Lease", "ag1"},
                                     {"PodDisruptionBudget", "ag1"}}) {
        auto first = only(plan_server(members[0], members, {"mssql2-0", {}}, {}, {}), kind, name);
        for (const auto& one : members)
            CHECK(only(plan_server(one, members, {"mssql2-0", {}}, {}, {}), kind, name) == first);
        const auto& owners = *first.find({"metadata", "ownerReferences"})->items();
        CHECK(owners.size() == 3);
        for (const auto& one : owners) CHECK(one.find({"controller"}) == nullptr);
    }
    auto requests =
        only(plan_server(members[0], members, {"mssql2-0", {}}, {}, {}), "ConfigMap", "ag1");
    CHECK(*requests.find({"data", "leader"}) == value{"mssql2-0"});
    auto wanted = parse_json(*requests.find({"data", "spec"})->text());
    REQUIRE(wanted);
    CHECK(*wanted->find({"replicas"})->items()->at(1).find({"endpointUrl"}) ==
          value{"TCP://mssql2-0.mssql2-headless.default.svc.cluster.local:5022"});
}

TEST_CASE("pods bear the labels by which the preview's Services find them") {
    auto members = sample();
    auto set = only(plan_server(members[0], members, {}, {}, {}), "StatefulSet", "mssql1");
    const auto& labels = *set.find({"spec", "template", "metadata", "labels"});
    CHECK(*labels.find({"name"}) == value{"mssql1"});
    CHECK(*labels.find({"type"}) == value{"sqlservr"});
    CHECK(*labels.find({"mode.ag.mssql.microsoft.com/ag1"}) == value{"synchronousCommit"});
}

TEST_CASE("the oldest decides for the group, and who says something else is told") {
    auto members = sample();
    members[0].created = "2026-01-02T00:00:00Z";
    members[1].created = "2026-01-01T00:00:00Z";
    members[2].created = "2026-01-03T00:00:00Z";
    sort_members(members);
    REQUIRE(members.front().name == "mssql2");
    members[0].ha = object{{"profile", "wide"}};
    members[0].profile = "wide";
    auto of_oldest = plan_server(members[0], members, {}, {}, {});
    auto of_another = plan_server(members[1], members, {}, {}, {});
    CHECK(of_oldest.refusals.empty());
    REQUIRE(of_another.refusals.size() == 1);
    CHECK(
        of_another.refusals[0].starts_with("ha is not that of mssql2, which is the oldest of ag1"));
    const auto& settings = only(of_another, "ConfigMap", "mssql1-ha");
    CHECK(settings.find({"data", "supervisor.yaml"})->text()->find("profile: wide") !=
          std::string::npos);
}

TEST_CASE("an instance in no group has no Lease and no rights") {
    auto document = read_manifest("metadata: {name: alone}\nspec: {" + least + "}\n");
    auto read = read_server(document->front(), {});
    REQUIRE(read);
    auto made = plan_server(*read, {*read}, {}, {}, {});
    std::vector<std::string> kinds;
    for (const auto& one : made.objects) kinds.push_back(*one.what.find({"kind"})->text());
    CHECK(kinds == std::vector<std::string>{
                       "ServiceAccount", "ConfigMap", "ConfigMap", "Service", "StatefulSet"});
    CHECK(made.secrets.empty());
}

TEST_CASE("what cannot be is told with the field, what stands there and what would be right") {
    CHECK(complaints(least).empty());
    auto wrong = complaints(
        "acceptEula: \"yes\", sqlServerContainer: {}, monitorPolicy: 7, "
        "availabilityGroups: [{name: ag1, availabilityMode: often}]");
    REQUIRE(wrong.size() == 6);
    CHECK(wrong[0] == "spec.acceptEula is \"yes\": it can be true or false, without quotes");
    CHECK(wrong[1].starts_with("spec.acceptEula is not true"));
    CHECK(wrong[2] == "spec.sqlServerContainer.image is needed");
    CHECK(wrong[3] == "spec.saPassword is needed");
    CHECK(wrong[4] == "spec.monitorPolicy is 7: it can be a whole number from 0 to 5");
    CHECK(
        wrong[5].starts_with("spec.availabilityGroups[0].availabilityMode is 'often': it can be"));
}

TEST_CASE("what is asked for and not carried out is said") {
    auto document = read_manifest("metadata: {name: a}\nspec: {" + least +
                                  ", sqlPostInitScript: x, sqlServerPod: {hostNetwork: true}}\n");
    auto read = read_server(document->front(), {});
    REQUIRE(read);
    REQUIRE(read->waits.size() == 2);
    CHECK(read->waits[0].starts_with("spec.sqlServerPod.hostNetwork is not carried out: of a pod"));
    CHECK(read->waits[1].starts_with("spec.sqlPostInitScript is not carried out"));
}

TEST_CASE("the preview's lengths of time are ours, with the preview's defaults") {
    CHECK(times_of({.lease = 10}) == lease_times{10000, 2500, 5000, 1000});
    CHECK(times_of({.lease = 30, .retry = 5, .write_lease = 20, .monitor = 2}) ==
          lease_times{30000, 5000, 20000, 2000});
    CHECK(complaints_about({.lease = 10}).empty());
    auto wrong = complaints_about({.lease = 10, .renew = 10, .retry = 4, .write_lease = 7});
    REQUIRE(wrong.size() == 3);
    CHECK(wrong[0] ==
          "MSSQL_K8S_RENEW_DEADLINE_SECONDS (10 s) must be less than "
          "MSSQL_K8S_LEASE_DURATION_SECONDS (10 s)");
    CHECK(wrong[1].find("2 x 4 s = 8 s") != std::string::npos);
    CHECK(wrong[2].find("(4 s + 7 s + 2 x 1 s = 13 s)") != std::string::npos);
    auto told = complaints(least, {.lease = 3});
    REQUIRE_FALSE(told.empty());
    CHECK(told[0].starts_with("the operator's environment: "));
}

TEST_CASE("the preview's lengths of time reach the supervisors where spec.ha says nothing") {
    preview_times given{.lease = 30, .retry = 5, .write_lease = 20, .monitor = 2};
    auto settings = [&](const std::string& more) {
        auto document = read_manifest("metadata: {name: a}\nspec: {" + least + more + "}\n");
        return supervisor_settings(read_server(document->front(), given).value());
    };
    CHECK(settings("").find("  lease: 30000ms\n  period: 5000ms\n  writeLease: 20000ms\n"
                            "  canaryPeriod: 2000ms\n") != std::string::npos);
    CHECK(settings(", ha: {profile: fast}").find("writeLease") == std::string::npos);
}

TEST_CASE("one rule leads from a group's name to the names of its objects") {
    CHECK(group_object_name("ag1") == "ag1");
    CHECK(group_object_name("sales-eu") == "sales-eu");
    auto upper = group_object_name("AG1");
    CHECK(upper.starts_with("ag1-"));
    CHECK(upper.size() == 8);
    // Names that differ only where Kubernetes cannot tell them apart.
    CHECK(group_object_name("Ag1") != upper);
    CHECK(group_object_name("a_g") != group_object_name("a.g"));
    for (const auto* odd : {"_", "-", "-a", "a-", "Größe", "_x_"}) {
        auto made = group_object_name(odd);
        INFO(odd << ": " << made);
        auto legal = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
        CHECK(legal(made.front()));
        CHECK(legal(made.back()));
        for (char c : made) CHECK((legal(c) || c == '-'));
    }
}

TEST_CASE("a name that is too long for a server in a group is none in no group") {
    auto at = [](const std::string& more) {
        auto document =
            read_manifest("metadata: {name: fourteen-chars}\nspec: {" + least + more + "}\n");
        return read_server(document->front(), {}).has_value();
    };
    CHECK(at(""));
    CHECK_FALSE(at(", availabilityGroups: [ag1]"));
}
