// SPDX-License-Identifier: MIT
#include "test/support/node/node.hpp"

#include "common/k8s/resources.hpp"
#include "test/support/node/pod_maker.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <fstream>

namespace ha::test::node {
namespace {

namespace asio = boost::asio;

constexpr duration call_limit = std::chrono::seconds{5};
constexpr duration retry_after = std::chrono::milliseconds{200};

bool is_deleting(const json& object) {
    return !at(object, "/metadata/deletionTimestamp").is_null();
}

}  // namespace

node::node(asio::any_io_executor executor,
           clock_source& clock,
           k8s::client& api,
           transport::dialer& dialer,
           const image_map& images,
           node_settings settings,
           token_giver tokens,
           std::function<void(std::string)> tell)
    : around_{executor,
              clock,
              dialer,
              images,
              {},
              std::move(tell),
              settings.restarts_forgotten_after},
      api_(api),
      settings_(std::move(settings)),
      tokens_(std::move(tokens)),
      sets_(clock, api, k8s::stateful_sets, settings_.space, bell_),
      objects_(clock, api, k8s::pods, settings_.space, bell_) {
    around_.fetch = [this](json pod_object) { return fetch(std::move(pod_object)); };
    files::create_directories(settings_.folder);
}

node::~node() {
    for (const auto& [name, one] : pods_) one->end_now();
}

void node::spawn(asio::awaitable<void> work) {
    auto report = [](std::exception_ptr trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    asio::co_spawn(around_.executor, std::move(work), report);
}

// Makes the Node object, as a kubelet does: without it no Service counts our pods.
asio::awaitable<void> node::enlist() {
    k8s::object_name where{k8s::nodes};
    json object;
    object["apiVersion"] = "v1";
    object["kind"] = "Node";
    object["metadata"]["name"] = settings_.name;
    for (;;) {
        auto made = co_await api_.create(where, object, call_limit);
        if (made || made.error().reason == "AlreadyExists") co_return;
        co_await around_.clock.sleep_for(retry_after);
    }
}

asio::awaitable<void> node::run() {
    co_await enlist();
    spawn(sets_.run());
    spawn(objects_.run());
    co_await reconcile();
}

asio::awaitable<void> node::reconcile() {
    for (;;) {
        co_await bell_.wait();
        if (!sets_.complete() || !objects_.complete()) continue;
        run_pods();
        co_await make_pods();
    }
}

// Makes and removes Pod objects; what they do here is run_pods()'s matter.
asio::awaitable<void> node::make_pods() {
    // Copies: the mirrors go on while we wait for the API server.
    auto sets = sets_.objects();
    for (const auto& [name, set] : sets) {
        auto pods = objects_.objects();
        co_await report(set);
        auto changes = missing_and_surplus(set, pods);
        for (int ordinal : changes.create) co_await create(set, ordinal);
        for (const auto& surplus : changes.remove) {
            auto uid = text_at(pods.at(surplus), "/metadata/uid");
            std::chrono::seconds grace{
                number_at(pods.at(surplus), "/spec/terminationGracePeriodSeconds", 30)};
            co_await remove(surplus, uid, grace);
        }
    }
}

// What an operator waits for before it believes that a pod's revision is the newest.
asio::awaitable<void> node::report(json set) {
    auto told = status_of(set);
    bool known = std::ranges::all_of(told.items(), [&](const auto& one) {
        return at(set, "/status").value(one.key(), json{}) == one.value();
    });
    if (known) co_return;
    k8s::object_name which{
        k8s::stateful_sets, settings_.space, text_at(set, "/metadata/name"), "status"};
    json patch{{"status", told}};
    auto done = co_await api_.merge_patch(which, patch, call_limit);
    if (done || done.error().reason == "NotFound") co_return;
    co_await around_.clock.sleep_for(retry_after);
    bell_.ring();
}

asio::awaitable<void> node::create(json set, int ordinal) {
    k8s::object_name where{k8s::pods, settings_.space};
    auto object = make_pod(set, ordinal, settings_.name);
    auto name = text_at(object, "/metadata/name");
    auto made = co_await api_.create(where, object, call_limit);
    if (made || made.error().reason == "AlreadyExists") co_return;
    around_.tell("cannot make pod " + name + ": " + made.error().words());
    co_await around_.clock.sleep_for(retry_after);
    bell_.ring();
}

asio::awaitable<void> node::remove(std::string name, std::string uid, duration grace) {
    k8s::object_name which{k8s::pods, settings_.space, name};
    k8s::delete_preconditions only_if;
    only_if.uid = uid;
    only_if.grace = grace;
    for (;;) {
        auto done = co_await api_.remove(which, only_if, call_limit);
        // Anything but silence means that this pod is, or soon will be, no more.
        if (done || done.error().what == k8s::failure::kind::refused) co_return;
        co_await around_.clock.sleep_for(retry_after);
    }
}

void node::run_pods() {
    for (auto one = pods_.begin(); one != pods_.end();) {
        auto object = objects_.objects().find(one->first);
        bool there = object != objects_.objects().end() &&
                     text_at(object->second, "/metadata/uid") == one->second->uid();
        if (!there) {
            // Deleted by force, or removed by us after its end.
            if (!one->second->gone()) one->second->end_now();
            one = pods_.erase(one);
            continue;
        }
        if (is_deleting(object->second) && !one->second->ending()) {
            auto seconds = number_at(object->second, "/metadata/deletionGracePeriodSeconds", 30);
            spawn(finish(one->second, std::chrono::seconds{seconds}));
        }
        ++one;
    }
    for (const auto& [name, object] : objects_.objects()) {
        bool ours = text_at(object, "/spec/nodeName") == settings_.name;
        if (ours && !pods_.contains(name)) start(object);
    }
    write_hosts();
}

void node::start(const json& object) {
    auto name = text_at(object, "/metadata/name");
    pod_place place;
    place.where.pod = settings_.folder / "pods" / (name + "-" + text_at(object, "/metadata/uid"));
    place.where.claims = settings_.folder / "claims";
    place.ip = next_address();
    place.hosts_file = (settings_.folder / "hosts").string();
    place.cluster = settings_.cluster;
    auto made = std::make_shared<pod>(around_, object, place);
    pods_[name] = made;
    if (is_deleting(object)) {
        spawn(finish(made, duration::zero()));
        return;
    }
    around_.tell(name + ": pod " + place.ip);
    made->begin();
    spawn(publish(made));
}

asio::awaitable<void> node::finish(running one, duration grace) {
    auto name = text_at(one->object(), "/metadata/name");
    around_.tell(name + ": pod is ending");
    co_await one->end(grace);
    co_await remove(name, one->uid(), duration::zero());
}

// Writes the pod's status when it changed, one write at a time.
asio::awaitable<void> node::publish(running one) {
    k8s::object_name which{k8s::pods, settings_.space, text_at(one->object(), "/metadata/name")};
    which.subresource = "status";
    json written;
    while (!one->gone()) {
        auto now = one->status();
        if (now != written) {
            // The uid keeps a late write off the pod's successor.
            json patch{{"metadata", {{"uid", one->uid()}}}, {"status", now}};
            auto done = co_await api_.merge_patch(which, patch, call_limit);
            if (done) written = now;
            if (!done && done.error().reason == "NotFound") co_return;
            if (!done) co_await around_.clock.sleep_for(retry_after);
            continue;
        }
        co_await one->changed().wait();
    }
}

asio::awaitable<result<json>> node::read(k8s::resource kind, std::string name) {
    k8s::object_name which{kind, settings_.space, name};
    auto found = co_await api_.get(which, call_limit);
    if (found) co_return *found->object;
    if (found.error().code == 404) co_return failure(errc::not_found, found.error().words());
    co_return failure(errc::failed, found.error().words());
}

asio::awaitable<result<volume_sources>> node::fetch(json pod_object) {
    auto needs = needs_of(pod_object);
    volume_sources made;
    for (const auto& name : needs.config_maps) {
        auto found = co_await read(k8s::config_maps, name);
        if (!found && found.error().kind != errc::not_found) {
            co_return tl::unexpected(found.error());
        }
        if (found) made.config_maps[name] = *found;
    }
    for (const auto& name : needs.secrets) {
        auto found = co_await read(k8s::secrets, name);
        if (!found && found.error().kind != errc::not_found) {
            co_return tl::unexpected(found.error());
        }
        if (found) made.secrets[name] = *found;
    }
    // A real cluster's controller makes this one in every namespace.
    if (!made.config_maps.contains("kube-root-ca.crt")) {
        made.config_maps["kube-root-ca.crt"] = {{"data", {{"ca.crt", settings_.cluster_ca}}}};
    }
    for (const auto& volume : at(pod_object, "/spec/volumes")) {
        if (!volume.contains("projected")) continue;
        auto account = text_at(pod_object, "/spec/serviceAccountName", "default");
        auto token = co_await tokens_(account, pod_object);
        if (!token) co_return tl::unexpected(token.error());
        made.tokens[text_at(volume, "/name")] = *token;
    }
    co_return made;
}

// Names that a cluster's DNS would answer, for the engine's double.
void node::write_hosts() {
    std::string text;
    for (const auto& [name, one] : pods_) {
        auto subdomain = text_at(one->object(), "/spec/subdomain");
        auto full = name + "." + subdomain + "." + settings_.space + ".svc.cluster.local";
        text += one->ip() + " " + full + " " + name + "\n";
    }
    auto path = settings_.folder / "hosts";
    auto fresh = path;
    fresh += ".fresh";
    std::ofstream{fresh} << text;
    files::rename(fresh, path);
}

std::string node::next_address() {
    int number = addresses_++;
    return "127.0." + std::to_string(settings_.address_block + number / 250) + "." +
           std::to_string(1 + number % 250);
}

std::shared_ptr<pod> node::find(const std::string& pod_name) const {
    auto found = pods_.find(pod_name);
    return found == pods_.end() ? nullptr : found->second;
}

}  // namespace ha::test::node
