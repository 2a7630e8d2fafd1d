// SPDX-License-Identifier: MIT
#pragma once

#include "agent/codec/group_state.hpp"
#include "test/demo/timeline.hpp"
#include "test/support/node/mirror.hpp"

#include <boost/asio/any_io_executor.hpp>

// What anybody can see of a group through the API server: the pods' labels, the Lease, where the
// listener leads, and the state that the leader writes. Changes go to the timeline.

namespace ha::test::demo {

class eyes {
public:
    eyes(boost::asio::any_io_executor executor,
         clock_source& clock,
         k8s::client& api,
         std::string group,
         std::string listener,
         timeline& events);

    void begin();
    doorbell& changed() { return changed_; }

    // Pods that carry the primary label; more than one is worth a word.
    std::vector<std::string> primaries() const;
    std::string role(const std::string& pod) const;
    bool ready(const std::string& pod) const;
    std::string address(const std::string& pod) const;  // empty: none yet
    std::vector<std::string> pods() const;
    // The address that the listener's Service leads to; empty: nowhere.
    std::string route() const;
    agent::group_state state() const;  // empty when there is none, or none that can be read
    // What the leader says for itself: every replica in step, no configuration commit pending.
    bool in_step() const;
    // Called when the Lease goes to a pod, with the pod's address.
    void on_tenure(std::function<void(const std::string& address)> tell) { tenure_ = tell; }

private:
    boost::asio::awaitable<void> compare();
    void look();
    std::string holder() const;

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    std::string group_;
    std::string listener_;
    timeline& events_;
    doorbell news_;
    doorbell changed_;
    node::mirror pods_;
    node::mirror slices_;
    node::mirror leases_;
    node::mirror maps_;
    std::function<void(const std::string&)> tenure_;
    std::map<std::string, std::string> seen_;  // subject to what was last noted of it
};

}  // namespace ha::test::demo
