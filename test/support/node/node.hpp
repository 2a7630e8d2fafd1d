// SPDX-License-Identifier: MIT
#pragma once

#include "test/support/node/mirror.hpp"
#include "test/support/node/pod.hpp"

// A Kubernetes node without a kubelet, and the StatefulSet controller beside it: makes Pod objects
// from StatefulSets, runs their containers as processes, and writes what it sees into their status.

namespace ha::test::node {

struct node_settings {
    std::string name = "node-1";
    std::string space = "default";
    files::path folder;                          // pods/ claims/ hosts
    std::string cluster_ca;                      // PEM: what kube-root-ca.crt holds
    std::map<std::string, std::string> cluster;  // KUBERNETES_SERVICE_HOST and _PORT for containers
    // Pods get 127.0.<first>.1, .2 ...; each pod a new one, as in a real cluster.
    int address_block = 16;
    // Kubelets forget a container's restarts when it has run for ten minutes.
    duration restarts_forgotten_after = std::chrono::minutes{10};
};

// Gives a service account's token for a pod.
using token_giver = std::function<boost::asio::awaitable<result<std::string>>(
    std::string service_account, json pod)>;

class node {
public:
    node(boost::asio::any_io_executor executor,
         clock_source& clock,
         k8s::client& api,
         transport::dialer& dialer,
         const image_map& images,
         node_settings settings,
         token_giver tokens,
         std::function<void(std::string)> tell);
    ~node();

    // Until cancelled.
    boost::asio::awaitable<void> run();

    // By pod's name; null when it does not run here (any more).
    std::shared_ptr<pod> find(const std::string& pod_name) const;
    const std::map<std::string, std::shared_ptr<pod>>& pods() const { return pods_; }

    // What crashed so far, in words; see surroundings.
    const std::vector<std::string>& crashes() const { return around_.crashes; }

private:
    using running = std::shared_ptr<pod>;
    boost::asio::awaitable<void> enlist();
    boost::asio::awaitable<void> reconcile();
    boost::asio::awaitable<void> make_pods();
    boost::asio::awaitable<void> report(json set);
    boost::asio::awaitable<void> create(json set, int ordinal);
    boost::asio::awaitable<void> remove(std::string name, std::string uid, duration grace);
    boost::asio::awaitable<void> finish(running one, duration grace);
    boost::asio::awaitable<void> publish(running one);
    boost::asio::awaitable<result<volume_sources>> fetch(json pod_object);
    boost::asio::awaitable<result<json>> read(k8s::resource kind, std::string name);
    void run_pods();
    void start(const json& object);
    void write_hosts();
    std::string next_address();
    void spawn(boost::asio::awaitable<void> work);

    surroundings around_;
    k8s::client& api_;
    node_settings settings_;
    token_giver tokens_;
    doorbell bell_;
    mirror sets_;
    mirror objects_;
    std::map<std::string, running> pods_;
    int addresses_ = 0;
};

}  // namespace ha::test::node
