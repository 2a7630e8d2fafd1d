// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/values.hpp"
#include "common/k8s/client.hpp"

// The labels by which Services find the primary and the readable secondaries. Each patch names the
// pod's uid, so that it never meets a successor of the same name.

namespace ha::agent {

class pod_labels {
public:
    pod_labels(k8s::client& api, std::string space, std::string group);

    using answer = boost::asio::awaitable<k8s::outcome<k8s::reply>>;

    // primary, readable-secondary, secondary; empty takes the labels off.
    answer set_role(pod_identity pod, std::string role, duration limit);

    // Takes the labels off another pod, so that no Service sends writers there.
    answer clear_role(pod_identity pod, duration limit);

private:
    k8s::client& api_;
    std::string space_;
    std::string group_;
};

}  // namespace ha::agent
