// SPDX-License-Identifier: MIT
#pragma once

#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/transport/memory_network.hpp"
#include "operator/reconcile/reconciler.hpp"
#include "test/kubesim/api/server.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

// A cluster in memory on virtual time, and operators that live and die in it with the rights that
// the chart gives them.

namespace ha::test {

// Counts the writes that were answered, and goes silent for ever after one of them: from outside
// like a process that was killed.
class mortal_client final : public k8s::client {
public:
    mortal_client(clock_source& clock, k8s::client& through) : clock_(clock), through_(through) {}

    std::size_t writes = 0;
    std::size_t dies_after = 0;  // 0: never
    bool dead() const { return dies_after != 0 && writes >= dies_after; }

    answer get(k8s::object_name what, duration limit) override;
    answer list(k8s::selection what, duration limit) override;
    answer create(k8s::object_name what, nlohmann::json object, duration limit) override;
    answer update(k8s::object_name what, nlohmann::json object, duration limit) override;
    answer merge_patch(k8s::object_name what, nlohmann::json patch, duration limit) override;
    answer apply(k8s::object_name what,
                 nlohmann::json object,
                 std::string field_manager,
                 bool force,
                 duration limit) override;
    answer remove(k8s::object_name what,
                  k8s::delete_preconditions only_if,
                  duration limit) override;
    boost::asio::awaitable<k8s::outcome<std::size_t>> watch(
        k8s::selection what,
        duration silence_limit,
        std::function<bool(const k8s::watch_event&)> on_event) override;

private:
    answer last_breath(answer call);

    clock_source& clock_;
    k8s::client& through_;
};

class cluster_stage {
public:
    cluster_stage();
    ~cluster_stage();

    // A connection to the API server in the operators' name.
    struct wire {
        explicit wire(cluster_stage& on);
        ~wire();
        cluster_stage& stage;
        std::unique_ptr<transport::dialer> dialer;
        std::unique_ptr<http::client> over;
        std::unique_ptr<k8s::client> plain;
        mortal_client api;
    };

    // One operator, from its start to its death.
    struct life : wire {
        // `space` empty: of all namespaces.
        explicit life(cluster_stage& on, std::string image = "mssql-ha:1", std::string space = {});
        ~life();
        op::reconciler reconciler;
    };

    void pass(duration span);
    // An administrator's request that must succeed.
    nlohmann::json must(const std::string& method,
                        const std::string& target,
                        const nlohmann::json& body = nullptr);
    // Null when there is no such object.
    nlohmann::json get(const std::string& target);

    // The group of manifests/samples/ag-sample.yaml.
    static nlohmann::json sample();
    void make_group();
    // As the group's StatefulSet makes one; with a name for a node it is there already.
    void make_pod(const std::string& name, const std::string& node = {});
    // Made for the claim of a group's pod, as the storage class would have it.
    void make_volume(const std::string& name, const std::string& pod, const std::string& phase);
    // As its supervisor says what it is.
    void label(const std::string& pod, const std::string& role);
    // As its kubelet says that it is ready.
    void make_ready(const std::string& pod, const std::string& is = "True");
    // What the StatefulSet controller does: it tells which template is the newest, and makes the
    // pods that are missing by it, and those that are too many go.
    void run_stateful_sets();
    // One of the SqlServers of manifests/samples/preview.yaml, 1 to 3.
    static nlohmann::json preview(int number);
    // The SQLServerInstance of manifests/samples/instance.yaml.
    static nlohmann::json instance();

    // Every object of the namespace that a group may own, without what differs from life to life
    // (versions, times, uids, secrets' content); by kind and name.
    nlohmann::json everything();
    // How often the operators asked for each "verb resource".
    std::map<std::string, std::uint64_t> asked(bool watches = false) const;
    // Rules of the chart, as a list: "work", "cluster", "handed-on",
    // "lead".
    static nlohmann::json rules(const std::string& name);

    // How often operators said each event.
    struct events final : log::sink {
        void take(const log::line& one) override { ++said[std::string(one.event)]; }
        std::map<std::string, std::uint64_t> said;
    };

    events log;
    boost::asio::io_context io{1};
    sim_clock clock{io};
    kubesim::api_server server{clock, {.history_max = 5000}};
    transport::memory_network net{clock};

private:
    void grant(const std::string& name);

    std::unique_ptr<transport::listener> door_;
};

inline const std::string volumes_path = "/api/v1/persistentvolumes";
inline const std::string servers_path =
    "/apis/mssql.microsoft.com/v1/namespaces/default/sqlservers";
inline const std::string instances_path =
    "/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/sqlserverinstances";
inline const std::string groups_path =
    "/apis/sql.mssql.microsoft.com/v1alpha1/namespaces/default/sqlserveravailabilitygroups";

}  // namespace ha::test
