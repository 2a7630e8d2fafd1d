// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/channel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace ha::mssqlsim {

namespace asio = boost::asio;

namespace {

// A client that lets this much of its answers lie is not reading them.
constexpr std::size_t queue_max = std::size_t{256} << 20;

}  // namespace

std::shared_ptr<channel> channel::make(asio::ip::tcp::socket socket) {
    boost::system::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    return std::shared_ptr<channel>(new channel(std::move(socket)));
}

void channel::start(events tell) {
    tell_ = std::move(tell);
    auto executor = socket_.get_executor();
    // Exceptions end the process: nothing in these two loops may throw.
    auto report = [](const std::exception_ptr& trouble) {
        if (trouble) std::rethrow_exception(trouble);
    };
    asio::co_spawn(executor, read(shared_from_this()), report);
    asio::co_spawn(executor, send(shared_from_this()), report);
}

asio::awaitable<void> channel::read(std::shared_ptr<channel> self) {
    std::array<char, 16 * 1024> block{};
    boost::system::error_code trouble;
    while (!self->closed_ && !self->finishing_) {
        auto into = asio::buffer(block);
        auto done = asio::redirect_error(asio::use_awaitable, trouble);
        auto size = co_await self->socket_.async_read_some(into, done);
        if (trouble) break;
        if (!self->closed_ && !self->finishing_)
            self->tell_.received(std::string_view(block.data(), size));
    }
    if (trouble) self->end(trouble.message());
    self->tell_ = {};  // whoever listens holds us, and we him: this lets both go
}

asio::awaitable<void> channel::send(std::shared_ptr<channel> self) {
    boost::system::error_code trouble;
    while (!self->closed_) {
        if (self->queued_.empty()) {
            if (self->finishing_) break;
            co_await self->changed_.wait();
            continue;
        }
        auto block = std::exchange(self->queued_, {});
        auto from = asio::buffer(block);
        auto done = asio::redirect_error(asio::use_awaitable, trouble);
        co_await asio::async_write(self->socket_, from, done);
        if (trouble) {
            self->end(trouble.message());
            co_return;
        }
    }
    self->close();
}

void channel::write(std::string bytes) {
    if (closed_ || finishing_ || bytes.empty()) return;
    queued_ += bytes;
    if (queued_.size() > queue_max) return end("the other side does not read");
    changed_.ring();
}

void channel::finish() {
    finishing_ = true;
    changed_.ring();
}

void channel::close() {
    if (std::exchange(closed_, true)) return;
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    changed_.ring();
}

void channel::end(const std::string& why) {
    if (closed_) return;
    close();
    auto tell = std::exchange(tell_.ended, {});
    if (tell) tell(why);
}

std::string channel::remote() const {
    boost::system::error_code trouble;
    auto where = socket_.remote_endpoint(trouble);
    return trouble ? "gone" : where.address().to_string();
}

asio::ip::tcp::endpoint channel::remote_end() const {
    boost::system::error_code trouble;
    return socket_.remote_endpoint(trouble);
}

asio::ip::tcp::endpoint channel::local_end() const {
    boost::system::error_code trouble;
    return socket_.local_endpoint(trouble);
}

}  // namespace ha::mssqlsim
