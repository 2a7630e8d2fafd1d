// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace ha {

// The signature of a coroutine's end: an exception, and what it returned if it returns anything.
template <class T>
struct completion_of {
    using type = void(std::exception_ptr, T);
};
template <>
struct completion_of<void> {
    using type = void(std::exception_ptr);
};

// Awaits `work`, but no longer than `limit`; late work is cancelled and reported as timed_out.
//
// Asio's own `work || timer` is not used because it waits for the first SUCCESS: work that fails at
// once would sit until the timer rang and then be reported as a timeout. Here the first to complete
// wins, however it completes. Work must hear cancellation; see blocking.hpp for work that cannot.
template <class T>
boost::asio::awaitable<T> within(clock_source& clock,
                                 duration limit,
                                 boost::asio::awaitable<T> work) {
    namespace asio = boost::asio;
    struct race {
        asio::cancellation_signal stop;
        bool late = false;
    };
    auto executor = co_await asio::this_coro::executor;
    auto run = std::make_shared<race>();
    auto give_up = [run] {
        run->late = true;
        run->stop.emit(asio::cancellation_type::all);
    };
    auto limiting = clock.ring_at(executor, clock.now() + limit, std::move(give_up));
    auto begin = [&](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto pass_on = [run](asio::cancellation_type how) { run->stop.emit(how); };
        if (slot.is_connected()) slot.assign(std::move(pass_on));
        auto ended = [run, ended = std::move(handler)](std::exception_ptr thrown,
                                                       auto... value) mutable {
            if (run->late)
                thrown =
                    std::make_exception_ptr(boost::system::system_error(asio::error::timed_out));
            std::move(ended)(thrown, std::move(value)...);
        };
        asio::co_spawn(executor,
                       std::move(work),
                       asio::bind_cancellation_slot(run->stop.slot(), std::move(ended)));
    };
    using signature = typename completion_of<T>::type;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, signature>(
        begin, asio::use_awaitable);
}

}  // namespace ha
