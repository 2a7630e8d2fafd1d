// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"
#include "common/async/doorbell.hpp"
#include "common/transport/stream.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

// The inside of connections in memory: one direction of one connection, and the road it takes.

namespace ha::transport {

class flow;

// The way from one host to another. While it is cut nothing arrives; what was sent meanwhile
// arrives after it is healed, as TCP would send it again.
struct road {
    duration latency{};
    bool cut = false;
    instant cut_since{};
    std::vector<std::weak_ptr<flow>> flows;
};

class flow {
public:
    // Without a clock everything arrives at once and `way` is not asked.
    flow(clock_source* clock, std::shared_ptr<road> way) : clock_(clock), way_(std::move(way)) {}

    void send(std::span<const std::byte> bytes);
    void send_end();
    // The reader is gone: what comes is dropped.
    void abandon();
    // Both ends find the connection broken.
    void break_off();
    // The sender's machine died: not even its end goes out.
    void mute() { muted_ = true; }
    void road_changed();

    bool broken() const { return broken_; }
    bool full() const;
    // What a reader would find now, and whether the end is among it.
    arrival pending() const;
    std::size_t take(std::span<std::byte> into);  // only when pending() is not `nothing`
    boost::asio::awaitable<void> wait_for_bytes();
    boost::asio::awaitable<void> wait_for_room();

private:
    struct segment {
        instant arrives;
        std::string bytes;  // empty: the end
    };
    void enqueue(std::string bytes);
    bool arrived(const segment& one) const;
    bool cut() const { return way_ && way_->cut; }
    instant now() const { return clock_ ? clock_->now() : instant{}; }

    clock_source* clock_;
    std::shared_ptr<road> way_;
    std::deque<segment> waiting_;
    std::size_t used_ = 0;    // of the first segment
    std::size_t queued_ = 0;  // bytes in all
    bool ended_ = false;
    bool abandoned_ = false;
    bool broken_ = false;
    bool muted_ = false;
    doorbell bytes_;
    doorbell room_;
};

// One end of a connection made of two flows.
std::unique_ptr<byte_stream> make_end(std::shared_ptr<flow> in,
                                      std::shared_ptr<flow> out,
                                      std::optional<identity> peer,
                                      std::string description);

}  // namespace ha::transport
