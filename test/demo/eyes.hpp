// SPDX-License-Identifier: MIT
#pragma once

#include "agent/codec/group_state.hpp"
#include "test/demo/timeline.hpp"
#include "test/support/node/mirror.hpp"

#include <boost/asio/any_io_executor.hpp>

// What anybody can see of a group through the API server: the pods' labels, the Lease, where the
// listener leads, and the state that the leader writes. Changes go to the timeline.

namespace ha::test::demo {

struct eyes_on {
    std::string group;
    std::string listener;  // the Service that leads to the primary
    std::string space = "default";
    // The Service's own address, where this program is routed as other clients are; empty: what the
    // Service leads to is looked up, and asked directly.
    std::string service_address{};
    // Who leads is told by the Lease; of a group without a cluster by its pods' label alone.
    bool has_lease = true;
    bool resource = false;  // what the operator says at the custom resource is looked at, too
};

class eyes {
public:
    eyes(boost::asio::any_io_executor executor,
         clock_source& clock,
         k8s::client& api,
         eyes_on what,
         timeline& events);

    void begin();
    doorbell& changed() { return changed_; }

    // Pods that carry the primary label; more than one is worth a word.
    std::vector<std::string> primaries() const;
    std::string role(const std::string& pod) const;
    bool ready(const std::string& pod) const;
    std::map<std::string, std::string> conditions(const std::string& pod) const;
    std::string address(const std::string& pod) const;  // empty: none yet
    std::vector<std::string> pods() const;
    // So many pods, each ready and labelled, and one of them the primary.
    bool settled(std::size_t replicas) const;
    // Looks at every change until it holds; false when it does not by then.
    boost::asio::awaitable<bool> until(std::function<bool()> holds, instant end);
    // Where a client of the listener connects to; empty: nowhere.
    std::string route() const;
    bool routed_by_service() const { return !what_.service_address.empty(); }
    // What the custom resource's condition of that name says; empty where it does not hold.
    std::string condition(const std::string& name) const;
    agent::group_state state() const;  // empty when there is none, or none that can be read
    agent::term term() const;          // of the Lease
    // What the leader says for itself: every replica in step, no configuration commit pending; of
    // two data voters the Lease names both.
    bool in_step() const;
    // Called when a pod begins to lead, as the Lease has it, or the label where there is none, with
    // the pod's name: an engine calls itself the same.
    void on_tenure(std::function<void(const std::string& pod)> tell) { tenure_ = tell; }

    // Of the Lease, with the term: "mssql-ag-1, term 2"; empty when nobody has it. Without a Lease
    // the one pod that is labelled primary.
    std::string holder() const;

private:
    bool names_both() const;
    boost::asio::awaitable<void> compare();
    void look();
    std::string endpoint() const;

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    eyes_on what_;
    timeline& events_;
    doorbell news_;
    doorbell changed_;
    node::mirror pods_;
    node::mirror slices_;
    node::mirror leases_;
    node::mirror maps_;
    node::mirror resources_;
    std::function<void(const std::string&)> tenure_;
    std::map<std::string, std::string> seen_;  // subject to what was last noted of it
};

}  // namespace ha::test::demo
