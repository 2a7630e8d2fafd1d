// SPDX-License-Identifier: MIT
#pragma once

#include "agent/loop/supervisor.hpp"
#include "common/log/sinks.hpp"
#include "common/transport/memory_network.hpp"
#include "test/sim/engine_session.hpp"

#include <boost/asio/io_context.hpp>

// One pod of the simulation: an engine with its disk, a supervisor with its record, and a kubelet
// that starts again what ended.

namespace ha::sim {

struct node_plan {
    std::string name;
    std::string uid;
    std::string space = "default";
    std::string group = "ag1";
    agent::settings chosen;
    mssqlsim::instance_options engine;
    duration engine_restart = std::chrono::seconds{2};
    duration supervisor_restart = std::chrono::seconds{1};
    bool neighbour_visible = true;
};

class node {
public:
    node(boost::asio::io_context& io,
         test::sim_clock& clock,
         transport::memory_network& network,
         engine_network& engines,
         log::sink& lines,
         node_plan plan);
    ~node();

    void start();
    void kill_engine();      // the kubelet starts it again
    void kill_supervisor();  // and this too
    // The whole machine stands still until resume(); its clocks go on, or stand still with it.
    void pause(bool clocks_stand);
    void resume();
    void power_off();  // everything ends; power_on() starts it anew, disks kept
    void power_on();

    engine_host& engine() { return engine_; }
    const engine_host& engine() const { return engine_; }
    node_clock& clock() { return clock_; }
    const agent::group_loop* loop() const;
    bool powered() const { return powered_; }
    // Since when, by its own clock, this supervisor has been running without a pause.
    instant awake_since() const { return awake_since_; }
    const std::string& name() const { return plan_.name; }
    std::string uid() const { return plan_.uid; }
    std::string host() const { return "host-" + plan_.name; }
    std::string holder() const { return plan_.name + "_" + uid(); }

    // What a statement that goes out is called, with the loop that sends it.
    std::function<void(node&, const std::string& statement)> on_statement;
    // What goes out to the API server.
    std::function<void(node&, std::string_view text)> on_sent;
    // The replica's own record is on disk.
    std::function<void(node&, const agent::replica_record& before, const agent::replica_record&)>
        on_record;
    // A supervisor ended itself.
    std::function<void(node&, const std::string& why)> on_fatal;

private:
    class memory_record;
    struct brain;  // everything of one supervisor's life

    void start_supervisor();
    void end_supervisor();

    boost::asio::io_context& io_;
    test::sim_clock& world_;
    node_clock clock_;
    transport::memory_network& network_;
    log::sink& lines_;
    node_plan plan_;
    engine_host engine_;
    std::optional<agent::replica_record> record_;  // on the data volume
    std::unique_ptr<brain> brain_;
    std::vector<std::unique_ptr<brain>> unwinding_;
    std::uint64_t lives_ = 0;
    std::uint64_t engine_starts_ = 0;
    bool powered_ = false;
    instant awake_since_{};
};

}  // namespace ha::sim
