// SPDX-License-Identifier: MIT
#include "test/contract/samples.hpp"
#include "test/contract/visit.hpp"

namespace ha::contract {
namespace {

using json = nlohmann::json;

const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/{space}/leases";
const std::string pods = "/api/v1/namespaces/{space}/pods";
const std::string rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/{space}/";
const manner supervisor{"supervisor"};
const manner patching{"supervisor", "application/merge-patch+json"};

json rule(const char* group, const char* resource, const json& verbs, const json& names = nullptr) {
    json made = {{"apiGroups", {group}}, {"resources", {resource}}, {"verbs", verbs}};
    if (!names.is_null()) made["resourceNames"] = names;
    return made;
}

json subject() {
    return {{"kind", "ServiceAccount"}, {"namespace", "contract"}, {"name", "supervisor"}};
}

// The supervisor's rights in this check's namespace, in force when it returns.
void grant(visit& at, std::vector<json> all) {
    // By this one the check sees that the server knows the rights.
    all.push_back(rule("", "services", {"list"}));
    at.prepare("POST", rbac + "roles", {{"metadata", {{"name", "r"}}}, {"rules", all}});
    at.prepare(
        "POST",
        rbac + "rolebindings",
        {{"metadata", {{"name", "b"}}},
         {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Role"}, {"name", "r"}}},
         {"subjects", {subject()}}});
    at.server().count(false);
    bool known = at.server().wait_until([&] {
        const std::string services = "/api/v1/namespaces/{space}/services";
        return at.prepare("GET", services, nullptr, supervisor).status == 200;
    });
    at.server().count(true);
    at.expect(known, "the rights are known");
}

json lease() {
    return sample_of("Lease").named("ag1");
}

void no_token(visit& at) {
    at.expect_status(at.ask("GET", leases + "/ag1", nullptr, {"nobody"}), 403);
}

void wrong_token(visit& at) {
    at.expect_status(at.ask("GET", leases + "/ag1", nullptr, {"wrong"}), 401);
}

// All that a supervisor does, when its token has expired.
void wrong_token_everywhere(visit& at) {
    const manner who{"wrong"};
    const manner merging{"wrong", "application/merge-patch+json"};
    const manner applying{"wrong", "application/apply-patch+yaml"};
    const std::string space = "/api/v1/namespaces/{space}/";
    const std::string one = "/x?fieldManager=m";
    json label = {{"metadata", {{"labels", {{"role", "primary"}}}}}};
    for (const auto& kind : {leases, space + "pods", space + "configmaps"}) {
        at.expect_status(at.ask("GET", kind, nullptr, who), 401);
        at.expect_status(at.ask("GET", kind + "/x", nullptr, who), 401);
        at.expect_status(at.ask("POST", kind, label, who), 401);
        at.expect_status(at.ask("PUT", kind + "/x", label, who), 401);
        at.expect_status(at.ask("PATCH", kind + "/x", label, merging), 401);
        at.expect_status(at.ask("PATCH", kind + one, label, applying), 401);
        at.expect_status(at.ask("DELETE", kind + "/x", nullptr, who), 401);
        auto events = at.watch(kind + "?watch=true", who);
        at.server().wait_until([&] { return events->over; });
        at.expect(events->status == 401, "401, not " + std::to_string(events->status));
        at.events(*events, 1);
    }
    const std::string events = "/apis/events.k8s.io/v1/namespaces/{space}/events";
    at.expect_status(at.ask("POST", events, label, who), 401);
}

void no_rights(visit& at) {
    at.expect_status(at.ask("GET", leases + "/ag1", nullptr, {"stranger"}), 403);
    at.expect_status(at.ask("GET", leases, nullptr, {"stranger"}), 403);
    at.expect_status(at.ask("POST", leases, lease(), {"stranger"}), 403);
    at.expect_status(at.ask("PUT", leases + "/ag1", lease(), {"stranger"}), 403);
    const auto& event = sample_of("Event");
    at.expect_status(at.ask("POST", event.path, event.named("e"), {"stranger"}), 403);
    at.expect_status(at.ask("DELETE", pods + "/db-0", nullptr, {"stranger"}), 403);
    at.expect_status(at.ask("GET", "/api/v1/nodes", nullptr, {"stranger"}), 403);
    at.expect_status(at.ask("GET", "/api/v1/nodes/n1", nullptr, {"stranger"}), 403);
}

void named_lease(visit& at) {
    at.prepare("POST", leases, lease());
    grant(at, {rule("coordination.k8s.io", "leases", {"get", "update", "patch"}, {"ag1"})});
    auto seen = at.ask("GET", leases + "/ag1", nullptr, supervisor);
    at.expect_status(seen, 200);
    seen.body["spec"]["holderIdentity"] = "b";
    at.expect_status(at.ask("PUT", leases + "/ag1", seen.body, supervisor), 200);
    at.expect_status(at.merge(leases + "/ag1", {{"spec", {{"leaseTransitions", 4}}}}, supervisor),
                     200);
    at.expect_status(at.ask("GET", leases + "/ag2", nullptr, supervisor), 403);
    at.expect_status(at.ask("GET", leases, nullptr, supervisor), 403);
    at.expect_status(at.ask("DELETE", leases + "/ag1", nullptr, supervisor), 403);
}

void create_by_name(visit& at) {
    grant(at, {rule("coordination.k8s.io", "leases", {"create"}, {"ag1"})});
    at.expect_status(at.ask("POST", leases, lease(), supervisor), 403);
}

void create(visit& at) {
    grant(at, {rule("coordination.k8s.io", "leases", {"create"})});
    at.expect_status(at.ask("POST", leases, lease(), supervisor), 201);
}

void named_watch(visit& at) {
    at.prepare("POST", leases, lease());
    grant(at, {rule("coordination.k8s.io", "leases", {"list", "watch"}, {"ag1"})});
    const std::string mine = "?fieldSelector=metadata.name%3Dag1";
    at.expect_status(at.ask("GET", leases + mine, nullptr, supervisor), 200);
    auto events = at.watch(leases + mine + "&watch=true&timeoutSeconds=20", supervisor);
    at.events(*events, 1);
    at.expect_status(
        at.ask("GET", leases + "?fieldSelector=metadata.name%3Dag2", nullptr, supervisor), 403);
    at.expect_status(at.ask("GET", leases, nullptr, supervisor), 403);
}

void verbs_differ(visit& at) {
    grant(at, {rule("", "pods", {"patch"})});
    const auto& kind = sample_of("Pod");
    at.prepare("POST", pods, kind.named("x"));
    json label = {{"metadata", {{"labels", {{"role", "primary"}}}}}};
    at.expect_status(at.merge(pods + "/x", label, supervisor), 200);
    at.expect_status(at.ask("GET", pods + "/x", nullptr, supervisor), 403);
    at.expect_status(at.merge(pods + "/x/status", kind.status, supervisor), 403);
}

void subresource(visit& at) {
    grant(at, {rule("", "pods/status", {"patch"})});
    const auto& kind = sample_of("Pod");
    at.prepare("POST", pods, kind.named("x"));
    at.expect_status(at.merge(pods + "/x/status", kind.status, supervisor), 200);
    at.expect_status(at.merge(pods + "/x", kind.change, supervisor), 403);
}

void groups_differ(visit& at) {
    grant(at, {rule("", "leases", {"get"})});
    at.prepare("POST", leases, lease());
    at.expect_status(at.ask("GET", leases + "/ag1", nullptr, supervisor), 403);
}

void stars(visit& at) {
    grant(at, {rule("*", "*", {"*"})});
    at.expect_status(at.ask("POST", leases, lease(), supervisor), 201);
    at.expect_status(at.ask_code("GET", pods, nullptr, supervisor), 200);
}

void other_space(visit& at) {
    grant(at, {rule("", "pods", {"list"})});
    at.expect_status(at.ask_code("GET", pods, nullptr, supervisor), 200);
    at.expect_status(at.ask("GET", "/api/v1/namespaces/default/pods", nullptr, supervisor), 403);
    at.expect_status(at.ask("GET", "/api/v1/pods", nullptr, supervisor), 403);
}

void apply_needs_create(visit& at) {
    grant(at, {rule("", "configmaps", {"patch"})});
    const std::string map = "/api/v1/namespaces/{space}/configmaps/x?fieldManager=m";
    const manner applying{"supervisor", "application/apply-patch+yaml"};
    auto object = sample_of("ConfigMap").named("x");
    at.expect_status(at.ask_code("PATCH", map, object, applying), 403);
    at.prepare("POST", "/api/v1/namespaces/{space}/configmaps", {{"metadata", {{"name", "x"}}}});
    at.expect_status(at.ask_code("PATCH", map, object, applying), 200);
}

void cluster_binding(visit& at) {
    const std::string all = "/apis/rbac.authorization.k8s.io/v1/";
    at.prepare("POST",
               all + "clusterroles",
               {{"metadata", {{"name", at.space()}}}, {"rules", {rule("", "nodes", {"get"})}}});
    at.prepare("POST",
               all + "clusterrolebindings",
               {{"metadata", {{"name", at.space()}}},
                {"roleRef",
                 {{"apiGroup", "rbac.authorization.k8s.io"},
                  {"kind", "ClusterRole"},
                  {"name", at.space()}}},
                {"subjects", {subject()}}});
    at.server().count(false);
    bool known = at.server().wait_until([&] {
        return at.prepare("GET", "/api/v1/nodes/contract-node", nullptr, supervisor).status == 200;
    });
    at.server().count(true);
    at.expect(known, "the right holds in the whole cluster");
}

void revoked(visit& at) {
    grant(at, {rule("", "pods", {"list"})});
    at.expect_status(at.ask_code("GET", pods, nullptr, supervisor), 200);
    at.prepare("DELETE", rbac + "rolebindings/b");
    at.server().count(false);
    bool ended = at.server().wait_until(
        [&] { return at.prepare("GET", pods, nullptr, supervisor).status == 403; });
    at.server().count(true);
    at.expect(ended, "the right ends with its binding");
}

}  // namespace

std::vector<check> checks_of_access() {
    return {
        {"access.no_token", "-", "get", "403, as nobody in particular", no_token},
        {"access.wrong_token", "-", "get", "401", wrong_token},
        {"access.wrong_token_everywhere",
         "-",
         "watch",
         "401, whatever is asked",
         wrong_token_everywhere},
        {"access.no_rights", "-", "get", "403, in words", no_rights},
        {"access.named_lease", "Lease", "update", "rights by name", named_lease},
        {"access.create_by_name",
         "Lease",
         "create",
         "a name does not limit create",
         create_by_name},
        {"access.create", "Lease", "create", "201", create},
        {"access.named_watch", "Lease", "watch", "list and watch of one name", named_watch},
        {"access.verbs_differ",
         "Pod",
         "patch",
         "patch is not get, nor of the status",
         verbs_differ},
        {"access.subresource", "Pod", "patch", "a right to the status alone", subresource},
        {"access.groups_differ", "Lease", "get", "the group counts", groups_differ},
        {"access.stars", "Lease", "create", "everything", stars},
        {"access.other_space", "Pod", "list", "a Role ends with its namespace", other_space},
        {"access.apply_needs_create",
         "ConfigMap",
         "patch",
         "403 for an apply that would create",
         apply_needs_create},
        {"access.cluster_binding", "Node", "get", "a ClusterRoleBinding", cluster_binding},
        {"access.revoked", "Pod", "list", "rights end with their binding", revoked},
    };
}

}  // namespace ha::contract
