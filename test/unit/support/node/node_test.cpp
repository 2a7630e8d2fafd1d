// SPDX-License-Identifier: MIT
#include "test/support/node/node.hpp"

#include "common/async/system_clock.hpp"
#include "common/http/server.hpp"
#include "common/k8s/resources.hpp"
#include "common/transport/memory_network.hpp"
#include "test/kubesim/api/server.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <fstream>
#include <stdlib.h>

// The node against an API server in the same process, with shell scripts as containers.

using namespace ha::test::node;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr const char* stateful_set = R"({
  "apiVersion": "apps/v1", "kind": "StatefulSet",
  "metadata": {"name": "ag", "namespace": "default"},
  "spec": {
    "replicas": 2, "serviceName": "ag-headless",
    "selector": {"matchLabels": {"app": "ag"}},
    "template": {
      "metadata": {"labels": {"app": "ag"}},
      "spec": {
        "terminationGracePeriodSeconds": 5,
        "serviceAccountName": "sa",
        "containers": [{"name": "engine", "image": "engine", "volumeMounts": [
          {"name": "data", "mountPath": "/data"}, {"name": "token", "mountPath": "/token"}]}],
        "volumes": [{"name": "token", "projected": {"sources": [
          {"serviceAccountToken": {"path": "token"}}]}}]}},
    "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
      "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]}})";

constexpr const char* script =
    "echo {podName} {podIP} $(cat {mount:/token}/token) >> {mount:/data}/lives; "
    "trap 'exit 0' TERM; sleep 1000 & wait";

struct world {
    asio::io_context io;
    ha::system_clock clock;
    ha::transport::memory_network network{clock};
    ha::kubesim::api_server server{clock, {.open = true}};
    std::unique_ptr<ha::transport::listener> listener = network.listen("api", 6443);
    std::unique_ptr<ha::transport::dialer> dialer = network.dialer_at("node");
    std::unique_ptr<ha::http::client> http =
        ha::http::make_client(clock, *dialer, {"api", 6443, ""});
    std::unique_ptr<ha::k8s::client> api = ha::k8s::make_client(clock, *http, nullptr, "test");
    files::path folder;
    image_map images;
    std::unique_ptr<node> machine;
    asio::cancellation_signal stop;
    bool served = false;

    world() {
        char pattern[] = "/tmp/ha-node-XXXXXX";
        folder = mkdtemp(pattern);
        json programs;
        programs["engine"]["command"] = {"/bin/sh", "-c", script};
        images = image_map::read(programs).value();
        node_settings settings;
        settings.folder = folder;
        auto tokens = [](std::string account, json) -> asio::awaitable<ha::result<std::string>> {
            co_return "token-of-" + account;
        };
        machine = std::make_unique<node>(
            io.get_executor(), clock, *api, *dialer, images, settings, tokens, [](std::string) {});
        auto ended = [](std::exception_ptr) {};
        auto serving = [this](std::exception_ptr) { served = true; };
        asio::co_spawn(io,
                       ha::http::serve(clock, *listener, server.handler()),
                       asio::bind_cancellation_slot(stop.slot(), serving));
        asio::co_spawn(io, machine->run(), ended);
        server.must(
            "POST", "/apis/apps/v1/namespaces/default/statefulsets", json::parse(stateful_set));
    }

    ~world() {
        for (const auto& [name, one] : machine->pods()) one->end_now();
        // Watches know the server that they are served by: they end first.
        stop.emit(asio::cancellation_type::terminal);
        eventually([&] { return served; });
        io.restart();
        io.poll();
        files::remove_all(folder);
    }

    template <class Claim>
    bool eventually(Claim claim) {
        auto limit = clock.now() + 30s;
        while (!claim() && clock.now() < limit) {
            io.restart();
            io.run_one_for(50ms);
        }
        return claim();
    }

    json pod_object(const std::string& name) {
        ha::http::request question;
        question.target = "/api/v1/namespaces/default/pods/" + name;
        auto answer = server.answer(question);
        return answer.status == 200 ? json::parse(answer.body) : json();
    }

    bool is_ready(const std::string& name) {
        auto object = pod_object(name);
        for (const auto& condition : at(object, "/status/conditions")) {
            if (text_at(condition, "/type") == "Ready") {
                return text_at(condition, "/status") == "True";
            }
        }
        return false;
    }

    std::vector<std::string> lives(const std::string& pod_name) const {
        std::vector<std::string> all;
        std::ifstream in{folder / "claims" / ("data-" + pod_name) / "lives"};
        for (std::string line; std::getline(in, line);) all.push_back(line);
        return all;
    }
};

}  // namespace

TEST_CASE("a StatefulSet becomes pods that run, with status, address, claim and token") {
    world w;
    REQUIRE(w.eventually([&] { return w.is_ready("ag-0") && w.is_ready("ag-1"); }));
    auto object = w.pod_object("ag-1");
    REQUIRE(text_at(object, "/status/podIP") == w.machine->find("ag-1")->ip());
    REQUIRE(at(object, "/status/containerStatuses/0/started") == json(true));
    REQUIRE(w.eventually([&] { return w.lives("ag-1").size() == 1; }));
    REQUIRE(w.lives("ag-1")[0] == "ag-1 " + w.machine->find("ag-1")->ip() + " token-of-sa");
    REQUIRE(w.machine->find("ag-0")->ip() != w.machine->find("ag-1")->ip());
}

TEST_CASE("a deleted pod ends, then comes back with another uid and address and its old data") {
    world w;
    REQUIRE(w.eventually([&] { return w.is_ready("ag-0") && w.lives("ag-0").size() == 1; }));
    auto before = w.pod_object("ag-0");
    w.server.must("DELETE", "/api/v1/namespaces/default/pods/ag-0");
    REQUIRE(w.eventually([&] { return w.lives("ag-0").size() == 2; }));
    auto after = w.pod_object("ag-0");
    REQUIRE(text_at(after, "/metadata/uid") != text_at(before, "/metadata/uid"));
    REQUIRE(w.lives("ag-0")[0] != w.lives("ag-0")[1]);
    REQUIRE(w.eventually([&] { return w.is_ready("ag-0"); }));
}

TEST_CASE("a pod deleted by force is replaced at once, and its processes end") {
    world w;
    REQUIRE(w.eventually([&] { return w.is_ready("ag-0") && w.lives("ag-0").size() == 1; }));
    auto old = w.machine->find("ag-0");
    old->find("engine")->signal(SIGSTOP);
    json options{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"gracePeriodSeconds", 0}};
    w.server.must("DELETE", "/api/v1/namespaces/default/pods/ag-0", options);
    REQUIRE(w.eventually([&] { return w.lives("ag-0").size() == 2; }));
    REQUIRE(w.eventually([&] { return !old->find("engine")->running(); }));
}

TEST_CASE("fewer replicas: the highest ordinal goes, and does not come back") {
    world w;
    REQUIRE(w.eventually([&] { return w.is_ready("ag-0") && w.is_ready("ag-1"); }));
    auto set = w.server.must("GET", "/apis/apps/v1/namespaces/default/statefulsets/ag");
    set["spec"]["replicas"] = 1;
    w.server.must("PUT", "/apis/apps/v1/namespaces/default/statefulsets/ag", set);
    REQUIRE(w.eventually([&] { return w.pod_object("ag-1").is_null(); }));
    REQUIRE(w.is_ready("ag-0"));
    REQUIRE(w.eventually([&] { return w.machine->pods().size() == 1; }));
}
