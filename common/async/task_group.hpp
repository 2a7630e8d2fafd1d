// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <list>
#include <string>

// Work that belongs to somebody: started together, and ended together when he goes.

namespace ha {

class task_group {
public:
    // `on_failure` is told of every exception that ends a task, cancellation excepted.
    using failure_report = std::function<void(const std::string& task, const std::string& why)>;
    task_group(boost::asio::any_io_executor where, failure_report on_failure);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    // Starts the work; nothing is started any more after cancel().
    void spawn(std::string name, boost::asio::awaitable<void> work);

    // Cancels all that runs. What it was doing may still need a turn of the executor to unwind.
    void cancel();

    // Returns when nothing runs any more.
    boost::asio::awaitable<void> idle();

    bool cancelled() const { return cancelled_; }
    std::size_t running() const { return tasks_.size(); }

private:
    struct task {
        std::string name;
        boost::asio::cancellation_signal stop;
    };

    boost::asio::any_io_executor where_;
    failure_report on_failure_;
    std::list<task> tasks_;
    doorbell ended_;
    bool cancelled_ = false;
};

}  // namespace ha
