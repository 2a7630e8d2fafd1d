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

void log_writer::tell_early(bool on) {
    std::lock_guard lock(mutex_);
    early_ = on;
}

void log_writer::run() {
    std::vector<std::string> told;  // and not written
    for (;;) {
        std::vector<std::string> batch;
        bool early = false;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || (!stalled_ && !queued_.empty()); });
            if (stalled_ || queued_.empty()) return;
            batch = std::exchange(queued_, {});
            early = early_;
        }
        auto fresh = batch.size();
        if (early) {
            tell_(position_ += fresh);
            std::swap(batch, told);
        } else {
            batch.insert(batch.begin(), told.begin(), told.end());
            told.clear();
        }
        auto written = log_.append(batch);
        if (!written) return tell_(tl::unexpected(written.error()));
        if (!early) tell_(position_ += fresh);
    }
}

}  // namespace ha::mssqlsim
