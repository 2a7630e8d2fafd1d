// SPDX-License-Identifier: MIT
#include "operator/codec/manifest.hpp"
#include "operator/core/group.hpp"
#include "test/support/catch.hpp"

using namespace ha::op;

namespace {

value document(const std::string& text) {
    auto found = read_manifest(text);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    return found->front();
}

const std::string least = R"(
metadata: {name: ag}
spec:
  agName: AG1
  image: some/image
  saPasswordSecretRef: {name: s, key: k}
  clusterType: EXTERNAL
  storage: {}
  replicas: [{name: one}]
)";

std::vector<std::string> complaints(const std::string& text) {
    auto read = read_group(document(text));
    REQUIRE_FALSE(read);
    return read.error();
}

}  // namespace

TEST_CASE("what is left out has the schema's defaults") {
    auto read = read_group(document(least));
    REQUIRE(read);
    REQUIRE(read->space == "default");
    REQUIRE(read->endpoint_port == 5022);
    REQUIRE_FALSE(read->read_scale);
    REQUIRE_FALSE(read->automatic_failover);
    REQUIRE(read->monitor_policy == 3);
    REQUIRE(read->detection_seconds == 30);
    REQUIRE(read->neighbour_fencing);
    REQUIRE(read->replicas == std::vector<replica>{replica{"one", true, true, false}});
    REQUIRE(read->storage == storage{});
    REQUIRE_FALSE(read->read_write);
}

TEST_CASE("all complaints come at once and name the field") {
    auto words = complaints(R"(
metadata: {name: ag}
spec:
  agName: 7
  image: some/image
  endpointPort: 70000
  clusterType: EXTERNAL
  replicas: [{name: one, availabilityMode: Sometimes, readableSecondary: "yes"}]
)");
    REQUIRE(words == std::vector<std::string>{
                         "spec.agName is 7, which is not text: write it in quotes",
                         "spec.endpointPort is 70000: it can be a whole number from 1 to 65535",
                         "spec.saPasswordSecretRef is needed",
                         "spec.storage is needed",
                         "spec.replicas[0].availabilityMode is 'Sometimes': it can be "
                         "SynchronousCommit or AsynchronousCommit",
                         "spec.replicas[0].readableSecondary is \"yes\": it can be true or false, "
                         "without quotes"});
}

TEST_CASE("a name that makes pods SQL Server cannot run in is refused") {
    auto text = least;
    text.replace(text.find("name: ag"), 8, "name: fourteen-chars");
    auto words = complaints(text);
    REQUIRE(words.size() == 1);
    REQUIRE(words[0].find("15 at most") != std::string::npos);
}

TEST_CASE("documents that are no objects are complained about, not trusted") {
    REQUIRE_FALSE(read_group(value{}));
    REQUIRE_FALSE(read_group(value{list{1, 2}}));
    REQUIRE_FALSE(read_group(document("metadata: 1\nspec: []\n")));
    REQUIRE_FALSE(read_group(document("metadata: {name: a}\nspec: {replicas: 3, storage: 1}\n")));
}

TEST_CASE("ha is read, and what would stop every write or be without effect is refused") {
    auto read = read_group(document(
        least + "  ha: {profile: wide, priorities: {ag-0: 3}, tags: {ag-0: [nofailover]}}\n"));
    REQUIRE(read);
    REQUIRE(read->profile == "wide");
    REQUIRE(read->priorities == std::vector<std::pair<std::string, std::int64_t>>{{"ag-0", 3}});
    REQUIRE_FALSE(read->required);
    REQUIRE_FALSE(read->replicas[0].automatic_failover);
    auto wrong = complaints(
        least + "  ha: {requiredSynchronizedSecondaries: 1, priorities: {ag-7: 1, ag-0: x}}\n");
    REQUIRE(wrong.size() == 3);
    REQUIRE(wrong[0].starts_with("spec.ha.requiredSynchronizedSecondaries is 1, but of 1"));
    REQUIRE(wrong[1] == "spec.ha.priorities.ag-7 is none of the group's pods: they are ag-0");
    REQUIRE(wrong[2] ==
            "spec.ha.priorities.ag-0 is \"x\": it can be a whole number from -1000 to 1000");
}

TEST_CASE(
    "what the community operator's schema refuses is told; NONE with people alone is served") {
    auto text = least;
    text.replace(text.find("EXTERNAL"), 8, "NONE");
    auto words = complaints(text + "  automaticFailover: {enabled: true}\n");
    REQUIRE(words.size() == 2);
    CHECK(words[0].starts_with(
        "spec.automaticFailover.enabled is true and spec.clusterType is NONE"));
    CHECK(words[1].starts_with("spec.replicas have failoverMode Automatic (entries 0)"));
    text.replace(text.find("{name: one}"), 11, "{name: one, failoverMode: Manual}");
    auto served = read_group(document(text));
    REQUIRE(served);
    CHECK(served->read_scale);
    words = complaints(text + "  ha: {fenced: [ag-0]}\n");
    REQUIRE(words.size() == 1);
    CHECK(words[0].starts_with("spec.ha.fenced or the annotation ha.mssql/fence names a pod and"));
}

TEST_CASE("what no group can run with is refused by the field's name") {
    auto words = complaints(
        least +
        "  mssqlConf: {hadr.hadrenabled: '0', network.tcpport: '14330', memory.limit: '1'}\n"
        "  listener: {name: ag-headless}\n"
        "  readOnlyListener: {name: ag-headless}\n"
        "  automaticFailover: {enabled: true, failoverThresholdSeconds: 700}\n");
    REQUIRE(words.size() == 6);
    CHECK(
        words[0].starts_with("spec.automaticFailover.failoverThresholdSeconds is 700: it can be"));
    CHECK(words[1].starts_with("spec.mssqlConf.hadr.hadrenabled is '0'"));
    CHECK(words[2].starts_with("spec.mssqlConf.network.tcpport is '14330'"));
    CHECK(words[3].starts_with("spec.listener.name is 'ag-headless', which is the Service"));
    CHECK(words[4].starts_with("spec.readOnlyListener.name is 'ag-headless', which is"));
    CHECK(words[5].find("they lead to different pods") != std::string::npos);
}

TEST_CASE("databases are named, none at all is another thing than an empty list") {
    CHECK_FALSE(read_group(document(least))->databases);
    CHECK(read_group(document(least + "  databases: []\n"))->databases ==
          std::vector<std::string>{});
    CHECK(read_group(document(least + "  databases: [sales, crm]\n"))->databases ==
          std::vector<std::string>{"sales", "crm"});
    auto words = complaints(least + "  databases: [sales, \"\", sales]\n");
    REQUIRE(words.size() == 2);
    CHECK(words[0].find("spec.databases[1]") == 0);
    CHECK(words[1].find("'sales' twice") != std::string::npos);
}

TEST_CASE("databases of a read-scale group wait, because people lead it") {
    auto text = least + "  databases: [sales]\n";
    text.replace(text.find("EXTERNAL"), 8, "NONE");
    text.replace(text.find("{name: one}"), 11, "{name: one, failoverMode: Manual}");
    auto read = read_group(document(text));
    REQUIRE(read);
    CHECK_FALSE(read->databases);
    REQUIRE(read->waits.size() == 1);
    CHECK(read->waits.front().find("spec.databases") == 0);
}
