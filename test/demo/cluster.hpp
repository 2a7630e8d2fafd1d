// SPDX-License-Identifier: MIT
#pragma once

#include "operator/core/group.hpp"
#include "test/demo/timeline.hpp"
#include "test/support/node/api_access.hpp"
#include "test/support/node/process.hpp"

#include <boost/asio/any_io_executor.hpp>

// The demo's cluster: kubesim and the operator as processes, the node double in ours, and the
// objects of one group.

namespace ha::test::demo {

namespace files = std::filesystem;

// Where the programs lie, and what is missing of them.
struct programs {
    files::path kubesim;
    files::path engine;
    files::path supervisor;
    files::path operator_;
    static programs of_build(const files::path& build);
    std::vector<std::string> missing() const;
};

class cluster {
public:
    cluster(boost::asio::any_io_executor executor,
            clock_source& clock,
            programs with,
            files::path folder,
            timeline& events);
    ~cluster();

    // To be set before start(); see node_settings.
    void forget_restarts_after(duration time) { forgotten_after_ = time; }

    // Starts kubesim and waits until it answers; then the node runs in the background.
    boost::asio::awaitable<result<void>> start();

    // The operator's account: it has the rights of the chart and no others.
    static constexpr const char* operator_user = "system:serviceaccount:default:mssql-operator";

    // What the engine's double answers on its own port for faults and questions; empty: nothing.
    boost::asio::awaitable<std::string> ask_engine(std::string address, std::string command);
    // What a supervisor says of itself at /status; null: nothing.
    boost::asio::awaitable<node::json> status_of(std::string address);

    // Applies the manifest's documents, as a person would, and returns when the operator, which is
    // started first unless it runs, has made the group's pods of them.
    boost::asio::awaitable<result<op::group>> apply(std::string manifest_file);

    // Kills every process; whoever leaves without destructors calls it first.
    void end_all();

    k8s::client& api() { return access_->api(); }
    node::api_access& access() { return *access_; }
    node::node& machine() { return *node_; }
    std::vector<std::string> crashes() const;  // of containers, in words
    const files::path& folder() const { return folder_; }

private:
    boost::asio::awaitable<result<void>> put(op::value document);
    boost::asio::awaitable<result<void>> grant(std::string rules);
    boost::asio::awaitable<result<void>> make_operator_account();
    boost::asio::awaitable<result<void>> start_operator();
    boost::asio::awaitable<result<void>> wait_for_pods(op::group of);
    boost::asio::awaitable<std::string> converse(std::string address, std::string command);
    node::image_map images() const;

    boost::asio::any_io_executor executor_;
    clock_source& clock_;
    programs programs_;
    files::path folder_;
    timeline& events_;
    duration forgotten_after_ = std::chrono::minutes{10};
    int own_block_ = -1;  // a socket that keeps our block of addresses ours
    int block_ = -1;      // 127.0.<this>
    std::unique_ptr<node::process> kubesim_;
    std::unique_ptr<node::process> running_operator_;
    std::unique_ptr<node::api_access> access_;
    node::image_map images_;
    std::unique_ptr<node::node> node_;
};

}  // namespace ha::test::demo
