// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

// Calls that block and hear no cancellation (ODBC), made bearable: they run on a thread of their
// own, and whoever waits for one may walk away at his deadline. A thread that is stuck is left to
// itself and replaced; nobody ever joins it. A program that has such threads ends with _Exit.

namespace ha {

// The way back from a worker's thread to its owner's executor.
class way_home {
public:
    explicit way_home(boost::asio::any_io_executor home);
    ~way_home();

    // From any thread: runs `what` on the owner's executor. False, and `what` is dropped, once the
    // worker was destroyed. What it captures may be destroyed on either thread.
    bool post(std::function<void()> what);

    // Nothing is posted after this returns. The owner's side only.
    void cut();

private:
    struct shared;
    std::unique_ptr<shared> state_;
};

// One thread that runs jobs one after another. All members belong to the owner's thread.
class worker {
public:
    // The thread shows up as `name` (at most 15 characters) in lists of threads. It holds the
    // resource that its jobs use until its own end, so that what blocks when it is destroyed does
    // so there; jobs and owner refer to it without owning it.
    worker(boost::asio::any_io_executor home,
           std::string name,
           std::shared_ptr<void> resource = nullptr);

    // Walks away: the job that runs goes on by itself, jobs behind it are dropped, and the thread
    // ends after that. Results of a job left behind go nowhere. Never waits. To be destroyed
    // before the executor's context.
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // Queues a job. A job must not throw: that ends the process.
    void submit(std::function<void()> job);

    // For jobs that report more than once.
    std::shared_ptr<way_home> home() const { return home_; }

    // Runs the job and returns its answer, or nothing when the clock passed the deadline first; the
    // job then still runs, and most owners destroy the worker. Hears cancellation, with the same
    // consequence. When the worker is destroyed meanwhile, the wait goes on to the deadline.
    template <class T>
    boost::asio::awaitable<std::optional<T>> run(clock_source& clock,
                                                 instant deadline,
                                                 std::function<T()> job) {
        struct box {
            doorbell bell;
            std::optional<T> answer;
        };
        auto kept = std::make_shared<box>();
        submit([kept, way = home_, job = std::move(job)] {
            auto answer = std::make_shared<T>(job());
            way->post([kept, answer] {
                kept->answer = std::move(*answer);
                kept->bell.ring();
            });
        });
        bool rung = true;
        while (!kept->answer && rung) {
            rung = co_await kept->bell.wait_until(clock, deadline);
        }
        co_return std::move(kept->answer);
    }

private:
    struct queue;
    std::shared_ptr<way_home> home_;
    std::shared_ptr<queue> queue_;
};

}  // namespace ha
