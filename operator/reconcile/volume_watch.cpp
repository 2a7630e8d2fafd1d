// SPDX-License-Identifier: MIT
#include "operator/reconcile/volume_watch.hpp"

#include "common/json/checked.hpp"
#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"

#include <algorithm>

namespace ha::op {

namespace asio = boost::asio;

namespace {

k8s::reflector_plan plan_of(std::uint32_t seed) {
    k8s::reflector_plan plan;
    plan.seed = seed + 101;
    return plan;
}

}  // namespace

bool has_volume_policy(const workload& of) {
    return !of.storage.reclaim_policy.empty() && of.storage.source.is_null();
}

volume_watch::volume volume_watch::project(const nlohmann::json& shown) {
    json::reader reader(shown);
    auto spec = reader.root().optional_object("spec");
    auto claim = spec.optional_object("claimRef");
    volume made{{}, spec.text_or("persistentVolumeReclaimPolicy", "")};
    // One that was released names its former claim still, whose name another may have by now.
    if (reader.root().optional_object("status").text_or("phase", "") == "Bound")
        made.claim = {claim.text_or("namespace", ""), claim.text_or("name", "")};
    return made;
}

volume_watch::informer::callbacks volume_watch::telling() {
    informer::callbacks tell;
    tell.changed = [this](const k8s::object_key& name, const informer::entry& now) {
        if (now.value.claim.name.empty()) return;
        by_claim_[now.value.claim] = name;
        all_.touch_claim(now.value.claim);
    };
    tell.deleted = [this](const k8s::object_key& name, const informer::entry& last) {
        auto known = by_claim_.find(last.value.claim);
        if (known != by_claim_.end() && known->second == name) by_claim_.erase(known);
    };
    return tell;
}

volume_watch::volume_watch(clock_source& clock,
                           k8s::client& api,
                           inventory& all,
                           std::uint32_t seed)
    : all_(all),
      volumes_(clock, api, k8s::selection{k8s::volumes, ""}, project, telling(), plan_of(seed)) {}

asio::awaitable<void> volume_watch::run() {
    return volumes_.run();
}

asio::awaitable<k8s::outcome<std::vector<obstacle>>> volume_watch::keep(
    workload of, std::vector<std::string> listed, keeper& by) {
    std::vector<obstacle> obstacles;
    const auto* set = all_.find_owned(of, k8s::stateful_sets, names{of}.stateful_set);
    if (!has_volume_policy(of) || set == nullptr) co_return obstacles;
    of.pods = std::max(of.pods, set->pods);
    for (const auto& pod : pod_names(of)) {
        auto name = by_claim_.find({of.space, claim_name(pod)});
        const auto* found = name != by_claim_.end() ? volumes_.find(name->second) : nullptr;
        if (found == nullptr || found->value.claim != name->first) continue;
        bool leaves = !listed.empty() && !is_among(listed, pod);
        bool goes = leaves && of.storage.when_scaled == "Delete";
        std::string policy = goes ? "Delete" : of.storage.reclaim_policy;
        if (found->value.policy == policy) continue;
        k8s::object_name what{k8s::volumes, "", name->second.name};
        auto uid = found->uid;
        auto kept = co_await by.set_policy(std::move(what), std::move(uid), std::move(policy));
        if (!kept) co_return tl::unexpected(kept.error());
        if (*kept) obstacles.push_back(**kept);
    }
    co_return obstacles;
}

}  // namespace ha::op
