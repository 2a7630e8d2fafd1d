// SPDX-License-Identifier: MIT
#include "operator/core/instance.hpp"
#include "operator/core/server.hpp"
#include "test/support/catch.hpp"
#include "test/unit/operator/core/changes.hpp"

// The tables "field -> objects that change", one for each kind.

using namespace ha::op;
using namespace ha::test;

namespace {

using names = std::set<std::string>;

changed_kind of_groups() {
    const names pods{"StatefulSet mssql-ag"};
    const names settings{"ConfigMap mssql-ag-ha"};
    const names requests{"ConfigMap mssql-ag"};
    const names listener{"Service mssql-ag-listener"};
    const names reader{"Service mssql-ag-listener-ro"};
    auto planned = [](const value& resource) -> std::optional<plan> {
        auto read = read_group(resource);
        if (!read) return std::nullopt;
        return plan_group(*read, {}, {});
    };
    return {"sqlserveravailabilitygroups",
            document("manifests/samples/ag-sample.yaml", 1),
            planned,
            {
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
                {"clusterType", R"("NONE")", refused},
                {"automaticFailover.enabled", "false", requests},
                {"automaticFailover.failoverThresholdSeconds", "60", settings},
                {"automaticFailover.healthThreshold", R"("resource")", settings},
                {"replicas[].name", R"("other")", requests},  // an annotation of it
                {"replicas[].availabilityMode", R"("AsynchronousCommit")", requests},
                {"replicas[].failoverMode", R"("Manual")", requests},
                {"replicas[].readableSecondary", "true", requests},
                {"ha.profile", R"("wide")", settings},
                {"ha.requiredSynchronizedSecondaries", "1", requests},
                {"ha.priorities", R"({"mssql-ag-1": 5})", requests},
                {"ha.witness", R"("None")", requests},
                {"ha.pause", "true", requests},
                {"ha.fenced", R"(["mssql-ag-1"])", requests},
                {"ha.tags", R"({"mssql-ag-0": ["nofailover"]})", requests},
                {"ha.neighbourFencing", "false", {"ConfigMap mssql-ag-ha", "StatefulSet mssql-ag"}},
                {"ha.networkPolicy.enabled", "true", {"NetworkPolicy mssql-ag"}},
                {"ha.networkPolicy.clients", R"([{"podSelector": {}}])", nothing},
                {"ha.networkPolicy.monitoring", R"([{"podSelector": {}}])", nothing},
                {"ha.imagePullSecrets", R"([{"name": "registry"}])", pods},
                {"ha.priorityClassName", R"("important")", pods},
                {"ha.affinity", R"({"nodeAffinity": {}})", pods},
                {"ha.topologySpreadConstraints", "[]", pods},
                {"ha.supervisorImage", R"("registry/mssql-ha:2")", pods},
                {"storage.dataVolumeSize", R"("30Gi")", pods},
                {"storage.storageClassName", R"("fast")", pods},
                {"storage.accessModes", R"(["ReadWriteOncePod"])", pods},
                {"storage.reclaimPolicy", R"("Delete")", pods},
                {"storage.whenScaled", R"("Delete")", pods},
                {"databases", R"(["sales"])", requests},
                {"mssqlConf",
                 R"({"memory.memorylimitmb": "4096"})",
                 {"ConfigMap mssql-ag-mssql-conf", "StatefulSet mssql-ag"}},
                {"listener.name", R"("other")", {"Service mssql-ag-listener", "Service other"}},
                {"listener.port", "14330", listener},
                {"listener.serviceType", R"("NodePort")", listener},
                {"listener.annotations", R"({"cloud/internal": "true"})", listener},
                {"listener", "null", listener},
                {"readOnlyListener.name",
                 R"("other")",
                 {"Service mssql-ag-listener-ro", "Service other"}},
                {"readOnlyListener.port", "14330", reader},
                {"readOnlyListener.serviceType", R"("NodePort")", reader},
                {"readOnlyListener.annotations", R"({"cloud/internal": "true"})", reader},
                {"readOnlyListener", "null", reader},
                {"resources.limits", R"({"memory": "8Gi"})", pods},
                {"resources.requests", R"({"memory": "8Gi"})", pods},
                {"resources.claims", R"([{"name": "device"}])", pods},
                {"nodeSelector", R"({"disk": "fast"})", pods},
                {"tolerations", R"([{"key": "databases", "operator": "Exists"}])", pods},
            },
            {"tolerations", "resources.claims", "ha.imagePullSecrets"}};
}

changed_kind of_instances() {
    const names pods{"StatefulSet mssql-standalone"};
    auto planned = [](const value& resource) -> std::optional<plan> {
        auto read = read_instance(resource);
        if (!read) return std::nullopt;
        return plan_instance(*read, {}, {});
    };
    return {
        "sqlserverinstances",
        document("manifests/samples/instance.yaml", 1),
        planned,
        {
            {"image", R"("registry/engine:1")", pods},
            {"edition", R"("Enterprise")", pods},
            {"acceptEula", R"("y")", pods},
            {"saPasswordSecretRef.name", R"("other")", pods},
            {"saPasswordSecretRef.key", R"("other")", pods},
            {"saPasswordSecretRef.optional", "true", nothing},
            {"port",
             "14330",
             {"ConfigMap mssql-standalone-ha",
              "Service mssql-standalone",
              "Service mssql-standalone-headless",
              "StatefulSet mssql-standalone"}},
            {"serviceType", R"("LoadBalancer")", {"Service mssql-standalone"}},
            {"serviceAnnotations", R"({"cloud/internal": "true"})", {"Service mssql-standalone"}},
            {"timezone", R"("Europe/Berlin")", pods},
            {"additionalEnvVars", R"([{"name": "MSSQL_LCID", "value": "1031"}])", pods},
            {"storage.dataVolumeSize", R"("30Gi")", pods},
            {"storage.storageClassName", R"("fast")", pods},
            {"storage.accessModes", R"(["ReadWriteOncePod"])", pods},
            {"storage.reclaimPolicy", R"("Delete")", pods},
            {"ha.neighbourFencing",
             "false",
             {"ConfigMap mssql-standalone-ha", "StatefulSet mssql-standalone"}},
            {"ha.networkPolicy.enabled", "true", {"NetworkPolicy mssql-standalone"}},
            {"ha.networkPolicy.clients", R"([{"podSelector": {}}])", nothing},
            {"ha.networkPolicy.monitoring", R"([{"podSelector": {}}])", nothing},
            {"ha.imagePullSecrets", R"([{"name": "registry"}])", pods},
            {"ha.priorityClassName", R"("important")", pods},
            {"ha.affinity", R"({"nodeAffinity": {}})", pods},
            {"ha.topologySpreadConstraints", "[]", pods},
            {"ha.supervisorImage", R"("registry/mssql-ha:2")", pods},
            {"mssqlConf",
             R"({"memory.memorylimitmb": "4096"})",
             {"ConfigMap mssql-standalone-mssql-conf", "StatefulSet mssql-standalone"}},
            {"mssqlConf", R"({"network.tcpport": "14330"})", refused},
            {"resources.limits", R"({"memory": "8Gi"})", pods},
            {"resources.requests", R"({"memory": "8Gi"})", pods},
            {"resources.claims", R"([{"name": "device"}])", pods},
            {"nodeSelector", R"({"disk": "fast"})", pods},
            {"tolerations", R"([{"key": "databases", "operator": "Exists"}])", pods},
        },
        {"tolerations", "resources.claims", "additionalEnvVars", "ha.imagePullSecrets"}};
}

changed_kind of_servers() {
    const names pods{"StatefulSet mssql1"};
    const names settings{"ConfigMap mssql1-ha"};
    const names claim{"StatefulSet mssql1"};
    auto planned = [](const value& resource) -> std::optional<plan> {
        auto read = read_server(resource, {});
        if (!read) return std::nullopt;
        std::vector<server> members{*read};
        return plan_server(*read, members, {"mssql1-0", {}}, {}, {});
    };
    return {
        "sqlservers",
        document("manifests/samples/preview.yaml", 1),
        planned,
        {
            {"sqlServerContainer.image", R"("registry/engine:1")", pods},
            {"sqlServerContainer.env", R"([{"name": "MSSQL_LCID", "value": "1031"}])", pods},
            {"sqlServerContainer.resources", R"({"limits": {"memory": "8Gi"}})", pods},
            {"saPassword.secretKeyRef.name", R"("other")", pods},
            {"saPassword.secretKeyRef.key", R"("other")", pods},
            {"masterKeyPassword.secretKeyRef.name", R"("other")", pods},
            {"masterKeyPassword.secretKeyRef.key", R"("other")", pods},
            {"masterKeyPassword", "null", {"ConfigMap mssql1-ha", "StatefulSet mssql1"}},
            {"agentsContainerImage", R"("registry/mssql-ha:2")", pods},
            {"agentsContainerImage", R"("mcr.microsoft.com/mssql/ha:2019-CTP2.1-ubuntu")", refused},
            {"acceptEula", "false", refused},
            {"instanceRootVolumeClaimTemplate.accessModes", R"(["ReadWriteOncePod"])", claim},
            {"instanceRootVolumeClaimTemplate.storageClass", R"("fast")", claim},
            {"instanceRootVolumeClaimTemplate.selector", R"({"matchLabels": {"a": "b"}})", claim},
            {"instanceRootVolumeClaimTemplate.resources.requests.storage", R"("30Gi")", claim},
            {"instanceRootVolumeClaimTemplate", "null", claim},
            {"instanceRootVolume", R"({"persistentVolumeClaim": {"claimName": "a"}})", refused},
            {"pid", R"("Enterprise")", pods},
            {"monitorPolicy", "4", settings},
            {"monitorPolicy", "2", refused},
            {"sqlServerPod", R"({"imagePullSecrets": [{"name": "pull"}]})", pods},
            {"sqlServerPod", R"({"priorityClassName": "important"})", pods},
            {"sqlServerPod", R"({"topologySpreadConstraints": []})", pods},
            {"initSQLPod", R"({"imagePullSecrets": [{"name": "pull"}]})", nothing},
            {"connectionTimeoutSec", "60", nothing},
            {"queryCommandTimeoutSec", "60", settings},
            {"joinCommandTimeoutSec", "90", nothing},
            {"transientDBHealthTimeoutSec", "90", nothing},
            {"sqlPostInitScript", R"("SELECT 1")", nothing},
            {"volumes", R"([{"name": "more", "emptyDir": {}}])", pods},
            {"availabilityGroups",
             R"([{"name": "ag1", "availabilityMode": "asynchronousCommit"}])",
             {"ConfigMap ag1", "StatefulSet mssql1"}},
            {"availabilityGroups", R"(["ag1", "ag2"])", refused},
            {"ha.profile", R"("wide")", settings},
            {"ha.neighbourFencing", "false", {"ConfigMap mssql1-ha", "StatefulSet mssql1"}},
            {"ha.requiredSynchronizedSecondaries", "1", {"ConfigMap ag1"}},
            {"ha.witness", R"("None")", {"ConfigMap ag1"}},
            {"ha.networkPolicy.enabled", "true", {"NetworkPolicy mssql1"}},
            {"ha.networkPolicy.clients", R"([{"podSelector": {}}])", nothing},
            {"ha.networkPolicy.monitoring", R"([{"podSelector": {}}])", nothing},
        },
        {"volumes", "sqlServerContainer.env"}};
}

}  // namespace

TEST_CASE("a change of one field changes the objects of the table and no others") {
    check_changes(of_groups());
    check_changes(of_instances());
    check_changes(of_servers());
}

TEST_CASE("every field of the schema has its line in the table") {
    check_fields(of_groups());
    check_fields(of_instances());
    check_fields(of_servers());
}
