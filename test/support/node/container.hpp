// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"
#include "test/support/node/probe.hpp"
#include "test/support/node/process.hpp"

#include <functional>
#include <memory>

// One container of a pod: its process, its probes, its restarts.

namespace ha::test::node {

// What a container needs of the node it runs on.
struct surroundings {
    boost::asio::any_io_executor executor;
    clock_source& clock;
    transport::dialer& dialer;  // plain TCP, for probes and hooks
    const image_map& images;
    // Reads ConfigMaps, Secrets and tokens from the API server.
    std::function<boost::asio::awaitable<result<volume_sources>>(json pod)> fetch;
    // For people: "mssql-ag-0/mssql: started, pid 123".
    std::function<void(std::string)> tell;
    // A container that ran for so long is started at once when it ends, as if for the first time.
    duration restarts_forgotten_after = std::chrono::minutes{10};
    // Ends that a program's own fault brings about: "mssql-ag-0/mssql: signal 6".
    std::vector<std::string> crashes{};
};

// How long after the n-th end in a row the next start comes: at once, then 10 s, doubling, 5 min.
duration restart_delay(int ends_in_a_row);

class container : public std::enable_shared_from_this<container> {
public:
    container(surroundings& around, json pod, json spec, pod_place place, doorbell& changed);

    // Starts and restarts it in the background, until end() was called.
    void begin();

    // The preStop hook, bounded by the deadline; nothing when there is none.
    boost::asio::awaitable<void> pre_stop(instant deadline);
    // TERM, then KILL at the deadline; never started again. Returns when it is gone.
    boost::asio::awaitable<void> end(instant deadline);
    // KILL now, without waiting.
    void end_now();
    void signal(int number);
    // While held, a container that has ended is not started again: its node is out of order.
    void hold(bool held);

    const std::string& name() const { return name_; }
    bool sidecar() const { return text_at(spec_, "/restartPolicy") == "Always"; }
    bool started() const { return started_; }
    bool ready() const { return ready_; }
    bool running() const { return process_ && process_->running(); }
    int pid() const { return running() ? process_->pid() : 0; }
    std::optional<exit_state> last_exit() const { return last_exit_; }
    // An entry of containerStatuses.
    json status() const;

private:
    using self = std::shared_ptr<container>;
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<bool> bring_up();
    boost::asio::awaitable<bool> fail_to_start(std::string reason, std::string words);
    boost::asio::awaitable<void> live();
    boost::asio::awaitable<void> probe(int life);
    boost::asio::awaitable<bool> pass_startup(int life);
    boost::asio::awaitable<void> watch_readiness(int life);
    boost::asio::awaitable<void> watch_liveness(int life);
    boost::asio::awaitable<bool> ask(const probe_plan& plan);
    boost::asio::awaitable<void> restart_for(std::string why);
    boost::asio::awaitable<void> gone_by(instant deadline);
    void note_exit(exit_state how);
    void spawn(boost::asio::awaitable<void> work);
    void say(const std::string& words);
    std::string path() const;  // <pod>/<container>

    surroundings& around_;
    json pod_;
    json spec_;
    pod_place place_;
    std::string name_;
    doorbell& changed_;  // something in status() did
    doorbell ends_;      // the process ended, or is not to be started again
    std::unique_ptr<process> process_;
    int life_ = 0;  // counts processes, so that probes of an old one fall silent
    int restarts_ = 0;
    int ends_in_a_row_ = 0;
    instant begun_{};
    std::string begun_at_;
    std::string waiting_ = "ContainerCreating";
    std::string waiting_words_;
    bool started_ = false;
    bool ready_ = false;
    bool stopping_ = false;
    bool held_ = false;
    bool over_ = false;  // run() has returned
    std::optional<exit_state> last_exit_;
    std::string ended_at_;
};

}  // namespace ha::test::node
