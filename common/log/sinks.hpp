// SPDX-License-Identifier: MIT
#pragma once

#include "common/log/log.hpp"

#include <memory>
#include <vector>

// Where the log's lines end up.

namespace ha::log {

// Keeps every line: for tests and for the simulation.
class memory_sink final : public sink {
public:
    void take(const line& one) override { lines_.push_back(one); }
    const std::vector<line>& lines() const { return lines_; }

private:
    std::vector<line> lines_;
};

// Throws everything away.
class null_sink final : public sink {
public:
    void take(const line&) override {}
};

// Writes lines to a file descriptor from a thread of its own: a reader that stops reading must not
// stop the one who decides. Lines that find the queue full are dropped and counted, and the count
// is written (log_lines_dropped) once there is room. Any thread may call it.
class descriptor_sink final : public sink {
public:
    // The descriptor stays the caller's, and must stay open for good: if the reader never reads
    // again, the thread behind outlives this object.
    explicit descriptor_sink(int descriptor, std::size_t queue_bytes_max = 1U << 20U);
    // Waits at most a second for what is queued.
    ~descriptor_sink() override;
    descriptor_sink(const descriptor_sink&) = delete;
    descriptor_sink& operator=(const descriptor_sink&) = delete;

    void take(const line& one) override;

    // Waits until all is written, but no longer than the limit; false when time ended it.
    bool flush(duration limit);

private:
    struct shared;
    std::shared_ptr<shared> state_;
};

}  // namespace ha::log
