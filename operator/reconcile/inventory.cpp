// SPDX-License-Identifier: MIT
#include "operator/reconcile/inventory.hpp"

#include "common/k8s/resources.hpp"
#include "operator/core/names.hpp"

#include <algorithm>

namespace ha::op {

namespace {

// The label that every object of ours bears (object_labels()).
constexpr const char* ours = "app.kubernetes.io/managed-by=sql-on-k8s-operator";

}  // namespace

inventory::inventory(clock_source& clock,
                     k8s::client& api,
                     const std::string& space,
                     callbacks tell,
                     std::uint32_t seed)
    : clock_(clock), api_(api), space_(space), tell_(std::move(tell)) {
    k8s::reflector_plan plan;
    plan.seed = seed;
    for (auto kind : resource_kinds) {
        resources_[kind] = watch_resources(kind, plan);
        ++plan.seed;
    }
    for (const auto& kind : made_kinds()) {
        shelves_.push_back(make_shelf(kind, plan));
        ++plan.seed;
    }
    shelves_.push_back(make_shelf(k8s::pods, plan));
}

std::unique_ptr<k8s::informer<custom_resource>> inventory::watch_resources(
    resource_kind kind, const k8s::reflector_plan& plan) {
    using informer = k8s::informer<custom_resource>;
    auto touched = [this, kind](const k8s::object_key& key, const informer::entry&) {
        touch({kind, key.space, key.name});
    };
    return std::make_unique<informer>(
        clock_,
        api_,
        k8s::selection{resource_of(kind), space_},
        project_resource,
        informer::callbacks{touched, touched, [this](bool) { tell_.stepped(); }, tell_.trouble},
        plan);
}

// SqlServers of a namespace may form groups together: what touches one may touch any.
void inventory::touch(const subject& which) {
    tell_.touched(which);
    if (which.kind != resource_kind::server) return;
    for (const auto& [key, one] : resources_.at(resource_kind::server)->all())
        if (key.space == which.space) tell_.touched({resource_kind::server, key.space, key.name});
}

void inventory::touch_subject_of(const k8s::object_key& key, const owned_object& what) {
    for (auto kind : resource_kinds)
        if (custom_kind_of(kind).label == what.kind) touch({kind, key.space, what.instance});
}

inventory::shelf inventory::make_shelf(const k8s::resource& kind, const k8s::reflector_plan& plan) {
    using informer = k8s::informer<owned_object>;
    k8s::selection what{kind, space_};
    what.label_selector = ours;
    informer::callbacks tell;
    tell.changed = [this](const k8s::object_key& key, const entry& now) {
        touch_subject_of(key, now.value);
    };
    tell.deleted = [this, kind](const k8s::object_key& key, const entry& last) {
        tell_.gone({kind, key.space, key.name});
        touch_subject_of(key, last.value);
    };
    tell.in_step = [this](bool) { tell_.stepped(); };
    tell.trouble = tell_.trouble;
    auto project = [kind](const nlohmann::json& shown) { return project_owned(kind, shown); };
    return {kind,
            std::make_unique<informer>(
                clock_, api_, std::move(what), std::move(project), std::move(tell), plan)};
}

std::vector<std::pair<std::string, boost::asio::awaitable<void>>> inventory::loops() {
    std::vector<std::pair<std::string, boost::asio::awaitable<void>>> all;
    for (auto& [kind, one] : resources_)
        all.emplace_back("watch " + resource_of(kind).plural, one->run());
    for (auto& one : shelves_) all.emplace_back("watch " + one.kind.plural, one.objects->run());
    return all;
}

bool inventory::listed() const {
    return std::ranges::all_of(resources_, [](const auto& one) { return one.second->listed(); }) &&
           std::ranges::all_of(shelves_, [](const shelf& one) { return one.objects->listed(); });
}

bool inventory::in_step() const {
    auto resource_is = [](const auto& one) { return one.second->in_step_now(); };
    auto shelf_is = [](const shelf& one) { return one.objects->in_step_now(); };
    return std::ranges::all_of(resources_, resource_is) && std::ranges::all_of(shelves_, shelf_is);
}

std::size_t inventory::resources() const {
    std::size_t count = 0;
    for (const auto& [kind, one] : resources_) count += one->all().size();
    return count;
}

const inventory::resource_entry* inventory::resource(const subject& which) const {
    return resources_.at(which.kind)->find({which.space, which.name});
}

std::vector<const inventory::resource_entry*> inventory::resources(resource_kind kind,
                                                                   const std::string& space) const {
    std::vector<const resource_entry*> found;
    for (const auto& [key, one] : resources_.at(kind)->all())
        if (key.space == space) found.push_back(&one);
    return found;
}

const inventory::shelf* inventory::shelf_of(const k8s::resource& kind) const {
    auto found = std::ranges::find(shelves_, kind, &shelf::kind);
    return found == shelves_.end() ? nullptr : &*found;
}

const inventory::entry* inventory::find(const k8s::object_name& what) const {
    const auto* of = shelf_of(what.kind);
    return of ? of->objects->find({what.space, what.name}) : nullptr;
}

const owned_object* inventory::find_owned(const workload& by,
                                          const k8s::resource& kind,
                                          const std::string& name) const {
    const auto* found = find({kind, by.space, name});
    return found != nullptr && is_owned_by(found->value, by.uid) ? &found->value : nullptr;
}

std::vector<k8s::object_name> inventory::owned_by(const std::string& uid,
                                                  const std::string& space) const {
    std::vector<k8s::object_name> found;
    for (const auto& one : shelves_) {
        const auto& all = one.objects->all();
        for (auto at = all.lower_bound({space, ""}); at != all.end() && at->first.space == space;
             ++at)
            if (at->second.value.controller == uid)
                found.push_back({one.kind, at->first.space, at->first.name});
    }
    return found;
}

void inventory::touch_claim(const k8s::object_key& claim) {
    k8s::object_key which{claim.space, pod_of_claim(claim.name)};
    if (const auto* pod = shelf_of(k8s::pods)->objects->find(which))
        touch_subject_of(which, pod->value);
}

void inventory::touch_pods_on(const std::string& node) {
    for (const auto& [key, pod] : shelf_of(k8s::pods)->objects->all())
        if (pod.value.node == node) touch_subject_of(key, pod.value);
}

}  // namespace ha::op
