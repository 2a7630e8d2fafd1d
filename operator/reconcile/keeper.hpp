// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/plan.hpp"
#include "operator/reconcile/inventory.hpp"

#include <map>
#include <set>

// Keeps single objects as they are planned, by server-side apply that is never forced. It remembers
// what it applied and what came of it, so that nothing is sent while neither side changes; after a
// restart everything is applied once.

namespace ha::op {

class keeper {
public:
    keeper(clock_source& clock, k8s::client& api, const inventory& all)
        : clock_(clock), api_(api), inventory_(all) {}

    // Nothing: the object is as planned. An obstacle: somebody must act before it can be. A
    // failure: nobody knows, to be tried again.
    using kept = k8s::outcome<std::optional<obstacle>>;

    // An object of that name that none of the planned owners owns is not touched.
    boost::asio::awaitable<kept> keep(desired one);

    // Makes the group's certificate authority; one that is there already stays, unread. It waits
    // for the ConfigMap with which it lives, where it names one.
    boost::asio::awaitable<kept> make_authority(workload of, secret_need need);

    // Deletes an object of ours that is not wanted any more.
    boost::asio::awaitable<kept> remove(k8s::object_name what);

    // Has a pod end, unless a disruption budget forbids it now (code 429).
    boost::asio::awaitable<kept> evict(k8s::object_name pod);

    // What becomes of the volume with this uid when its claim is deleted: Retain, Delete.
    boost::asio::awaitable<kept> set_policy(k8s::object_name volume,
                                            std::string uid,
                                            std::string policy);

    // The object is gone: what was known of it does not hold.
    void forget(const k8s::object_name& what);

    // Writes that the API server took, by verb.
    const std::map<std::string, std::uint64_t>& writes() const { return writes_; }

private:
    struct memory {
        std::uint64_t planned = 0;
        std::uint64_t our_fields = 0;
    };
    bool is_kept(const k8s::object_name& what, const desired& one, std::uint64_t planned) const;
    boost::asio::awaitable<kept> create(k8s::object_name what, value wanted);
    boost::asio::awaitable<kept> apply(k8s::object_name what, value wanted, std::string uid);
    boost::asio::awaitable<k8s::outcome<std::string>> uid_of(k8s::object_name what, value wanted);
    void remember(const k8s::object_name& what, std::uint64_t planned, const k8s::reply& came);

    clock_source& clock_;
    k8s::client& api_;
    const inventory& inventory_;
    std::map<std::string, memory> known_;  // by words of the name
    std::set<std::string> authorities_;    // Secrets that are there
    std::map<std::string, std::uint64_t> writes_;
};

}  // namespace ha::op
