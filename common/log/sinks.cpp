// SPDX-License-Identifier: MIT
#include "common/log/sinks.hpp"

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace ha::log {

struct descriptor_sink::shared {
    int descriptor;
    std::size_t bytes_max;
    std::mutex guard{};
    std::condition_variable changed{};
    std::deque<std::string> queue{};
    std::size_t bytes = 0;
    std::uint64_t dropped = 0;
    bool writing = false;
    bool closing = false;

    bool idle() const { return queue.empty() && !writing; }

    void push(std::string text) {
        bytes += text.size();
        queue.push_back(std::move(text));
    }
};

namespace {

// The log is no place to report that the log is broken, so a dead reader is ignored.
void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        auto count = ::write(descriptor, text.data(), text.size());
        if (count > 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

std::string dropped_line(std::uint64_t count) {
    // The time is left to the lines around it: this thread has no clock of ours.
    return "{\"level\":\"warning\",\"event\":\"log_lines_dropped\",\"count\":" +
           std::to_string(count) + "}\n";
}

}  // namespace

descriptor_sink::descriptor_sink(int descriptor, std::size_t queue_bytes_max)
    : state_(new shared{descriptor, queue_bytes_max}) {
    auto writer = [state = state_] {
        std::unique_lock lock(state->guard);
        for (;;) {
            state->changed.wait(lock, [&] { return !state->queue.empty() || state->closing; });
            if (state->queue.empty()) return;
            auto text = std::move(state->queue.front());
            state->queue.pop_front();
            state->bytes -= text.size();
            auto lost = std::exchange(state->dropped, 0);
            state->writing = true;
            lock.unlock();
            write_all(state->descriptor, text);
            if (lost > 0) write_all(state->descriptor, dropped_line(lost));
            lock.lock();
            state->writing = false;
            state->changed.notify_all();
        }
    };
    std::thread(std::move(writer)).detach();
}

descriptor_sink::~descriptor_sink() {
    flush(std::chrono::seconds{1});
    std::lock_guard lock(state_->guard);
    state_->closing = true;
    state_->changed.notify_all();
}

void descriptor_sink::take(const line& one) {
    auto text = one.text + "\n";
    std::lock_guard lock(state_->guard);
    if (state_->bytes + text.size() > state_->bytes_max) {
        ++state_->dropped;
        return;
    }
    state_->push(std::move(text));
    state_->changed.notify_all();
}

bool descriptor_sink::flush(duration limit) {
    std::unique_lock lock(state_->guard);
    return state_->changed.wait_for(lock, limit, [this] { return state_->idle(); });
}

}  // namespace ha::log
