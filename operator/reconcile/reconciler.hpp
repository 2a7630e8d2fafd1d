// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/task_group.hpp"
#include "common/k8s/event_writer.hpp"
#include "common/log/log.hpp"
#include "operator/reconcile/intents.hpp"
#include "operator/reconcile/keeper.hpp"
#include "operator/reconcile/leaves.hpp"
#include "operator/reconcile/node_watch.hpp"
#include "operator/reconcile/rolls.hpp"
#include "operator/reconcile/scales.hpp"
#include "operator/reconcile/volume_watch.hpp"
#include "operator/reconcile/work_queue.hpp"

// Watches the custom resources and keeps the objects of each, and its status, as they should be. It
// takes no part in a failover: supervisors never wait for it.

namespace ha::op {

struct reconciler_settings {
    plan_settings plan;
    std::string space;  // to look after; empty: all
    std::string pod;    // our own, for Events
    std::size_t workers = 4;
    std::uint32_t seed = 1;  // different for each process
};

class reconciler {
public:
    reconciler(boost::asio::any_io_executor where,
               clock_source& clock,
               k8s::client& api,
               log::logger lines,
               reconciler_settings chosen,
               task_group::failure_report on_failure);

    void start();
    // Ends everything that start() began; returns when it has ended.
    boost::asio::awaitable<void> stop();

    struct numbers {
        std::size_t groups = 0;
        std::size_t waiting = 0;  // groups to be looked at
        bool listed = false;      // everything was listed once
        bool in_step = false;     // every watch runs
        std::uint64_t passes_done = 0;
        std::uint64_t passes_again = 0;
        std::uint64_t events_dropped = 0;
        std::map<std::string, std::uint64_t> writes;  // by verb
        instant last_pass{};
    };
    numbers count() const;

private:
    boost::asio::awaitable<void> work();
    boost::asio::awaitable<bool> pass(subject key);
    boost::asio::awaitable<k8s::outcome<void>> keep_finalizers(subject key,
                                                               inventory::resource_entry of);
    boost::asio::awaitable<k8s::outcome<void>> bring_about(subject key, findings& seen);
    boost::asio::awaitable<k8s::outcome<void>> see_off(subject key, custom_resource about);
    boost::asio::awaitable<k8s::outcome<void>> keep_objects(intent wanted, findings& seen);
    boost::asio::awaitable<k8s::outcome<void>> keep_secrets(intent wanted, findings& seen);
    boost::asio::awaitable<k8s::outcome<void>> remove_others(intent wanted);
    boost::asio::awaitable<k8s::outcome<void>> roll(subject key, intent wanted, findings& seen);
    boost::asio::awaitable<k8s::outcome<void>> keep_volumes(intent wanted, findings& seen);
    boost::asio::awaitable<k8s::outcome<void>> tell(subject key,
                                                    custom_resource about,
                                                    findings seen);
    orders settle(const group& wanted, const std::string& resource_version);
    value standing_status(const subject& key, const custom_resource& about);
    void tell_event(const subject& key, const std::string& uid, const transition& what);
    void announce(const subject& key,
                  const custom_resource& about,
                  const value& before,
                  const value& after);

    clock_source& clock_;
    k8s::client& api_;
    log::logger log_;
    reconciler_settings chosen_;
    doorbell stepped_;
    work_queue queue_;
    inventory inventory_;
    keeper keeper_;
    rolls rolls_;
    scales scales_;
    leaves leaves_;
    k8s::event_writer events_;
    // What the status became by our own write, until the watch shows it.
    struct written_status {
        std::vector<value> before;
        value now;
    };
    std::map<subject, written_status> written_;
    std::map<subject, orders> ordered_;  // as applied last
    // None: looks after one namespace.
    std::unique_ptr<node_watch> nodes_;
    std::unique_ptr<volume_watch> volumes_;
    std::uint64_t passes_done_ = 0;
    std::uint64_t passes_again_ = 0;
    std::uint64_t status_writes_ = 0;
    instant last_pass_{};
    task_group tasks_;
};

}  // namespace ha::op
