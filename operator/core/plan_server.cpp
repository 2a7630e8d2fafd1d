// SPDX-License-Identifier: MIT
#include "operator/core/names.hpp"
#include "operator/core/parts.hpp"
#include "operator/core/server.hpp"

#include <algorithm>
#include <tuple>

namespace ha::op {
namespace {

value wanted_of(const std::vector<server>& members) {
    list replicas;
    // An instance of the preview always takes part in failovers.
    for (const auto& one : members)
        replicas.push_back(wanted_replica(one, 0, one.mode.c_str(), one.mode == "synchronous"));
    object wanted{{"replicas", std::move(replicas)}};
    const auto& oldest = members.front();
    if (oldest.required) wanted.push_back({"required", *oldest.required});
    if (oldest.witness != server{}.witness) wanted.push_back({"witness", oldest.witness});
    return wanted;
}

// Applied by each of them, and each time the same: it makes no difference who is looked at.
void add_shared(const std::vector<server>& members, const shared_news& news, plan& into) {
    auto group = shared_by(members);
    auto requests = requests_map(group, wanted_of(members), news.ordered);
    auto data = *requests.find({"data"});
    data.set("leader", news.leader);
    requests.set("data", std::move(data));
    into.objects.push_back({std::move(requests)});
    into.objects.push_back({state_map(group)});
    // Without a spec, which is the supervisors'.
    into.objects.push_back(
        {object_of(group, "coordination.k8s.io/v1", "Lease", names{group}.lease)});
    into.objects.push_back({disruption_budget(group)});
    into.secrets.push_back({names{group}.group_ca,
                            {"ca.crt", "ca.key"},
                            "the certificate authority of this group alone",
                            names{group}.state});
}

}  // namespace

void sort_members(std::vector<server>& members) {
    std::ranges::sort(members, [](const server& a, const server& b) {
        return std::tie(a.created, a.name) < std::tie(b.created, b.name);
    });
}

workload shared_by(const std::vector<server>& members) {
    workload made;
    made.kind = resource_kind::server_group;
    made.name = members.front().group_object;
    made.space = members.front().space;
    made.ag_name = members.front().ag_name;
    made.group_object = made.name;
    for (const auto& one : members)
        if (!one.uid.empty()) made.owners.push_back({one.name, one.uid});
    return made;
}

plan plan_server(const server& asked,
                 const std::vector<server>& members,
                 const shared_news& news,
                 const existing& found,
                 const plan_settings& settings) {
    plan result;
    auto wanted = asked;
    const auto& oldest = members.front();
    if (!(wanted.ha == oldest.ha)) {
        result.refusals.push_back("ha is not that of " + oldest.name + ", which is the oldest of " +
                                  wanted.ag_name + " and decides for all of it: write the same");
        wanted.profile = oldest.profile;
        wanted.times = oldest.times;
        wanted.neighbour_fencing = oldest.neighbour_fencing;
        wanted.network = oldest.network;
    }
    std::vector<std::string> pods;
    for (const auto& one : members) pods.push_back(pod_name(one, 0));
    pods.insert(pods.end(), news.leaving.begin(), news.leaving.end());
    result.objects.push_back({service_account(wanted)});
    if (!wanted.ag_name.empty()) {
        result.objects.push_back({role(wanted, pods)});
        result.objects.push_back({role_binding(wanted)});
        add_shared(members, news, result);
    }
    result.objects.push_back({mssql_conf_map(wanted)});
    result.objects.push_back({settings_map(wanted)});
    result.objects.push_back({headless_service(wanted)});
    add_pods(wanted, found, settings, result);
    return result;
}

}  // namespace ha::op
