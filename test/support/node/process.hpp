// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/support/node/environment.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>
#include <string>

// A container's process: a process group of its own that ends with us, however we end.

namespace ha::test::node {

struct exit_state {
    int code = 0;    // as the kubelet reports it: 128 + signal when a signal ended it
    int signal = 0;  // 0: it ended by itself
    bool operator==(const exit_state&) const = default;
};

// Ended by a signal that nobody sends it: a failed assertion, an exception that nobody caught, a
// wild pointer.
bool is_crash(exit_state how);

class process {
public:
    // Both streams go to `log`, appended. Fails when the program cannot be run at all.
    static result<std::unique_ptr<process>> start(boost::asio::any_io_executor executor,
                                                  const command_line& command,
                                                  const std::string& log);
    // Kills the whole group and reaps its leader.
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    // Returns when the leader has ended; whatever else was in its group is killed then, as the
    // container runtime does. Hears cancellation.
    boost::asio::awaitable<exit_state> wait();

    int pid() const { return pid_; }
    bool running() const { return !ended_; }
    // To the leader alone, as the runtime does; SIGKILL, SIGSTOP and SIGCONT to the whole group.
    void signal(int number);

private:
    process(boost::asio::any_io_executor executor, int pid, int pidfd);
    void reap(bool block);

    int pid_;
    boost::asio::posix::stream_descriptor ready_;  // the pidfd: readable when the leader has ended
    std::optional<exit_state> ended_;
};

}  // namespace ha::test::node
