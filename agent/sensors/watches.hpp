// SPDX-License-Identifier: MIT
#pragma once

#include "agent/codec/pod.hpp"
#include "agent/codec/requests.hpp"
#include "agent/core/values.hpp"
#include "agent/sensors/object_watch.hpp"

// The objects that a supervisor watches, turned into values: the Lease, the requests, the pods.

namespace ha::agent {

enum class sight {
    seen,
    missing,      // the server says there is none
    out_of_step,  // the watch broke: what was seen may be old
    unreadable,   // it is there, and makes no sense or has a newer format: why says which
};

struct lease_sight {
    sight what{};
    std::optional<lease_record> record;         // when seen
    std::shared_ptr<const nlohmann::json> raw;  // for lease_access::remember
    instant at{};
    std::string why;
};
std::unique_ptr<object_watch> watch_lease(clock_source& clock,
                                          k8s::client& api,
                                          k8s::object_name what,
                                          std::function<void(const lease_sight&)> report);

struct requests_sight {
    sight what{};
    std::optional<group_requests> requests;
    instant at{};
    std::string why;
};
std::unique_ptr<object_watch> watch_requests(clock_source& clock,
                                             k8s::client& api,
                                             k8s::object_name what,
                                             std::string group,
                                             std::function<void(const requests_sight&)> report);

struct pod_sight {
    sight what{};
    std::optional<pod_view> pod;
    instant at{};
    std::string why;
};
std::unique_ptr<object_watch> watch_pod(clock_source& clock,
                                        k8s::client& api,
                                        k8s::object_name what,
                                        std::function<void(const pod_sight&)> report);

// Names of the objects of a group in its namespace.
k8s::object_name lease_name(std::string space, std::string group);
k8s::object_name config_map_name(std::string space, std::string name);
k8s::object_name pod_name(std::string space, std::string pod);

}  // namespace ha::agent
