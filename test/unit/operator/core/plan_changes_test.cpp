// SPDX-License-Identifier: MIT
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/plan.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <nlohmann/json.hpp>

#include <set>

// Which objects follow from which field: a change of one field of the spec changes these objects
// and no others, and every field of the schema has its line.

using namespace ha::op;
using nlohmann::json;

namespace {

struct change {
    const char* field;    // "storage.dataVolumeSize"; "replicas[].name"
    const char* another;  // JSON: another value than the sample's; null takes the field away
    std::set<std::string> objects;
};

const std::set<std::string> pods{"StatefulSet mssql-ag"};
const std::set<std::string> settings{"ConfigMap mssql-ag-ha"};
const std::set<std::string> requests{"ConfigMap mssql-ag"};
const std::set<std::string> listener{"Service mssql-ag-listener"};
const std::set<std::string> reader{"Service mssql-ag-listener-ro"};
const std::set<std::string> nothing{};

const std::vector<change> table{
    {"agName", R"("OTHER")", {"ConfigMap mssql-ag-ha", "StatefulSet mssql-ag"}},
    {"image", R"("registry/engine:1")", pods},
    {"edition", R"("Enterprise")", pods},
    {"acceptEula", R"("y")", pods},
    {"saPasswordSecretRef.name", R"("other")", pods},
    {"saPasswordSecretRef.key", R"("other")", pods},
    {"saPasswordSecretRef.optional", "true", nothing},
    {"endpointPort",
     "5033",
     {"ConfigMap mssql-ag",
      "ConfigMap mssql-ag-ha",
      "Service mssql-ag-headless",
      "StatefulSet mssql-ag"}},
    {"clusterType", R"("NONE")", nothing},
    {"automaticFailover.enabled", "false", requests},
    {"automaticFailover.failoverThresholdSeconds", "60", nothing},
    {"automaticFailover.healthThreshold", R"("resource")", settings},
    {"replicas[].name", R"("other")", nothing},
    {"replicas[].availabilityMode", R"("AsynchronousCommit")", requests},
    {"replicas[].failoverMode", R"("Manual")", requests},
    {"replicas[].readableSecondary", "true", requests},
    {"ha.profile", R"("wide")", settings},
    {"ha.requiredSynchronizedSecondaries", "1", requests},
    {"ha.priorities", R"({"mssql-ag-1": 5})", requests},
    {"ha.supervisorImage", R"("registry/mssql-ha:2")", pods},
    {"storage.dataVolumeSize", R"("30Gi")", pods},
    {"storage.storageClassName", R"("fast")", pods},
    {"storage.accessModes", R"(["ReadWriteOncePod"])", pods},
    {"storage.reclaimPolicy", R"("Delete")", nothing},
    {"mssqlConf", R"({"memory.memorylimitmb": "4096"})", {"ConfigMap mssql-ag-mssql-conf"}},
    {"listener.name", R"("other")", {"Service mssql-ag-listener", "Service other"}},
    {"listener.port", "14330", listener},
    {"listener.serviceType", R"("NodePort")", listener},
    {"listener", "null", listener},
    {"readOnlyListener.name", R"("other")", {"Service mssql-ag-listener-ro", "Service other"}},
    {"readOnlyListener.port", "14330", reader},
    {"readOnlyListener.serviceType", R"("NodePort")", reader},
    {"readOnlyListener", "null", reader},
    {"resources.limits", R"({"memory": "8Gi"})", pods},
    {"resources.requests", R"({"memory": "8Gi"})", pods},
    {"resources.claims", R"([{"name": "device"}])", pods},
    {"nodeSelector", R"({"disk": "fast"})", pods},
    {"tolerations", R"([{"key": "databases", "operator": "Exists"}])", pods},
};

json sample() {
    auto documents = read_manifest(ha::test::source_text("manifests/samples/ag-sample.yaml"));
    REQUIRE(documents);
    return to_json(documents->at(1));
}

std::map<std::string, value> planned(const json& resource) {
    auto read = read_group(from_json(resource));
    INFO((read ? std::string{} : read.error().front()));
    REQUIRE(read);
    std::map<std::string, value> made;
    for (const auto& one : plan_group(*read, {}, {}).objects)
        made[*one.what.find({"kind"})->text() + " " +
             *one.what.find({"metadata", "name"})->text()] = one.what;
    return made;
}

json changed(const change& one) {
    std::string pointer = "/spec/" + std::string(one.field);
    if (auto list = pointer.find("[]"); list != std::string::npos) pointer.replace(list, 2, "/0");
    for (auto& c : pointer)
        if (c == '.') c = '/';
    auto resource = sample();
    auto another = json::parse(one.another);
    REQUIRE(resource.value(json::json_pointer(pointer), json()) != another);
    resource[json::json_pointer(pointer)] = another;
    if (another.is_null()) resource = sample().patch({{{"op", "remove"}, {"path", pointer}}});
    return resource;
}

// Every place of the schema at which a value can stand; what is below an open map, or an object of
// Kubernetes' own, counts as one.
void collect(const value& schema, const std::string& at, std::set<std::string>& into) {
    const auto* properties = schema.find({"properties"});
    const auto* items = schema.find({"items", "properties"});
    bool passed_on = at == "tolerations" || at == "resources.claims";
    if (items != nullptr && !passed_on) {
        for (const auto& [name, inside] : *items->members())
            collect(inside, at + "[]." + name, into);
    } else if (properties != nullptr) {
        for (const auto& [name, inside] : *properties->members())
            collect(inside, at.empty() ? name : at + "." + name, into);
    } else {
        into.insert(at);
    }
}

}  // namespace

TEST_CASE("a change of one field changes the objects of the table and no others") {
    auto before = planned(sample());
    for (const auto& one : table) {
        auto after = planned(changed(one));
        std::set<std::string> differ;
        for (const auto& [name, what] : before)
            if (!after.contains(name) || !(after[name] == what)) differ.insert(name);
        for (const auto& [name, what] : after)
            if (!before.contains(name)) differ.insert(name);
        INFO(one.field << " to " << one.another);
        CHECK(differ == one.objects);
    }
}

TEST_CASE("planning twice changes nothing") {
    CHECK(planned(sample()) == planned(sample()));
}

TEST_CASE("every field of the schema has its line in the table") {
    auto read = read_manifest(
        ha::test::source_text("helm/mssql-ha/files/crds/sqlserveravailabilitygroups.yaml"));
    REQUIRE(read);
    const auto& version = read->at(0).find({"spec", "versions"})->items()->at(0);
    std::set<std::string> of_schema;
    const auto* spec = version.find({"schema", "openAPIV3Schema", "properties", "spec"});
    collect(*spec, "", of_schema);
    std::set<std::string> of_table;
    for (const auto& one : table)
        if (std::string_view(one.another) != "null") of_table.insert(one.field);
    CHECK(of_schema == of_table);
}
