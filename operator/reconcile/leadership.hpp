// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "common/k8s/informer.hpp"
#include "common/k8s/lease_codec.hpp"

// Which of several operators works: the one that holds their Lease. Two at once would do no harm,
// since each would apply the same; it is held so that they do not do everything twice.

namespace ha::op {

struct leadership_times {
    std::chrono::seconds lease{15};  // how long it stands without a renewal
    duration renewal = std::chrono::seconds{5};
    duration give_up = std::chrono::seconds{10};  // without a renewal that came through
    duration retry = std::chrono::seconds{1};
};

// The pod that the Lease belongs to while we hold it: with the pod it is collected. An uninstalled
// operator has no right left to give its Lease up, and the next one would wait until it runs out.
struct pod_identity {
    std::string name;
    std::string uid;  // empty: not known, the Lease belongs to nobody
};

class leadership {
public:
    // `me` differs from process to process. The Lease is made when there is none.
    leadership(clock_source& clock,
               k8s::client& api,
               k8s::object_name what,
               std::string me,
               pod_identity pod = {},
               leadership_times times = {});

    // Watches the Lease; until cancelled.
    boost::asio::awaitable<void> watch() { return seen_.run(); }
    // Returns when the Lease is ours. Others wait by that watch and send nothing.
    boost::asio::awaitable<void> acquire();
    // Renews it; returns, with the reason in words, when it is lost.
    boost::asio::awaitable<std::string> hold();
    // Gives it up, so that nobody has to wait for it to run out.
    boost::asio::awaitable<void> release();

    bool held() const { return held_; }
    bool watching() const { return seen_.in_step_now(); }

private:
    using lease_informer = k8s::informer<k8s::lease>;
    boost::asio::awaitable<bool> take();
    boost::asio::awaitable<bool> make();
    boost::asio::awaitable<k8s::outcome<void>> put(k8s::lease wanted);
    boost::asio::awaitable<bool> still_ours();
    k8s::lease stamped(k8s::lease from) const;
    nlohmann::json written(const k8s::lease& wanted) const;

    clock_source& clock_;
    k8s::client& api_;
    k8s::object_name what_;
    std::string me_;
    pod_identity pod_;
    leadership_times times_;
    bool held_ = false;
    nlohmann::json last_;  // the Lease as we last read or wrote it
    instant changed_at_{};
    doorbell changed_;
    lease_informer seen_;
};

}  // namespace ha::op
