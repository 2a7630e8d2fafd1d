// SPDX-License-Identifier: MIT
#include "test/unit/operator/reconcile/stage.hpp"

#include "common/k8s/address.hpp"
#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/codec/manifest.hpp"
#include "operator/core/group.hpp"
#include "operator/core/names.hpp"
#include "operator/reconcile/kinds.hpp"
#include "test/support/catch.hpp"
#include "test/support/golden.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace ha::test {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr const char* account = "mssql-operator";
constexpr const char* user = "system:serviceaccount:mssql-operator:mssql-operator";

struct operator_token final : k8s::token_source {
    std::string token() override { return "operator"; }
    void refused() override {}
};
operator_token tokens;

json document(const std::string& file, std::size_t number) {
    auto documents = op::read_manifest(source_text(file));
    REQUIRE(documents);
    return op::to_json(documents->at(number));
}

}  // namespace

k8s::client::answer mortal_client::last_breath(answer call) {
    while (dead()) {
        co_await clock_.sleep_until(instant::max());
    }
    auto came = co_await std::move(call);
    ++writes;
    while (dead()) {
        co_await clock_.sleep_until(instant::max());
    }
    co_return came;
}

k8s::client::answer mortal_client::get(k8s::object_name what, duration limit) {
    return through_.get(std::move(what), limit);
}
k8s::client::answer mortal_client::list(k8s::selection what, duration limit) {
    return through_.list(std::move(what), limit);
}
k8s::client::answer mortal_client::create(k8s::object_name what, json object, duration limit) {
    return last_breath(through_.create(std::move(what), std::move(object), limit));
}
k8s::client::answer mortal_client::update(k8s::object_name what, json object, duration limit) {
    return last_breath(through_.update(std::move(what), std::move(object), limit));
}
k8s::client::answer mortal_client::merge_patch(k8s::object_name what, json patch, duration limit) {
    return last_breath(through_.merge_patch(std::move(what), std::move(patch), limit));
}
k8s::client::answer mortal_client::apply(
    k8s::object_name what, json object, std::string field_manager, bool force, duration limit) {
    return last_breath(
        through_.apply(std::move(what), std::move(object), std::move(field_manager), force, limit));
}
k8s::client::answer mortal_client::remove(k8s::object_name what,
                                          k8s::delete_preconditions only_if,
                                          duration limit) {
    return last_breath(through_.remove(std::move(what), std::move(only_if), limit));
}
asio::awaitable<k8s::outcome<std::size_t>> mortal_client::watch(
    k8s::selection what,
    duration silence_limit,
    std::function<bool(const k8s::watch_event&)> on_event) {
    return through_.watch(std::move(what), silence_limit, std::move(on_event));
}

cluster_stage::cluster_stage() : door_(net.listen("api", 443)) {
    server.tokens().add("operator", {user, {}});
    server.tokens().add("admin", {"admin", {"system:masters"}});
    for (const auto* name : {"work", "cluster", "lead"}) grant(name);
    for (const auto* kind : {"sqlserveravailabilitygroups", "sqlserverinstances", "sqlservers"})
        server.must("POST",
                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                    document("helm/mssql-ha/files/crds/" + std::string(kind) + ".yaml", 0));
    asio::co_spawn(io, http::serve(clock, *door_, server.handler()), [](std::exception_ptr) {});
    clock.settle();
}

json cluster_stage::rules(const std::string& name) {
    return document("helm/mssql-ha/files/rules/" + name + ".yaml", 0);
}

