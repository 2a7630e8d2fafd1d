// SPDX-License-Identifier: MIT
#include "test/mssqlsim/server/acceptor.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ha::mssqlsim {

namespace asio = boost::asio;
using asio::ip::tcp;

struct acceptor::state {
    tcp::acceptor socket;
    taker take;

    static asio::awaitable<void> run(std::shared_ptr<state> self);
};

asio::awaitable<void> acceptor::state::run(std::shared_ptr<state> self) {
    boost::system::error_code trouble;
    while (self->socket.is_open()) {
        auto done = asio::redirect_error(asio::use_awaitable, trouble);
        auto taken = co_await self->socket.async_accept(done);
        if (!trouble && self->socket.is_open()) self->take(std::move(taken));
    }
}

result<acceptor> acceptor::open(asio::any_io_executor executor,
                                const std::string& address,
                                std::uint16_t port,
                                taker take) {
    auto where = address + ":" + std::to_string(port);
    boost::system::error_code trouble;
    auto parsed = asio::ip::make_address(address, trouble);
    if (trouble) return failure(errc::malformed, address + " is no IP address");
    tcp::endpoint endpoint(parsed, port);
    tcp::acceptor socket(executor);
    socket.open(endpoint.protocol(), trouble);
    if (!trouble) socket.set_option(tcp::acceptor::reuse_address(true), trouble);
    if (!trouble) socket.bind(endpoint, trouble);
    if (!trouble) socket.listen(tcp::acceptor::max_listen_connections, trouble);
    if (trouble) return failure(errc::failed, "listening on " + where + ": " + trouble.message());

    auto made = std::make_shared<state>(state{std::move(socket), std::move(take)});
    auto report = [](const std::exception_ptr& problem) {
        if (problem) std::rethrow_exception(problem);
    };
    asio::co_spawn(executor, state::run(made), report);
    return acceptor(std::move(made));
}

acceptor::~acceptor() {
    if (!state_) return;
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

acceptor& acceptor::operator=(acceptor&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

std::uint16_t acceptor::port() const {
    boost::system::error_code ignored;
    return state_->socket.local_endpoint(ignored).port();
}

}  // namespace ha::mssqlsim
