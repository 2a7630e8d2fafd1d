// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/support/node/container.hpp"
#include "test/support/node/environment.hpp"
#include "test/support/node/pod_maker.hpp"

#include <fstream>
#include <sstream>
#include <stdlib.h>

using namespace ha::test::node;
using namespace std::chrono_literals;

namespace {

json stateful_set() {
    return json::parse(R"({
      "metadata": {"name": "ag", "namespace": "n", "uid": "s-1"},
      "spec": {
        "replicas": 2, "serviceName": "ag-headless",
        "template": {
          "metadata": {"labels": {"app": "ag"}},
          "spec": {"containers": [{"name": "mssql", "image": "i"}], "volumes": []}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}]}})");
}

json pod_with_volumes() {
    return json::parse(R"({
      "metadata": {"name": "ag-0", "namespace": "n", "uid": "u-0"},
      "spec": {
        "serviceAccountName": "sa",
        "containers": [{
          "name": "c", "image": "i", "args": ["--config", "/etc/ha/supervisor.yaml", "/etc/harm"],
          "env": [
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "SA", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            {"name": "PLAIN", "value": "/data/x"}],
          "volumeMounts": [
            {"name": "settings", "mountPath": "/etc/ha"},
            {"name": "data", "mountPath": "/data"},
            {"name": "run", "mountPath": "/run/pod"},
            {"name": "secret", "mountPath": "/run/secret"},
            {"name": "conf", "mountPath": "/data/mssql.conf", "subPath": "mssql.conf"},
            {"name": "token", "mountPath": "/var/run/token"}]}],
        "volumes": [
          {"name": "settings", "configMap": {"name": "m"}},
          {"name": "conf", "configMap": {"name": "conf"}},
          {"name": "data", "persistentVolumeClaim": {"claimName": "data-ag-0"}},
          {"name": "run", "emptyDir": {}},
          {"name": "secret", "secret": {"secretName": "s", "items": [{"key": "k", "path": "pw"}]}},
          {"name": "token", "projected": {"sources": [
            {"serviceAccountToken": {"path": "token"}},
            {"downwardAPI": {"items": [
              {"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
            {"configMap": {"name": "ca", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}]}}]}})");
}

volume_sources sources() {
    volume_sources made;
    made.config_maps["m"] = json::parse(
        R"({"data": {"supervisor.yaml": "ca: /run/secret/pw\nconf: '/data/mssql.conf'\n"}})");
    made.config_maps["conf"] = json::parse(R"({"data": {"mssql.conf": "[hadr]\n"}})");
    made.config_maps["ca"] = json::parse(R"({"data": {"ca.crt": "PEM", "other": "x"}})");
    made.secrets["s"] = json::parse(R"({"data": {"k": "cGFzcw==", "l": "eA=="}})");
    made.tokens["token"] = "T";
    return made;
}

// A folder that is gone with the test.
struct temporary {
    temporary() {
        char pattern[] = "/tmp/ha-node-XXXXXX";
        path = mkdtemp(pattern);
    }
    ~temporary() { files::remove_all(path); }
    files::path path;
};

std::string text_of(const files::path& path) {
    std::ifstream in{path};
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a pod of a StatefulSet has its name, labels, owner and claim") {
    auto pod = make_pod(stateful_set(), 1, "node-7");
    REQUIRE(text_at(pod, "/metadata/name") == "ag-1");
    REQUIRE(text_at(pod, "/metadata/labels/app") == "ag");
    REQUIRE(text_at(pod, "/metadata/labels/statefulset.kubernetes.io~1pod-name") == "ag-1");
    REQUIRE(text_at(pod, "/metadata/ownerReferences/0/uid") == "s-1");
    REQUIRE(text_at(pod, "/spec/nodeName") == "node-7");
    REQUIRE(text_at(pod, "/spec/subdomain") == "ag-headless");
    REQUIRE(text_at(pod, "/spec/volumes/0/persistentVolumeClaim/claimName") == "data-ag-1");
}

TEST_CASE("another template is another revision, which its pods bear and the set's status names") {
    auto set = stateful_set();
    set["metadata"]["generation"] = 3;
    auto pod = make_pod(set, 0, "n");
    auto revision = text_at(status_of(set), "/updateRevision");
    REQUIRE(text_at(pod, "/metadata/labels/controller-revision-hash") == revision);
    REQUIRE(number_at(status_of(set), "/observedGeneration") == 3);
    set["spec"]["replicas"] = 5;
    REQUIRE(revision_of(set) == revision);
    set["spec"]["template"]["spec"]["nodeSelector"]["disk"] = "fast";
    REQUIRE(revision_of(set) != revision);
}

TEST_CASE("missing pods are made, surplus ones removed from the top, ending ones waited for") {
    auto set = stateful_set();
    std::map<std::string, json> pods;
    REQUIRE(missing_and_surplus(set, pods).create == std::vector<int>{0, 1});

    for (int i = 0; i < 4; ++i) {
        auto pod = make_pod(set, i, "n");
        pods[text_at(pod, "/metadata/name")] = pod;
    }
    pods["ag-1"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    pods["stranger"] = json::parse(R"({"metadata": {"name": "stranger"}})");
    auto changes = missing_and_surplus(set, pods);
    REQUIRE(changes.create.empty());
    REQUIRE(changes.remove == std::vector<std::string>{"ag-3", "ag-2"});
}

TEST_CASE("volumes become folders; text of ConfigMaps names them; claims outlive the pod") {
    temporary root;
    folders where{root.path / "pods/ag-0", root.path / "claims"};
    auto pod = pod_with_volumes();
    const auto& container = at(pod, "/spec/containers/0");
    REQUIRE(write_volumes(pod, container, where, sources()));

    auto mounts = mounts_of(pod, container, where);
    REQUIRE(mounts.at("/data") == (root.path / "claims/data-ag-0").string());
    REQUIRE(files::is_directory(mounts.at("/run/pod")));
    REQUIRE(text_of(mounts.at("/run/secret") + "/pw") == "pass");
    REQUIRE_FALSE(files::exists(mounts.at("/run/secret") + "/l"));
    REQUIRE(text_of(mounts.at("/data/mssql.conf")) == "[hadr]\n");
    REQUIRE(text_of(mounts.at("/etc/ha") + "/supervisor.yaml") ==
            "ca: " + mounts.at("/run/secret") + "/pw\nconf: '" + mounts.at("/data/mssql.conf") +
                "'\n");
    REQUIRE(text_of(mounts.at("/var/run/token") + "/token") == "T");
    REQUIRE(text_of(mounts.at("/var/run/token") + "/namespace") == "n");
    REQUIRE(text_of(mounts.at("/var/run/token") + "/ca.crt") == "PEM");
}

TEST_CASE("a missing source is waited for, an optional one is not") {
    temporary root;
    folders where{root.path / "pod", root.path / "claims"};
    auto pod = pod_with_volumes();
    auto from = sources();
    from.secrets.clear();
    auto written = write_volumes(pod, at(pod, "/spec/containers/0"), where, from);
    REQUIRE_FALSE(written);
    REQUIRE(written.error().kind == ha::errc::not_found);
    REQUIRE(written.error().message == "volume secret: 's' is not there");

    pod["spec"]["volumes"][4]["secret"]["optional"] = true;
    REQUIRE(write_volumes(pod, at(pod, "/spec/containers/0"), where, from));
}

TEST_CASE("paths are replaced where they end, the longest first, and once") {
    mount_table mounts{{"/a", "/x/a"}, {"/a/b", "/y"}, {"/x", "/never"}};
    REQUIRE(with_paths("/a/b/c", mounts) == "/y/c");
    REQUIRE(with_paths("'/a' /abc /a", mounts) == "'/x/a' /abc /x/a");
}

TEST_CASE("a container's command comes from its image's program, its arguments and variables") {
    auto pod = pod_with_volumes();
    auto images = image_map::read(json::parse(
        R"({"i": {"command": ["/bin/x", "--ip={podIP}", "{mount:/data}"], "env": {"WHERE": "{folder}"}}})"));
    REQUIRE(images);
    pod_place place;
    place.where = {"/r/pod", "/r/claims"};
    place.ip = "127.0.16.1";
    place.cluster["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
    auto made =
        command_of(pod, at(pod, "/spec/containers/0"), *images->find("i"), place, sources());
    REQUIRE(made);
    REQUIRE(made->arguments == std::vector<std::string>{"/bin/x",
                                                        "--ip=127.0.16.1",
                                                        "/r/claims/data-ag-0",
                                                        "--config",
                                                        "/r/pod/c/volumes/settings/supervisor.yaml",
                                                        "/etc/harm"});
    REQUIRE(made->variables.at("POD") == "ag-0");
    REQUIRE(made->variables.at("IP") == "127.0.16.1");
    REQUIRE(made->variables.at("SA") == "pass");
    REQUIRE(made->variables.at("PLAIN") == "/r/claims/data-ag-0/x");
    REQUIRE(made->variables.at("WHERE") == "/r/pod/c");
    REQUIRE(made->variables.at("KUBERNETES_SERVICE_HOST") == "127.0.0.1");
}

TEST_CASE("an image's program is found by name or by the longest beginning that stands for it") {
    auto images = image_map::read(json::parse(
        R"({"a/b*": {"command": ["/1"]}, "a/b:2": {"command": ["/2"]}, "a*": {"command": ["/3"]}})"));
    REQUIRE(images);
    REQUIRE(images->find("a/b:2")->command.front() == "/2");
    REQUIRE(images->find("a/b:3")->command.front() == "/1");
    REQUIRE(images->find("a/c")->command.front() == "/3");
    REQUIRE(images->find("c") == nullptr);
    REQUIRE_FALSE(image_map::read(json::parse(R"({"x": {}})")));
}

TEST_CASE("restarts: at once, then ten seconds doubling to five minutes") {
    REQUIRE(restart_delay(1) == 0s);
    REQUIRE(restart_delay(2) == 10s);
    REQUIRE(restart_delay(3) == 20s);
    REQUIRE(restart_delay(7) == 300s);
    REQUIRE(restart_delay(1000) == 300s);
}

TEST_CASE("a probe's verdict changes after as many results in a row as its thresholds say") {
    probe_plan plan;
    plan.failure_threshold = 2;
    probe_count count{plan, true};
    REQUIRE_FALSE(count.add(false));
    REQUIRE_FALSE(count.add(true));
    REQUIRE_FALSE(count.add(false));
    REQUIRE(count.good());
    REQUIRE(count.add(false));
    REQUIRE_FALSE(count.good());
    REQUIRE(count.add(true));
    REQUIRE(count.good());
}

TEST_CASE("a port is a number or the name of one") {
    auto ports = json::parse(R"([{"name": "http", "containerPort": 8080}])");
    REQUIRE(port_of(9, ports) == 9);
    REQUIRE(port_of("http", ports) == 8080);
    REQUIRE(port_of("other", ports) == 0);
}
