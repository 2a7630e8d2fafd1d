// SPDX-License-Identifier: MIT
#pragma once

#include "agent/core/engine_view.hpp"
#include "common/async/clock.hpp"
#include "common/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

// The engine's processes, as a neighbour in the same process namespace sees them: who can prove
// their death and bring it about.

namespace ha::agent {

class engine_processes {
public:
    virtual ~engine_processes() = default;

    // `gone` is a proof: every process that was seen has ended, and two looks at the whole
    // namespace in a row found no other. `unknown`: never looked, or not visible.
    virtual process_state state() const = 0;

    // When the oldest process of the engine that lives began, early by 10 ms at most: whatever did
    // something before has ended. The same proof as `gone`, where the engine has been started again
    // before the last of the old processes was seen to end. Empty: none is known to live, or one
    // cannot be held.
    virtual std::optional<instant> began() const = 0;

    // Whether the namespace is shared with the engine's container.
    virtual bool visible() const = 0;

    // SIGKILL to every process of the engine; the number of those that got it. It is not the end of
    // them: watch state(). Error: not visible, or not permitted.
    virtual result<int> kill_all() = 0;

    // Looks for new processes and waits for ends, until cancelled.
    virtual boost::asio::awaitable<void> run() = 0;
};

// Which processes are the engine's. Always: of our own uid.
struct process_filter {
    std::string name = "sqlservr";  // as in /proc/<pid>/comm
    // Where engines share a namespace with others (several on one machine): some argument equals
    // `argument`, or the environment has `variable` ("NAME=value"). Empty: not asked.
    std::string argument;
    std::string variable;
    enum class sharing {
        detect,  // shared when the namespace's first process is not of our own container
        shared,
        none,
    } neighbour = sharing::detect;
    duration look_period = std::chrono::seconds{1};
};

// `on_change` is called when the state, the beginning or the visibility has changed.
std::unique_ptr<engine_processes> watch_engine_processes(boost::asio::any_io_executor executor,
                                                         clock_source& clock,
                                                         process_filter filter,
                                                         std::function<void()> on_change);

}  // namespace ha::agent
