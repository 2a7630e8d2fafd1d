// SPDX-License-Identifier: MIT
#include "test/support/catch.hpp"
#include "test/unit/kubesim/api/bench.hpp"

using namespace ha::kubesim;
using namespace ha::kubesim::test;
using json = nlohmann::json;

namespace {

struct guarded : bench {
    guarded() : bench(server_settings{}) {
        server.tokens().add("root", {"admin", {"system:masters"}});
        server.tokens().add("t1",
                            {"system:serviceaccount:default:supervisor", {}},
                            clock.now() + std::chrono::hours{1});
    }
    said as(const std::string& token,
            const std::string& method,
            const std::string& target,
            const json& body = nullptr) {
        return ask(method, target, body, {{"authorization", "Bearer " + token}});
    }
    void allow(const json& rule) {
        const std::string at = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/";
        server.must(
            "POST", at + "roles", {{"metadata", {{"name", "r"}}}, {"rules", json::array({rule})}});
        server.must(
            "POST",
            at + "rolebindings",
            {{"metadata", {{"name", "b"}}},
             {"roleRef", {{"kind", "Role"}, {"name", "r"}}},
             {"subjects",
              {{{"kind", "ServiceAccount"}, {"namespace", "default"}, {"name", "supervisor"}}}}});
    }
};

}  // namespace

TEST_CASE("a token that nobody knows is unauthorized, none at all is anonymous") {
    guarded cluster;
    CHECK(cluster.as("wrong", "GET", leases + "/ag1").status == 401);
    CHECK(cluster.ask("GET", leases + "/ag1").status == 403);
}

TEST_CASE("rights by name hold for that name") {
    guarded cluster;
    cluster.allow({{"apiGroups", {"coordination.k8s.io"}},
                   {"resources", {"leases"}},
                   {"resourceNames", {"ag1"}},
                   {"verbs", {"get", "watch", "list"}}});
    cluster.as("root", "POST", leases, lease("ag1", "a"));
    CHECK(cluster.as("t1", "GET", leases + "/ag1").status == 200);
    CHECK(cluster.as("t1", "GET", leases + "?fieldSelector=metadata.name%3Dag1").status == 200);
    auto refused = cluster.as("t1", "GET", leases + "/ag2");
    CHECK(refused.status == 403);
    CHECK(
        refused.body["message"] ==
        "leases.coordination.k8s.io \"ag2\" is forbidden: User "
        "\"system:serviceaccount:default:supervisor\" cannot get resource \"leases\" in API group "
        "\"coordination.k8s.io\" in the namespace \"default\"");
    CHECK(cluster.as("t1", "GET", leases).status == 403);
    CHECK(cluster.as("t1", "DELETE", leases + "/ag1").status == 403);
}

TEST_CASE("a token ends with its time, and when it is revoked") {
    guarded cluster;
    CHECK(cluster.as("t1", "GET", leases).status == 403);
    cluster.clock.advance_to(cluster.clock.now() + std::chrono::hours{2});
    CHECK(cluster.as("t1", "GET", leases).status == 401);
    CHECK(cluster.server.tokens().revoke("admin") == 1);
    CHECK(cluster.as("root", "GET", leases).status == 401);
}
