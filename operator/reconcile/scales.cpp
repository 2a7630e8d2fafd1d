// SPDX-License-Identifier: MIT
#include "operator/reconcile/scales.hpp"

#include "common/k8s/resources.hpp"
#include "operator/codec/json.hpp"
#include "operator/core/names.hpp"
#include "operator/core/status_reading.hpp"

namespace ha::op {
namespace {

subject key_of(const workload& of) {
    return {of.kind, of.space, of.name};
}

told_list told_by(const owned_object& requests) {
    auto names = parse_json(requests.told_names);
    auto spec = parse_json(requests.told_spec);
    if (!names || !spec || names->items() == nullptr) return {};
    told_list made{{}, std::move(*spec)};
    for (const auto& one : *names->items())
        if (one.text() != nullptr) made.names.push_back(*one.text());
    return made;
}

}  // namespace

scale_view scales::view_of(const group& of) const {
    names called{of};
    auto find = [&](const k8s::resource& kind, const std::string& name) {
        return inventory_.find_owned(of, kind, name);
    };
    scale_view seen;
    seen.paused = of.orders.pause.has_value();
    if (const auto* set = find(k8s::stateful_sets, called.stateful_set)) seen.pods = set->pods;
    if (const auto* lease = find(k8s::leases, called.lease)) seen.holder = lease->holder;
    if (const auto* state = find(k8s::config_maps, called.state)) seen.state = state->state;
    if (const auto* requests = find(k8s::config_maps, called.requests)) {
        seen.told = told_by(*requests);
        seen.paused = seen.paused || requests->standing.pause;
    }
    if (told_read_scale(of, seen.told)) seen.holder = seen.state.primary;
    return seen;
}

step scales::timed(const group& of, step now, const value& status) {
    bool told = has_condition(status, "ScalingStopped", now.reason);
    return steps_.timed(key_of(of), std::move(now), told);
}

std::optional<instant> scales::look_again(const workload& of) const {
    return steps_.look_again(key_of(of));
}

}  // namespace ha::op
