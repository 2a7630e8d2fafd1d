// SPDX-License-Identifier: MIT
#include "common/transport/tcp.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace ha::transport {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int keep_alive_idle_s = 15;
constexpr int keep_alive_interval_s = 5;
constexpr int keep_alive_probes = 3;
constexpr unsigned unacknowledged_ms = 30'000;

// Asio's sockets go to every program that is started from here, and a port would stay taken as long
// as one of those lives.
void keep_from_children(int descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

void tune(tcp::socket& socket) {
    keep_from_children(socket.native_handle());
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    socket.set_option(asio::socket_base::keep_alive{true}, ignored);
    auto set = [&](int option, const auto& value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
    };
    set(TCP_KEEPIDLE, keep_alive_idle_s);
    set(TCP_KEEPINTVL, keep_alive_interval_s);
    set(TCP_KEEPCNT, keep_alive_probes);
    set(TCP_USER_TIMEOUT, unacknowledged_ms);
}

endpoint endpoint_of(const tcp::endpoint& one) {
    return {one.address().to_string(), one.port(), {}};
}

// The socket, shared with those who wait in it, because a stream may be destroyed under them.
struct wire {
    explicit wire(tcp::socket made) : socket(std::move(made)) {}
    tcp::socket socket;
    bool closed = false;
    std::string name;
};

// Cancellation is thrown on; a close by ourselves is an ordinary end of the wait.
tl::unexpected<error> broken(const wire& over, const error_code& why) {
    if (why == asio::error::operation_aborted && !over.closed) {
        throw boost::system::system_error{why};
    }
    auto words = over.closed ? std::string{"it was closed here"} : why.message();
    return failure(errc::closed, "the connection to " + over.name + " broke: " + words);
}

class tcp_stream final : public byte_stream {
public:
    explicit tcp_stream(std::shared_ptr<wire> over) : wire_(std::move(over)) {}
    ~tcp_stream() override { close(); }

    asio::awaitable<result<std::size_t>> read_some(std::span<std::byte> into) override {
        return read(wire_, into);
    }

    asio::awaitable<result<std::size_t>> write(std::span<const std::byte> bytes) override {
        return write(wire_, bytes);
    }

    void close() noexcept override {
        wire_->closed = true;
        error_code ignored;
        wire_->socket.close(ignored);
    }

    arrival pending() const override {
        if (wire_->closed) return arrival::end;
        pollfd look{wire_->socket.native_handle(), POLLIN | POLLRDHUP, 0};
        if (::poll(&look, 1, 0) <= 0) return arrival::nothing;
        bool ended = (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
        return ended ? arrival::end : arrival::bytes;
    }

    std::optional<identity> peer() const override { return {}; }
    std::string description() const override { return wire_->name; }

private:
    static asio::awaitable<result<std::size_t>> read(std::shared_ptr<wire> over,
                                                     std::span<std::byte> into) {
        error_code why;
        auto buffer = asio::buffer(into.data(), into.size());
        auto token = asio::redirect_error(asio::use_awaitable, why);
        auto count = co_await over->socket.async_read_some(buffer, token);
        if (why == asio::error::eof) co_return std::size_t{0};
        if (why) co_return broken(*over, why);
        co_return count;
    }

    static asio::awaitable<result<std::size_t>> write(std::shared_ptr<wire> over,
                                                      std::span<const std::byte> bytes) {
        error_code why;
        auto buffer = asio::buffer(bytes.data(), bytes.size());
        auto token = asio::redirect_error(asio::use_awaitable, why);
        auto count = co_await asio::async_write(over->socket, buffer, token);
        if (why) co_return broken(*over, why);
        co_return count;
    }

    std::shared_ptr<wire> wire_;
};

std::unique_ptr<byte_stream> make_stream(std::shared_ptr<wire> over, const tcp::endpoint& other) {
    tune(over->socket);
    over->name = words(endpoint_of(other));
    return std::make_unique<tcp_stream>(std::move(over));
}

result<tcp::endpoint> address_of(const endpoint& where) {
    error_code why;
    auto address = asio::ip::make_address(where.host, why);
    if (!why) return tcp::endpoint{address, where.port};
    return failure(errc::failed,
                   "'" + where.host + "' is no IP address, and names are not resolved");
}

class tcp_dialer final : public dialer {
public:
    asio::awaitable<result<std::unique_ptr<byte_stream>>> dial(const endpoint& where) override {
        return connect(where);
    }

private:
    static asio::awaitable<result<std::unique_ptr<byte_stream>>> connect(endpoint where) {
        auto to = address_of(where);
        if (!to) co_return tl::unexpected(to.error());
        auto executor = co_await asio::this_coro::executor;
        auto made = std::make_shared<wire>(tcp::socket{executor});
        error_code why;
        auto token = asio::redirect_error(asio::use_awaitable, why);
        co_await made->socket.async_connect(*to, token);
        if (why == asio::error::operation_aborted) throw boost::system::system_error{why};
        if (why) {
            auto text = "no connection to " + words(where) + ": " + why.message();
            co_return failure(errc::unreachable, std::move(text));
        }
        co_return make_stream(std::move(made), *to);
    }
};

struct gate {
    explicit gate(asio::any_io_executor executor) : acceptor(executor) {}
    tcp::acceptor acceptor;
    bool closed = false;
};

class tcp_listener final : public listener {
public:
    explicit tcp_listener(std::shared_ptr<gate> at) : gate_(std::move(at)) {
        port_ = gate_->acceptor.local_endpoint().port();
    }
    ~tcp_listener() override { close(); }

    asio::awaitable<result<std::unique_ptr<byte_stream>>> accept() override { return next(gate_); }

    std::uint16_t port() const override { return port_; }

    void close() noexcept override {
        gate_->closed = true;
        error_code ignored;
        gate_->acceptor.close(ignored);
    }

private:
    static asio::awaitable<result<std::unique_ptr<byte_stream>>> next(std::shared_ptr<gate> at) {
        auto made = std::make_shared<wire>(tcp::socket{at->acceptor.get_executor()});
        tcp::endpoint other;
        error_code why;
        auto token = asio::redirect_error(asio::use_awaitable, why);
        co_await at->acceptor.async_accept(made->socket, other, token);
        if (at->closed) co_return failure(errc::closed, "the listener is closed");
        if (why == asio::error::operation_aborted) throw boost::system::system_error{why};
        if (why) co_return failure(errc::failed, "cannot accept a connection: " + why.message());
        co_return make_stream(std::move(made), other);
    }

    std::shared_ptr<gate> gate_;
    std::uint16_t port_ = 0;
};

error_code open(tcp::acceptor& acceptor, const tcp::endpoint& at) {
    error_code why;
    acceptor.open(at.protocol(), why);
    if (!why) keep_from_children(acceptor.native_handle());
    if (!why) acceptor.set_option(asio::socket_base::reuse_address{true}, why);
    if (!why) acceptor.bind(at, why);
    if (!why) acceptor.listen(asio::socket_base::max_listen_connections, why);
    return why;
}

}  // namespace

std::string words(const endpoint& where) {
    bool is_v6 = where.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

std::unique_ptr<dialer> make_tcp_dialer() {
    return std::make_unique<tcp_dialer>();
}

result<std::unique_ptr<listener>> listen_tcp(asio::any_io_executor executor,
                                             const endpoint& where) {
    auto at = address_of(where);
    if (!at) return tl::unexpected(at.error());
    auto made = std::make_shared<gate>(std::move(executor));
    if (auto why = open(made->acceptor, *at)) {
        return failure(errc::failed, "cannot listen at " + words(where) + ": " + why.message());
    }
    return std::make_unique<tcp_listener>(std::move(made));
}

}  // namespace ha::transport
