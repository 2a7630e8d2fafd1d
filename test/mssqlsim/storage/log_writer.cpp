// SPDX-License-Identifier: MIT
#include "test/mssqlsim/storage/log_writer.hpp"

#include <iterator>
#include <utility>

namespace ha::mssqlsim {

log_writer::log_writer(log_file log, std::uint64_t last_position, listener tell)
    : log_(std::move(log)),
      tell_(std::move(tell)),
      position_(last_position),
      thread_([this] { run(); }) {}

log_writer::~log_writer() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void log_writer::append(std::vector<std::string> records) {
    {
        std::lock_guard lock(mutex_);
        queued_.insert(queued_.end(),
                       std::make_move_iterator(records.begin()),
                       std::make_move_iterator(records.end()));
    }
    changed_.notify_one();
}

void log_writer::stall(bool on) {
    {
        std::lock_guard lock(mutex_);
        stalled_ = on;
    }
    changed_.notify_one();
}

void log_writer::run() {
    for (;;) {
        std::vector<std::string> batch;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || (!stalled_ && !queued_.empty()); });
            if (stalled_ || queued_.empty()) return;
            batch = std::exchange(queued_, {});
        }
        auto written = log_.append(batch);
        if (!written) return tell_(tl::unexpected(written.error()));
        position_ += batch.size();
        tell_(position_);
    }
}

}  // namespace ha::mssqlsim
