// SPDX-License-Identifier: MIT
#include "test/sim/wiretap.hpp"

namespace ha::sim {

namespace asio = boost::asio;
using transport::byte_stream;

namespace {

class tapped final : public byte_stream {
public:
    tapped(std::unique_ptr<byte_stream> inner, overheard& tell)
        : inner_(std::move(inner)), tell_(tell) {}

    asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> into) override {
        return inner_->read_some(into);
    }
    asio::awaitable<result<std::size_t>> write(std::span<const std::byte> bytes) override {
        tell(bytes);
        return inner_->write(bytes);
    }
    bool try_write(std::span<const std::byte> bytes) override {
        bool all = inner_->try_write(bytes);
        if (all) tell(bytes);
        return all;
    }
    void close() noexcept override { inner_->close(); }
    transport::arrival pending() const override { return inner_->pending(); }
    std::optional<transport::identity> peer() const override { return inner_->peer(); }
    std::string description() const override { return inner_->description(); }

private:
    void tell(std::span<const std::byte> bytes) {
        tell_(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }

    std::unique_ptr<byte_stream> inner_;
    overheard& tell_;
};

class tapping final : public transport::dialer {
public:
    tapping(std::unique_ptr<transport::dialer> inner, overheard tell)
        : inner_(std::move(inner)), tell_(std::move(tell)) {}

    asio::awaitable<result<std::unique_ptr<byte_stream>>> dial(
        const transport::endpoint& where) override {
        auto there = where;
        auto made = co_await inner_->dial(there);
        if (!made) co_return made;
        std::unique_ptr<byte_stream> heard = std::make_unique<tapped>(std::move(*made), tell_);
        co_return heard;
    }

private:
    std::unique_ptr<transport::dialer> inner_;
    overheard tell_;
};

}  // namespace

std::unique_ptr<transport::dialer> listen_in(std::unique_ptr<transport::dialer> on,
                                             overheard tell) {
    return std::make_unique<tapping>(std::move(on), std::move(tell));
}

}  // namespace ha::sim
