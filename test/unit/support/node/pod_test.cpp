// SPDX-License-Identifier: MIT
#include "test/support/node/pod.hpp"

#include "common/async/system_clock.hpp"
#include "common/http/server.hpp"
#include "common/transport/memory_network.hpp"
#include "test/support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdlib.h>

// Pods with real processes: small shell scripts that write down what happens to them. Probes and
// hooks are answered by a server of the test, over a network in memory.

using namespace ha::test::node;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using ha::http::body_writer;
using ha::http::incoming;
using ha::http::response;

namespace {

constexpr const char* pod_text = R"({
  "metadata": {"name": "ag-0", "namespace": "n", "uid": "u-0"},
  "spec": {
    "terminationGracePeriodSeconds": 20,
    "initContainers": [{
      "name": "sidecar", "image": "sidecar", "restartPolicy": "Always",
      "startupProbe": {"httpGet": {"path": "/startupz", "port": 8080}, "periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 100},
      "volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}],
    "containers": [{
      "name": "engine", "image": "engine",
      "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 1, "timeoutSeconds": 5},
      "lifecycle": {"preStop": {"httpGet": {"path": "/prestop", "port": 8080}}},
      "volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}],
    "volumes": [{"name": "shared", "emptyDir": {}}]}})";

// Says that it is up, waits for TERM and says so. Whoever it started is its group's.
std::string script(const std::string& name) {
    return "trap 'echo " + name + " term >> {mount:/shared}/events; exit 0' TERM; echo " + name +
           " up >> {mount:/shared}/events; sleep 1000 & echo $! > {mount:/shared}/" + name +
           ".child; wait";
}

struct world {
    asio::io_context io;
    ha::system_clock clock;
    ha::transport::memory_network network{clock};
    std::unique_ptr<ha::transport::dialer> dialer = network.dialer_at("node");
    std::unique_ptr<ha::transport::listener> listener = network.listen("127.0.16.1", 8080);
    std::map<std::string, int> answers;  // path to status; a path that is not here waits
    ha::doorbell news;
    image_map images;
    files::path folder;
    std::vector<std::string> told;
    std::unique_ptr<surroundings> around;
    std::shared_ptr<pod> one;

    world() {
        char pattern[] = "/tmp/ha-node-XXXXXX";
        folder = mkdtemp(pattern);
        json programs;
        for (std::string name : {"sidecar", "engine"}) {
            programs[name]["command"] = {"/bin/sh", "-c", script(name)};
        }
        images = image_map::read(programs).value();
        auto fetch = [](json) -> asio::awaitable<ha::result<volume_sources>> {
            co_return volume_sources{};
        };
        auto tell = [this](std::string words) { told.push_back(words); };
        around.reset(new surroundings{io.get_executor(), clock, *dialer, images, fetch, tell});
        asio::co_spawn(io, serve(), [](std::exception_ptr) {});
        pod_place place;
        place.where = {folder / "pod", folder / "claims"};
        place.ip = "127.0.16.1";
        one = std::make_shared<pod>(*around, json::parse(pod_text), place);
    }

    ~world() {
        one->end_now();
        io.restart();
        io.poll();
        files::remove_all(folder);
    }

    asio::awaitable<void> serve() {
        ha::http::handler answer = [this](incoming asked, body_writer&) {
            return respond(std::move(asked));
        };
        co_await ha::http::serve(clock, *listener, answer);
    }

    asio::awaitable<std::optional<response>> respond(incoming asked) {
        while (!answers.contains(asked.request.target)) co_await news.wait();
        co_return response{answers.at(asked.request.target), {}, {}};
    }

    void set(const std::string& path, int status) {
        answers[path] = status;
        news.ring();
    }

    // Runs until the claim holds; a generous limit, so that only what never comes fails.
    template <class Claim>
    bool eventually(Claim claim) {
        auto limit = clock.now() + 30s;
        while (!claim() && clock.now() < limit) {
            io.restart();
            io.run_one_for(50ms);
        }
        return claim();
    }

    std::string events() const {
        std::ifstream in{folder / "pod/volumes/shared/events"};
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }

    int child_of(const std::string& name) const {
        int pid = 0;
        std::ifstream{folder / ("pod/volumes/shared/" + name + ".child")} >> pid;
        return pid;
    }

    std::string condition(const std::string& type) const {
        auto status = one->status();
        for (const auto& entry : status.at("conditions")) {
            if (entry.at("type") == type) return entry.at("status");
        }
        return {};
    }

    void come_up() {
        set("/startupz", 200);
        set("/readyz", 200);
        one->begin();
        REQUIRE(eventually([&] { return events() == "sidecar up\nengine up\n"; }));
        REQUIRE(eventually([&] { return child_of("engine") > 0 && child_of("sidecar") > 0; }));
    }
};

// A zombie that nobody has reaped yet is dead.
bool alive(int pid) {
    std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
    std::string number;
    std::string name;
    std::string state;
    in >> number >> name >> state;
    return in && state != "Z";
}

}  // namespace

TEST_CASE("the engine starts when the sidecar has started, and readiness is the probe's word") {
    world w;
    w.set("/startupz", 503);
    w.one->begin();
    REQUIRE(w.eventually([&] { return w.events() == "sidecar up\n"; }));
    REQUIRE_FALSE(w.one->find("engine")->running());
    REQUIRE(w.condition("Initialized") == "False");
    REQUIRE(w.one->status().at("phase") == "Pending");

    w.set("/startupz", 200);
    w.set("/readyz", 503);
    REQUIRE(w.eventually([&] { return w.events() == "sidecar up\nengine up\n"; }));
    REQUIRE(w.condition("Initialized") == "True");
    REQUIRE(w.condition("Ready") == "False");

    w.set("/readyz", 200);
    REQUIRE(w.eventually([&] { return w.condition("Ready") == "True"; }));
    REQUIRE(w.one->status().at("podIP") == "127.0.16.1");
}

TEST_CASE(
    "a killed container is restarted at once, then with back-off, and its group dies with it") {
    world w;
    w.come_up();
    int child = w.child_of("engine");
    REQUIRE(alive(child));
    w.one->find("engine")->signal(SIGKILL);
    REQUIRE(w.eventually([&] { return w.events() == "sidecar up\nengine up\nengine up\n"; }));
    auto status = w.one->find("engine")->status();
    REQUIRE(status.at("restartCount") == 1);
    REQUIRE(status.at("lastState").at("terminated").at("exitCode") == 137);
    REQUIRE(w.eventually([&] { return !alive(child); }));

    w.one->find("engine")->signal(SIGKILL);
    REQUIRE(w.eventually([&] {
        auto state = w.one->find("engine")->status().at("state");
        return state.contains("waiting") && state.at("waiting").at("reason") == "CrashLoopBackOff";
    }));
    REQUIRE(w.condition("Ready") == "False");
    REQUIRE(w.one->find("sidecar")->status().at("restartCount") == 0);
}

TEST_CASE("an end by its own fault is told apart from one by somebody's signal") {
    world w;
    w.come_up();
    w.one->find("engine")->signal(SIGKILL);
    REQUIRE(w.eventually([&] { return w.events() == "sidecar up\nengine up\nengine up\n"; }));
    REQUIRE(w.around->crashes.empty());
    w.one->find("engine")->signal(SIGABRT);
    REQUIRE(w.eventually([&] { return !w.around->crashes.empty(); }));
    REQUIRE(w.around->crashes == std::vector<std::string>{"ag-0/engine: signal 6"});
}

TEST_CASE("the end: the hook holds the engine up, and the sidecar's TERM comes after its end") {
    world w;
    w.come_up();
    bool ended = false;
    asio::co_spawn(w.io, w.one->end(20s), [&](std::exception_ptr) { ended = true; });
    REQUIRE(w.eventually(
        [&] { return !w.told.empty() && w.told.back() == "ag-0/engine: preStop hook called"; }));
    REQUIRE(w.events() == "sidecar up\nengine up\n");

    w.set("/prestop", 200);
    REQUIRE(w.eventually([&] { return ended; }));
    REQUIRE(w.events() == "sidecar up\nengine up\nengine term\nsidecar term\n");
    REQUIRE(w.one->gone());
    REQUIRE_FALSE(w.one->find("sidecar")->running());
}

TEST_CASE("what does not end within the grace period is killed") {
    world w;
    w.come_up();
    w.one->find("engine")->signal(SIGSTOP);
    w.set("/prestop", 200);
    bool ended = false;
    asio::co_spawn(w.io, w.one->end(100ms), [&](std::exception_ptr) { ended = true; });
    REQUIRE(w.eventually([&] { return ended; }));
    REQUIRE(w.events().find("engine term") == std::string::npos);
    REQUIRE(w.one->find("engine")->last_exit() == exit_state{137, SIGKILL});
}

TEST_CASE("a pod deleted by force is gone at once") {
    world w;
    w.come_up();
    int child = w.child_of("sidecar");
    w.one->end_now();
    REQUIRE(w.eventually([&] { return !w.one->find("engine")->running(); }));
    REQUIRE(w.eventually([&] { return !w.one->find("sidecar")->running(); }));
    REQUIRE(w.eventually([&] { return !alive(child); }));
}
