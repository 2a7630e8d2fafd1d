// SPDX-License-Identifier: MIT
#include "operator/reconcile/inventory.hpp"

#include "common/k8s/resources.hpp"
#include "operator/reconcile/kinds.hpp"

#include <algorithm>

namespace ha::op {

namespace {

// The labels that every object of a group bears (group_labels()).
constexpr const char* ours =
    "app.kubernetes.io/managed-by=sql-on-k8s-operator,"
    "app.kubernetes.io/name=sqlserveravailabilitygroup";

}  // namespace

inventory::inventory(clock_source& clock,
                     k8s::client& api,
                     const std::string& space,
                     callbacks tell,
                     std::uint32_t seed)
    : clock_(clock), api_(api), space_(space), tell_(std::move(tell)) {
    using informer = k8s::informer<group_resource>;
    k8s::reflector_plan plan;
    plan.seed = seed;
    auto touched = [this](const k8s::object_key& key, const informer::entry&) {
        tell_.touched(key);
    };
    groups_ = std::make_unique<informer>(
        clock_,
        api_,
        k8s::selection{k8s::sql_server_groups, space_},
        project_group,
        informer::callbacks{touched, touched, [this](bool) { tell_.stepped(); }, tell_.trouble},
        plan);
    for (const auto& kind : made_kinds()) {
        ++plan.seed;
        shelves_.push_back(make_shelf(kind, plan));
    }
}

inventory::shelf inventory::make_shelf(const k8s::resource& kind, const k8s::reflector_plan& plan) {
    using informer = k8s::informer<owned_object>;
    k8s::selection what{kind, space_};
    what.label_selector = ours;
    informer::callbacks tell;
    tell.changed = [this](const k8s::object_key& key, const entry& now) {
        tell_.touched({key.space, now.value.group});
    };
    tell.deleted = [this, kind](const k8s::object_key& key, const entry& last) {
        tell_.gone({kind, key.space, key.name});
        tell_.touched({key.space, last.value.group});
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
    all.emplace_back("watch " + k8s::sql_server_groups.plural, groups_->run());
    for (auto& one : shelves_) all.emplace_back("watch " + one.kind.plural, one.objects->run());
    return all;
}

bool inventory::listed() const {
    auto is_listed = [](const shelf& one) { return one.objects->listed(); };
    return groups_->listed() && std::ranges::all_of(shelves_, is_listed);
}

bool inventory::in_step() const {
    auto is_in_step = [](const shelf& one) { return one.objects->in_step_now(); };
    return groups_->in_step_now() && std::ranges::all_of(shelves_, is_in_step);
}

const inventory::shelf* inventory::shelf_of(const k8s::resource& kind) const {
    auto found = std::ranges::find(shelves_, kind, &shelf::kind);
    return found == shelves_.end() ? nullptr : &*found;
}

const inventory::entry* inventory::find(const k8s::object_name& what) const {
    const auto* of = shelf_of(what.kind);
    return of ? of->objects->find({what.space, what.name}) : nullptr;
}

std::vector<k8s::object_name> inventory::owned_by(const std::string& uid,
                                                  const std::string& space) const {
    std::vector<k8s::object_name> found;
    for (const auto& one : shelves_) {
        const auto& all = one.objects->all();
        for (auto at = all.lower_bound({space, ""}); at != all.end() && at->first.space == space;
             ++at)
            if (at->second.value.owner == uid)
                found.push_back({one.kind, at->first.space, at->first.name});
    }
    return found;
}

}  // namespace ha::op
