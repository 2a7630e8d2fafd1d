// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/kubesim/api/bench.hpp"

using namespace ha::kubesim::test;
using json = nlohmann::json;

namespace {

const std::string slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

struct served : bench {
    explicit served(bool publish_not_ready = false) {
        server.must("POST",
                    "/api/v1/namespaces/default/services",
                    {{"metadata", {{"name", "db"}}},
                     {"spec",
                      {{"selector", {{"role", "primary"}}},
                       {"publishNotReadyAddresses", publish_not_ready},
                       {"ports", {{{"name", "sql"}, {"port", 1433}}}}}}});
        server.must("POST", pods, pod("db-0", {{"role", "primary"}}));
        status({{"podIP", "10.0.0.1"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}});
    }
    void status(const json& value) {
        server.must("PATCH", pods + "/db-0/status", {{"status", value}});
    }
    json slice() {
        auto items = ask("GET", slices).body["items"];
        return items.size() == 1 ? items[0] : json(nullptr);
    }
};

}  // namespace

TEST_CASE("a service's slice follows labels and readiness") {
    served cluster;
    auto slice = cluster.slice();
    REQUIRE(slice["endpoints"].size() == 1);
    CHECK(slice["endpoints"][0]["addresses"] == json{"10.0.0.1"});
    CHECK(slice["endpoints"][0]["conditions"]["ready"] == true);
    CHECK(slice["ports"][0]["port"] == 1433);

    cluster.status({{"conditions", {{{"type", "Ready"}, {"status", "False"}}}}});
    CHECK(cluster.slice()["endpoints"][0]["conditions"]["ready"] == false);

    cluster.merge(pods + "/db-0", {{"metadata", {{"labels", {{"role", nullptr}}}}}});
    CHECK(cluster.slice()["endpoints"].is_null());
}

TEST_CASE("addresses that are not ready can be published") {
    served cluster{true};
    cluster.status({{"conditions", {{{"type", "Ready"}, {"status", "False"}}}}});
    auto conditions = cluster.slice()["endpoints"][0]["conditions"];
    CHECK(conditions["ready"] == true);
    CHECK(conditions["serving"] == false);
}

TEST_CASE("a service takes its slice along") {
    served cluster;
    cluster.ask("DELETE", "/api/v1/namespaces/default/services/db");
    CHECK(cluster.ask("GET", slices).body["items"].empty());
}
