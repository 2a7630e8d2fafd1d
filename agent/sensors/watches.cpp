// SPDX-License-Identifier: MIT
#include "agent/sensors/watches.hpp"

#include "agent/codec/lease.hpp"
#include "common/k8s/resources.hpp"

namespace ha::agent {

namespace {

// What every sight has in common; true when there is an object to read.
template <class Sight>
bool translate(const object_sight& from, Sight& into) {
    using kind = object_sight::kind;
    into.at = from.at;
    into.why = from.why;
    into.what = from.what == kind::seen      ? sight::seen
                : from.what == kind::missing ? sight::missing
                                             : sight::out_of_step;
    return from.what == kind::seen;
}

template <class Sight>
void unreadable(const error& why, Sight& into) {
    into.what = sight::unreadable;
    into.why = why.message;
}

}  // namespace

std::unique_ptr<object_watch> watch_lease(clock_source& clock,
                                          k8s::client& api,
                                          k8s::object_name what,
                                          std::function<void(const lease_sight&)> report) {
    auto told = [report = std::move(report)](const object_sight& from) {
        lease_sight into;
        if (translate(from, into)) {
            into.raw = from.object;
            auto record = read_lease_object(*from.object);
            if (record) into.record = std::move(*record);
            if (!record) unreadable(record.error(), into);
        }
        report(into);
    };
    return std::make_unique<object_watch>(clock, api, std::move(what), watch_plan{}, told);
}

std::unique_ptr<object_watch> watch_requests(clock_source& clock,
                                             k8s::client& api,
                                             k8s::object_name what,
                                             std::string group,
                                             std::function<void(const requests_sight&)> report) {
    auto told = [report = std::move(report), group = std::move(group)](const object_sight& from) {
        requests_sight into;
        if (translate(from, into)) {
            auto requests = read_requests(*from.object, group);
            if (requests) into.requests = std::move(*requests);
            if (!requests) unreadable(requests.error(), into);
        }
        report(into);
    };
    return std::make_unique<object_watch>(clock, api, std::move(what), watch_plan{}, told);
}

std::unique_ptr<object_watch> watch_pod(clock_source& clock,
                                        k8s::client& api,
                                        k8s::object_name what,
                                        std::function<void(const pod_sight&)> report) {
    auto told = [report = std::move(report)](const object_sight& from) {
        pod_sight into;
        if (translate(from, into)) {
            auto pod = read_pod(*from.object);
            if (pod) into.pod = std::move(*pod);
            if (!pod) unreadable(pod.error(), into);
        }
        report(into);
    };
    return std::make_unique<object_watch>(clock, api, std::move(what), watch_plan{}, told);
}

k8s::object_name lease_name(std::string space, std::string group) {
    return {k8s::leases, std::move(space), std::move(group), ""};
}

k8s::object_name config_map_name(std::string space, std::string name) {
    return {k8s::config_maps, std::move(space), std::move(name), ""};
}

k8s::object_name pod_name(std::string space, std::string pod) {
    return {k8s::pods, std::move(space), std::move(pod), ""};
}

}  // namespace ha::agent
