// SPDX-License-Identifier: MIT
#include "common/k8s/resources.hpp"
#include "test/integration/kubesim/bench.hpp"

#include <nlohmann/json.hpp>

// The port through which tests make trouble, at a kubesim process: what is asked there is what
// clients of the API server meet.

using namespace ha;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct port {
    test::kubesim_bench bench{"somebody"};

    // What a client meets that reads the node: the status of its failure, 200 without one.
    int read_node() {
        k8s::object_name what{k8s::nodes, "", "n1"};
        auto came = bench.run(bench.access().api().get(what, 2s));
        return came ? 200 : came.error().code;
    }
    json ask(const std::string& method, const std::string& path, json body = nullptr) {
        return bench.admin(method, path, std::move(body));
    }
    std::string complaint(const std::string& method, const std::string& path, json body) {
        auto came = bench.run(bench.access().admin(method, path, std::move(body)));
        REQUIRE_FALSE(came);
        return came.error().message;
    }
};

}  // namespace

TEST_CASE("a fault that was asked for is met as often as was asked, and can be taken back") {
    port set;
    CHECK(set.read_node() == 404);
    json wanted = {{"fault", "status"}, {"status", 429}, {"verb", "get"}, {"resource", "nodes"}};
    wanted["times"] = 2;
    auto first = set.ask("POST", "/faults", wanted)["id"];
    auto second = set.ask("POST", "/faults", {{"fault", "status"}, {"status", 503}})["id"];
    CHECK(set.ask("GET", "/faults")["faults"].size() == 2);
    CHECK(set.read_node() == 429);
    CHECK(set.read_node() == 429);
    CHECK(set.read_node() == 503);
    auto now = set.ask("GET", "/faults");
    CHECK(now["met"] == 3);
    set.ask("DELETE", "/faults/" + second.dump());
    CHECK(set.read_node() == 404);
    CHECK(first != second);
}

TEST_CASE("in an outage nobody is let in, and afterwards everybody again") {
    port set;
    // Often, because whoever asks at once after the answer must not meet what was before it.
    for (int round = 0; round < 20; ++round) {
        set.ask("POST", "/outage");
        CHECK(set.read_node() == 0);
        set.ask("DELETE", "/outage");
        CHECK(set.read_node() == 404);
    }
}

TEST_CASE("the port tells who asked for what, and what is wrong with what it is asked") {
    port set;
    set.read_node();
    set.read_node();
    CHECK(set.ask("GET", "/requests")["admin"]["get nodes"] == 2);
    CHECK(set.ask("GET", "/version")["resourceVersion"].is_number());
    CHECK(set.complaint("POST", "/tokens", json::object()).find("a token needs a") !=
          std::string::npos);
    CHECK(set.complaint("POST", "/faults", {{"fault", "rain"}}).find("rain") != std::string::npos);
    CHECK(set.complaint("GET", "/nothing", nullptr).find("/nothing") != std::string::npos);
}
