// SPDX-License-Identifier: MIT
#include "operator/reconcile/leaves.hpp"

#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/names.hpp"

namespace ha::op {
namespace {

subject key_of(const server& which) {
    return {resource_kind::server, which.space, which.name};
}

std::vector<std::string> told_pods(const std::string& spec) {
    std::vector<std::string> pods;
    auto read = parse_json(spec);
    if (!read) return pods;
    for (const auto& one : items_of(*read, "replicas"))
        if (auto name = text_at(one, "name"); !name.empty()) pods.push_back(std::move(name));
    return pods;
}

}  // namespace

bool is_leaving(const custom_resource& one) {
    return one.deleting && is_among(one.finalizers, leave_finalizer);
}

server server_called(const value& resource) {
    server made;
    made.kind = resource_kind::server;
    if (const auto* metadata = resource.find({"metadata"})) {
        made.name = text_at(*metadata, "name");
        made.space = text_at(*metadata, "namespace");
        made.uid = text_at(*metadata, "uid");
    }
    made.ag_name = group_named_by(resource);
    if (!made.ag_name.empty()) made.group_object = group_object_name(made.ag_name);
    return made;
}

leaving_servers leaves::among(const server& one) {
    leaving_servers found;
    if (one.ag_name.empty()) return found;
    for (const auto* entry : inventory_.resources(resource_kind::server, one.space)) {
        const auto& other = entry->value;
        if (!is_leaving(other) || group_named_by(other.document) != one.ag_name) continue;
        auto which = server_called(other.document);
        found.pods.push_back(pod_name(which, 0));
        if (found.now.what == step::kind::nothing) found.now = next(which);
    }
    return found;
}

leave_view leaves::view_of(const server& which) const {
    leave_view seen;
    seen.pod = pod_name(which, 0);
    for (const auto* entry : inventory_.resources(resource_kind::server, which.space)) {
        const auto& one = entry->value;
        if (!one.deleting && group_named_by(one.document) == which.ag_name)
            seen.stay.push_back(pod_name(server_called(one.document), 0));
    }
    names called{which};
    auto find = [&](const k8s::resource& kind, const std::string& name) {
        return inventory_.find({kind, which.space, name});
    };
    auto& group = seen.group;
    if (const auto* lease = find(k8s::leases, called.lease)) group.holder = lease->value.holder;
    if (const auto* state = find(k8s::config_maps, called.state)) group.state = state->value.state;
    if (const auto* requests = find(k8s::config_maps, called.requests)) {
        group.told.names = told_pods(requests->value.told_spec);
        group.paused = requests->value.standing.pause.has_value();
    }
    return seen;
}

step leaves::next(const server& which) {
    auto now = clock_.now();
    auto [since, fresh] = since_.try_emplace(key_of(which), now);
    auto seen = view_of(which);
    seen.waited = now - since->second;
    return next_leave_step(seen);
}

std::optional<instant> leaves::look_again(const subject& which) const {
    auto known = since_.find(which);
    if (known == since_.end()) return std::nullopt;
    return known->second + leave_patience;
}

}  // namespace ha::op
