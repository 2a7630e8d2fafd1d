// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/informer.hpp"
#include "operator/reconcile/kinds.hpp"
#include "operator/reconcile/projections.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

// What there is: the custom resources, the objects that were made for them, and their pods, kept
// fresh by watches.

namespace ha::op {

class inventory {
public:
    using entry = k8s::informer<owned_object>::entry;
    using resource_entry = k8s::informer<custom_resource>::entry;

    struct callbacks {
        // Something about this resource is not as it was.
        std::function<void(const subject& which)> touched;
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

    std::size_t resources() const;
    // Null when it is not known.
    const resource_entry* resource(const subject& which) const;
    // Of one kind and namespace.
    std::vector<const resource_entry*> resources(resource_kind kind,
                                                 const std::string& space) const;
    const entry* find(const k8s::object_name& what) const;
    // Null as well when it was made for another resource, of whatever name.
    const owned_object* find_owned(const workload& by,
                                   const k8s::resource& kind,
                                   const std::string& name) const;

    // The objects in this namespace that the custom resource with this uid controls.
    std::vector<k8s::object_name> owned_by(const std::string& uid, const std::string& space) const;

    // What has pods on this node is touched.
    void touch_pods_on(const std::string& node);
    // Whose pod mounts the claim of this name is touched.
    void touch_claim(const k8s::object_key& claim);

private:
    struct shelf {
        k8s::resource kind;
        std::unique_ptr<k8s::informer<owned_object>> objects;
    };
    std::unique_ptr<k8s::informer<custom_resource>> watch_resources(
        resource_kind kind, const k8s::reflector_plan& plan);
    shelf make_shelf(const k8s::resource& kind, const k8s::reflector_plan& plan);
    void touch(const subject& which);
    void touch_subject_of(const k8s::object_key& key, const owned_object& what);
    const shelf* shelf_of(const k8s::resource& kind) const;

    clock_source& clock_;
    k8s::client& api_;
    std::string space_;
    callbacks tell_;
    std::map<resource_kind, std::unique_ptr<k8s::informer<custom_resource>>> resources_;
    std::vector<shelf> shelves_;
};

}  // namespace ha::op
