// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/knowledge.hpp"
#include "agent/loop/instance_keeper.hpp"
#include "agent/loop/ports.hpp"
#include "agent/probes/view.hpp"
#include "agent/sensors/canary.hpp"
#include "agent/sensors/diagnostics.hpp"
#include "common/async/task_group.hpp"

#include <memory>

// The loop of an instance in no group: it looks how the engine is, for the probes and for people.
// It holds nothing and decides nothing; an engine that hangs is ended by the kubelet, whom /livez
// tells.

namespace ha::agent {

class instance_loop {
public:
    // Of `own` the group's part is empty.
    instance_loop(boost::asio::any_io_executor where, supervisor_ports ports, group_settings own);
    ~instance_loop();

    void start();
    void processes_changed();
    group_report report() const;

    // Ends every task of this loop.
    void cancel() { tasks_.cancel(); }
    boost::asio::awaitable<void> idle() { return tasks_.idle(); }

private:
    template <class Event>
    void take(const Event& what) {
        seen_.now = ports_.clock.now();
        absorb(seen_, what);
        tell_health();
    }
    void tell_health();
    void take_canary(const canary_outcome& what);

    supervisor_ports ports_;
    group_settings own_;
    observation seen_;
    health_verdict told_;
    task_group tasks_;
    std::unique_ptr<engine_session> canary_session_;
    std::unique_ptr<engine_session> diagnostics_session_;
    std::unique_ptr<canary> canary_;
    std::unique_ptr<diagnostics_stream> diagnostics_;
    instance_keeper instance_;
};

}  // namespace ha::agent
