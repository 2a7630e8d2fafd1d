// SPDX-License-Identifier: MIT
#pragma once

#include "agent/engine/session.hpp"
#include "agent/sensors/processes.hpp"
#include "test/sim/engine_host.hpp"
#include "test/sim/node_clock.hpp"

#include <functional>

// The engine as the agent reaches it in the simulation: the very same interface that ODBC stands
// behind in the daemon, with the model of the engine at the other end.

namespace ha::sim {

// Tells which statement is about to go out, for the invariants.
using statement_report = std::function<void(const std::string& name)>;

std::unique_ptr<agent::engine_connector> connect_to(node_clock& clock,
                                                    engine_host& host,
                                                    statement_report report);

// The neighbour's view of the host's processes: a death is seen at once, a freeze is not.
class host_processes final : public agent::engine_processes {
public:
    host_processes(engine_host& host, bool visible) : host_(host), visible_(visible) {}

    agent::process_state state() const override;
    std::optional<instant> began() const override;
    bool visible() const override { return visible_; }
    result<int> kill_all() override;
    boost::asio::awaitable<void> run() override;

private:
    engine_host& host_;
    bool visible_;
    doorbell never_;
};

}  // namespace ha::sim
