// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/doorbell.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstdint>
#include <functional>
#include <map>
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

    // Cancels all that runs, in a turn of the executor: it needs one to unwind, too.
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

    void emit_all();

    boost::asio::any_io_executor where_;
    failure_report on_failure_;
    std::map<std::uint64_t, task> tasks_;  // by arrival
    std::uint64_t arrivals_ = 0;
    doorbell ended_;
    bool cancelled_ = false;
};

}  // namespace ha
