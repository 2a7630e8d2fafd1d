// SPDX-License-Identifier: MIT
#include "common/http/server.hpp"

#include "common/async/doorbell.hpp"
#include "common/http/session.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <list>

namespace ha::http {

namespace asio = boost::asio;

namespace {

// The sessions that are open. They share it, because they may outlive whoever serves when the whole
// executor is torn down.
struct house {
    std::list<asio::cancellation_signal> open;
    doorbell left;
};

constexpr auto after_trouble = std::chrono::milliseconds{100};

void report(const complaint& complain, std::exception_ptr why) {
    if (!why || !complain) return;
    try {
        std::rethrow_exception(why);
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == asio::error::operation_aborted) return;
        complain(error{errc::failed, failure.what()});
    } catch (const std::exception& failure) {
        complain(error{errc::failed, failure.what()});
    }
}

asio::awaitable<void> take_in(clock_source& clock,
                              transport::listener& listener,
                              std::shared_ptr<const service> what,
                              std::shared_ptr<house> inside) {
    auto executor = co_await asio::this_coro::executor;
    while (true) {
        auto caller = co_await listener.accept();
        if (!caller && caller.error().kind == errc::closed) co_return;
        if (!caller) {
            // Out of descriptors, or a caller that left at once: others may fare better.
            if (what->complain) what->complain(caller.error());
            co_await clock.sleep_for(after_trouble);
            continue;
        }
        bool full = inside->open.size() >= what->limits.connections_max;
        auto place = inside->open.emplace(inside->open.end());
        auto leave = [inside, place, what](std::exception_ptr why) {
            report(what->complain, why);
            inside->open.erase(place);
            inside->left.ring();
        };
        auto session = full ? refuse(clock, std::move(*caller), what)
                            : converse(clock, std::move(*caller), what);
        asio::co_spawn(executor,
                       std::move(session),
                       asio::bind_cancellation_slot(place->slot(), std::move(leave)));
    }
}

}  // namespace

asio::awaitable<void> serve(clock_source& clock,
                            transport::listener& listener,
                            handler answer,
                            server_limits limits,
                            complaint complain) {
    auto what =
        std::make_shared<const service>(service{std::move(answer), limits, std::move(complain)});
    auto inside = std::make_shared<house>();
    std::exception_ptr why;
    try {
        co_await take_in(clock, listener, what, inside);
    } catch (...) {
        why = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    for (auto place = inside->open.begin(); place != inside->open.end();) {
        auto& one = *place++;
        one.emit(asio::cancellation_type::terminal);
    }
    while (!inside->open.empty()) {
        co_await inside->left.wait();
    }
    if (why) std::rethrow_exception(why);
}

}  // namespace ha::http
