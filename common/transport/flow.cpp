// SPDX-License-Identifier: MIT
#include "common/transport/flow.hpp"

#include <algorithm>
#include <cstring>

namespace ha::transport {

namespace asio = boost::asio;

namespace {

constexpr std::size_t capacity = 256 * 1024;
constexpr auto never = instant::max();

}  // namespace

void flow::send(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    enqueue(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void flow::send_end() {
    if (ended_) return;
    enqueue({});
    ended_ = true;
}

void flow::enqueue(std::string bytes) {
    if (ended_ || abandoned_ || broken_ || muted_) return;
    auto arrives = now() + (way_ ? way_->latency : duration::zero());
    if (!waiting_.empty()) arrives = std::max(arrives, waiting_.back().arrives);
    if (cut()) arrives = never;
    queued_ += bytes.size();
    waiting_.push_back(segment{arrives, std::move(bytes)});
    bytes_.ring();
}

void flow::abandon() {
    abandoned_ = true;
    waiting_.clear();
    used_ = queued_ = 0;
    bytes_.ring();
    room_.ring();
}

void flow::break_off() {
    broken_ = true;
    abandon();
}

void flow::road_changed() {
    // What was on its way when the road was cut is sent again now.
    auto again = now() + way_->latency;
    for (auto& one : waiting_) {
        bool lost = one.arrives > way_->cut_since;
        if (lost) one.arrives = one.arrives == never ? again : std::max(one.arrives, again);
    }
    bytes_.ring();
    room_.ring();
}

bool flow::full() const {
    bool nobody_reads = broken_ || (abandoned_ && !cut());
    return queued_ >= capacity && !nobody_reads;
}

bool flow::arrived(const segment& one) const {
    if (!way_) return true;
    return one.arrives <= now() && (!way_->cut || one.arrives <= way_->cut_since);
}

arrival flow::pending() const {
    if (broken_) return arrival::end;
    if (waiting_.empty() || !arrived(waiting_.front())) return arrival::nothing;
    // The end is always the last segment.
    auto& last = waiting_.back();
    return last.bytes.empty() && arrived(last) ? arrival::end : arrival::bytes;
}

std::size_t flow::take(std::span<std::byte> into) {
    std::size_t taken = 0;
    while (taken < into.size() && !waiting_.empty()) {
        auto& first = waiting_.front();
        if (first.bytes.empty() || !arrived(first)) break;  // the end stays, to be seen again
        auto count = std::min(into.size() - taken, first.bytes.size() - used_);
        std::memcpy(into.data() + taken, first.bytes.data() + used_, count);
        taken += count;
        used_ += count;
        if (used_ < first.bytes.size()) break;
        waiting_.pop_front();
        used_ = 0;
    }
    bool was_full = full();
    queued_ -= taken;
    if (was_full && !full()) room_.ring();
    return taken;
}

asio::awaitable<void> flow::wait_for_bytes() {
    bool on_the_way = !waiting_.empty() && way_ && !way_->cut;
    if (on_the_way) {
        co_await clock_->sleep_until(waiting_.front().arrives);
    } else {
        co_await bytes_.wait();
    }
}

asio::awaitable<void> flow::wait_for_room() {
    return room_.wait();
}

namespace {

std::string gone(const std::string& who) {
    return "the connection to " + who + " was reset";
}

class memory_end final : public byte_stream {
public:
    memory_end(std::shared_ptr<flow> in,
               std::shared_ptr<flow> out,
               std::optional<identity> peer,
               std::string description)
        : in_(std::move(in)),
          out_(std::move(out)),
          peer_(std::move(peer)),
          description_(std::move(description)) {}

    ~memory_end() override { close(); }

    asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> into) override {
        return read(in_, into, closed_, description_);
    }

    asio::awaitable<result<std::size_t>> write(std::span<const std::byte> bytes) override {
        return write(in_, out_, bytes, closed_, description_);
    }

    bool try_write(std::span<const std::byte> bytes) override {
        if (*closed_ || out_->full() || in_->pending() == arrival::end) return false;
        out_->send(bytes);
        return true;
    }

    void close() noexcept override {
        if (std::exchange(*closed_, true)) return;
        out_->send_end();
        in_->abandon();
    }

    arrival pending() const override { return in_->pending(); }
    std::optional<identity> peer() const override { return peer_; }
    std::string description() const override { return description_; }

private:
    // Functions over what they own, because a stream may be destroyed while somebody waits in it.
    static asio::awaitable<result<std::size_t>> read(std::shared_ptr<flow> in,
                                                     std::span<std::byte> into,
                                                     std::shared_ptr<bool> closed,
                                                     std::string who) {
        while (!*closed && in->pending() == arrival::nothing) {
            co_await in->wait_for_bytes();
        }
        if (*closed || in->broken()) co_return failure(errc::closed, gone(who));
        co_return in->take(into);
    }

    static asio::awaitable<result<std::size_t>> write(std::shared_ptr<flow> in,
                                                      std::shared_ptr<flow> out,
                                                      std::span<const std::byte> bytes,
                                                      std::shared_ptr<bool> closed,
                                                      std::string who) {
        while (!*closed && out->full()) {
            co_await out->wait_for_room();
        }
        if (*closed || in->pending() == arrival::end) co_return failure(errc::closed, gone(who));
        out->send(bytes);
        co_return bytes.size();
    }

    std::shared_ptr<flow> in_;
    std::shared_ptr<flow> out_;
    std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
    std::optional<identity> peer_;
    std::string description_;
};

}  // namespace

std::unique_ptr<byte_stream> make_end(std::shared_ptr<flow> in,
                                      std::shared_ptr<flow> out,
                                      std::optional<identity> peer,
                                      std::string description) {
    return std::make_unique<memory_end>(
        std::move(in), std::move(out), std::move(peer), std::move(description));
}

}  // namespace ha::transport
