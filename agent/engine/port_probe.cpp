// SPDX-License-Identifier: MIT
#include "agent/engine/port_probe.hpp"

#include "common/async/within.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace ha::agent {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

asio::awaitable<void> knock(tcp::endpoint where) {
    auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    co_await socket.async_connect(where, asio::use_awaitable);
}

}  // namespace

asio::awaitable<std::optional<error>> port_trouble(clock_source& clock,
                                                   std::string address,
                                                   std::uint16_t port,
                                                   duration limit) {
    auto place = address + " port " + std::to_string(port);
    boost::system::error_code fault;
    auto literal = asio::ip::make_address(address, fault);
    if (fault) co_return error{errc::failed, "'" + address + "' is no IP address"};
    try {
        auto knocking = knock(tcp::endpoint{literal, port});
        co_await within(clock, limit, std::move(knocking));
        co_return std::nullopt;
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted) throw;
        fault = failure.code();
    }
    if (fault == asio::error::timed_out)
        co_return error{errc::timed_out, "nothing answers at " + place};
    if (fault == asio::error::connection_refused)
        co_return error{errc::unreachable,
                        "nothing listens at " + place + ": is the engine running, on this port?"};
    co_return error{errc::unreachable, "no connection to " + place + ": " + fault.message()};
}

}  // namespace ha::agent
