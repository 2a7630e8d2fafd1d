// SPDX-License-Identifier: MIT
#pragma once

#include "common/result.hpp"
#include "test/mssqlsim/storage/log_file.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// Appends to the log on a thread of its own, so that nobody waits for the disk: what comes in while
// the disk works goes out together as the next batch.

namespace ha::mssqlsim {

class log_writer {
public:
    // Told on the writer's thread: the position of the last durable record, or what went wrong,
    // after which nothing more is written.
    using listener = std::function<void(result<std::uint64_t>)>;

    log_writer(log_file log, std::uint64_t last_position, listener tell);
    // Writes what is queued, then ends.
    ~log_writer();
    log_writer(const log_writer&) = delete;
    log_writer& operator=(const log_writer&) = delete;

    void append(std::vector<std::string> records);

    // For tests: from now on records are taken and never written.
    void stall(bool on);
    // For the proof that a judge of crashes sees something: records are told as durable when they
    // come, and written when the next ones do.
    void tell_early(bool on);

private:
    void run();

    log_file log_;
    listener tell_;
    std::uint64_t position_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> queued_;
    bool stalled_ = false;
    bool early_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace ha::mssqlsim