// The chart's rules and no others.
void cluster_stage::grant(const std::string& name) {
    const std::string rbac = "/apis/rbac.authorization.k8s.io/v1/";
    must("POST", rbac + "clusterroles", {{"metadata", {{"name", name}}}, {"rules", rules(name)}});
    json subject{{"kind", "ServiceAccount"}, {"name", account}, {"namespace", account}};
    json role{{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", name}};
    must("POST",
         rbac + "clusterrolebindings",
         {{"metadata", {{"name", name}}}, {"roleRef", role}, {"subjects", {subject}}});
}

cluster_stage::~cluster_stage() {
    door_->close();
    clock.settle();
}

cluster_stage::wire::wire(cluster_stage& on)
    : stage(on),
      dialer(on.net.dialer_at("operator")),
      over(http::make_client(on.clock, *dialer, transport::endpoint{"api", 443, ""})),
      plain(k8s::make_client(on.clock, *over, &tokens, "mssql-operator/test")),
      api(on.clock, *plain) {}

cluster_stage::wire::~wire() {
    over->forget_connections();
    stage.clock.settle();
}

cluster_stage::life::life(cluster_stage& on, std::string image, std::string space)
    : wire(on),
      reconciler(
          on.io.get_executor(),
          on.clock,
          api,
          log::logger{on.log, on.clock},
          {{std::move(image), {}}, std::move(space), "mssql-operator-0", 4, 1},
          [](const std::string& task, const std::string& why) { FAIL(task << ": " << why); }) {
    reconciler.start();
    stage.clock.settle();
}

cluster_stage::life::~life() {
    asio::co_spawn(stage.io, reconciler.stop(), asio::detached);
    stage.clock.settle();
}

void cluster_stage::pass(duration span) {
    auto end = clock.now() + span;
    while (clock.now() < end && clock.advance_to(end)) {}
}

json cluster_stage::must(const std::string& method, const std::string& target, const json& body) {
    return server.must(method, target, body);
}

json cluster_stage::get(const std::string& target) {
    http::request question{"GET", target, {{"authorization", "Bearer admin"}}, {}};
    auto came = server.answer(question);
    return came.status == 200 ? json::parse(came.body) : json{};
}

json cluster_stage::sample() {
    return document("manifests/samples/ag-sample.yaml", 1);
}

json cluster_stage::preview(int number) {
    return document("manifests/samples/preview.yaml", static_cast<std::size_t>(number) * 2 - 1);
}

json cluster_stage::instance() {
    return document("manifests/samples/instance.yaml", 1);
}

void cluster_stage::make_group() {
    must("POST", groups_path, sample());
}

void cluster_stage::make_pod(const std::string& name, const std::string& node) {
    auto set = get("/apis/apps/v1/namespaces/default/statefulsets/mssql-ag");
    json engine{{"name", "mssql"}, {"image", "mssql"}};
    json metadata{{"name", name}, {"labels", set["spec"]["template"]["metadata"]["labels"]}};
    json spec{{"containers", json::array({engine})}};
    if (!node.empty()) spec["nodeName"] = node;
    must("POST", "/api/v1/namespaces/default/pods", {{"metadata", metadata}, {"spec", spec}});
}

void cluster_stage::make_volume(const std::string& name,
                                const std::string& pod,
                                const std::string& phase) {
    json claim{{"namespace", "default"}, {"name", "mssql-data-" + pod}};
    json spec{{"claimRef", claim}, {"persistentVolumeReclaimPolicy", "Delete"}};
    must("POST", volumes_path, {{"metadata", {{"name", name}}}, {"spec", spec}});
    must("PATCH", volumes_path + "/" + name + "/status", {{"status", {{"phase", phase}}}});
}

void cluster_stage::label(const std::string& pod, const std::string& role) {
    must("PATCH",
         "/api/v1/namespaces/default/pods/" + pod,
         {{"metadata", {{"labels", {{op::role_label, role}}}}}});
}

void cluster_stage::make_ready(const std::string& pod, const std::string& is) {
    json condition{{"type", "Ready"}, {"status", is}};
    must("PATCH",
         "/api/v1/namespaces/default/pods/" + pod + "/status",
         {{"status", {{"conditions", json::array({condition})}}}});
}

void cluster_stage::run_stateful_sets() {
    auto sets = get("/apis/apps/v1/namespaces/default/statefulsets");
    for (const auto& set : sets["items"]) {
        std::string name = set["metadata"]["name"];
        auto revision = name + "-" + std::to_string(op::digest_of(set["spec"]["template"]));
        json told{{"observedGeneration", set["metadata"]["generation"]},
                  {"updateRevision", revision}};
        must("PATCH",
             "/apis/apps/v1/namespaces/default/statefulsets/" + name + "/status",
             {{"status", told}});
        for (int i = 0; i < set["spec"]["replicas"]; ++i) {
            auto pod = name + "-" + std::to_string(i);
            if (!get("/api/v1/namespaces/default/pods/" + pod).is_null()) continue;
            json owner{{"apiVersion", "apps/v1"},
                       {"kind", "StatefulSet"},
                       {"name", name},
                       {"uid", set["metadata"]["uid"]},
                       {"controller", true}};
            json metadata = set["spec"]["template"]["metadata"];
            metadata["name"] = pod;
            metadata["labels"]["controller-revision-hash"] = revision;
            metadata["ownerReferences"] = json::array({owner});
            must("POST",
                 "/api/v1/namespaces/default/pods",
                 {{"metadata", metadata}, {"spec", set["spec"]["template"]["spec"]}});
        }
        for (int i = set["spec"]["replicas"]; i < op::replicas_max; ++i) {
            auto pod = "/api/v1/namespaces/default/pods/" + name + "-" + std::to_string(i);
            if (!get(pod).is_null()) must("DELETE", pod);
        }
    }
}

json cluster_stage::everything() {
    json all;
    std::vector<k8s::resource> kinds{op::made_kinds().begin(), op::made_kinds().end()};
    kinds.push_back(k8s::secrets);
    for (auto kind : op::resource_kinds) kinds.push_back(op::resource_of(kind));
    for (const auto& kind : kinds) {
        auto listed = get(k8s::collection_path(kind, "default"));
        for (auto one : listed.at("items")) {
            auto& metadata = one["metadata"];
            for (const auto* name :
                 {"uid", "resourceVersion", "creationTimestamp", "managedFields"})
                metadata.erase(name);
            for (auto& owner : metadata["ownerReferences"]) owner.erase("uid");
            if (one.contains("status"))
                for (auto& condition : one["status"]["conditions"])
                    condition.erase("lastTransitionTime");
            for (const auto* name : {"clusterIP", "clusterIPs"})
                if (kind == k8s::services && one["spec"][name] != "None") one["spec"].erase(name);
            if (kind == k8s::secrets) one.erase("data");
            all[kind.kind + " " + metadata["name"].get<std::string>()] = one;
        }
    }
    return all;
}

std::map<std::string, std::uint64_t> cluster_stage::asked(bool watches) const {
    std::map<std::string, std::uint64_t> made;
    auto found = server.requests().find(user);
    if (found == server.requests().end()) return made;
    for (const auto& [what, times] : found->second)
        if (watches || !what.starts_with("watch ")) made[what] = times;
    return made;
}

}  // namespace ha::test
