// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/informer.hpp"
#include "operator/reconcile/projections.hpp"

#include <functional>
#include <memory>
#include <vector>

// What there is: the custom resources, and the objects that were made for them, kept fresh by
// watches.

namespace ha::op {

class inventory {
public:
    using entry = k8s::informer<owned_object>::entry;
    using group_entry = k8s::informer<group_resource>::entry;

    struct callbacks {
        // Something about this group is not as it was.
        std::function<void(const k8s::object_key& group)> touched;
        // An object that the operator may have made is gone.
        std::function<void(const k8s::object_name& what)> gone;
        // A watch runs, or runs no more.
        std::function<void()> stepped;
        std::function<void(const k8s::failure& why)> trouble;
    };

    // `space` empty: all namespaces. `seed` differs from process to process.
    inventory(clock_source& clock,
              k8s::client& api,
              const std::string& space,
              callbacks tell,
              std::uint32_t seed = 1);

    // The loops that keep it fresh, each with its name; they run until cancelled.
    std::vector<std::pair<std::string, boost::asio::awaitable<void>>> loops();

    // Everything was listed once: before that, what is not here may yet be there.
    bool listed() const;
    // Every watch runs.
    bool in_step() const;

    std::size_t groups() const { return groups_->all().size(); }
    // Null when it is not known.
    const group_entry* group(const k8s::object_key& which) const { return groups_->find(which); }
    const entry* find(const k8s::object_name& what) const;

    // The objects in this namespace that the custom resource with this uid controls.
    std::vector<k8s::object_name> owned_by(const std::string& uid, const std::string& space) const;

private:
    struct shelf {
        k8s::resource kind;
        std::unique_ptr<k8s::informer<owned_object>> objects;
    };
    shelf make_shelf(const k8s::resource& kind, const k8s::reflector_plan& plan);
    const shelf* shelf_of(const k8s::resource& kind) const;

    clock_source& clock_;
    k8s::client& api_;
    std::string space_;
    callbacks tell_;
    std::unique_ptr<k8s::informer<group_resource>> groups_;
    std::vector<shelf> shelves_;
};

}  // namespace ha::op
