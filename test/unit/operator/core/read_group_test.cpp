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
    REQUIRE_FALSE(read->external_cluster);
    REQUIRE_FALSE(read->automatic_failover);
    REQUIRE(read->health_threshold == "system");
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
  clusterType: WSFC
  replicas: [{name: one, availabilityMode: Sometimes, readableSecondary: "yes"}]
)");
    REQUIRE(words == std::vector<std::string>{
                         "spec.agName is not text",
                         "spec.agName is needed",
                         "spec.endpointPort is not a port (1 to 65535)",
                         "spec.saPasswordSecretRef is needed",
                         "spec.clusterType is 'WSFC', which is none of the values it can have",
                         "spec.replicas[0].availabilityMode is 'Sometimes', which is none of the "
                         "values it can have",
                         "spec.replicas[0].readableSecondary is neither true nor false",
                         "spec.storage is needed"});
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
    auto read = read_group(document(least + "  ha: {profile: wide, priorities: {ag-0: 3}}\n"));
    REQUIRE(read);
    REQUIRE(read->profile == "wide");
    REQUIRE(read->priorities == std::vector<std::pair<std::string, std::int64_t>>{{"ag-0", 3}});
    REQUIRE_FALSE(read->required);
    auto wrong = complaints(
        least + "  ha: {requiredSynchronizedSecondaries: 1, priorities: {ag-7: 1, ag-0: x}}\n");
    REQUIRE(wrong.size() == 3);
    REQUIRE(wrong[0].starts_with("spec.ha.requiredSynchronizedSecondaries is more than"));
    REQUIRE(wrong[1] == "spec.ha.priorities.ag-7 is none of the group's pods");
    REQUIRE(wrong[2] == "spec.ha.priorities.ag-0 is no whole number from -1000 to 1000");
}
