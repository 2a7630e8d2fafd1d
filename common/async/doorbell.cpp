// SPDX-License-Identifier: MIT
#include "common/async/doorbell.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace ha {

namespace asio = boost::asio;

namespace {

// Posted, never called in place: who rings goes on undisturbed.
template <class Waiter>
void wake(Waiter woken, boost::system::error_code why, bool rung) {
    auto executor = woken.executor;
    auto resume = [resumed = std::move(woken.resume), why, rung]() mutable {
        std::move(resumed)(why, rung);
    };
    asio::post(executor, std::move(resume));
}

}  // namespace

void doorbell::ring() {
    if (waiters_->empty()) {
        rung_ = true;
        return;
    }
    auto all = std::move(*waiters_);
    waiters_->clear();
    for (auto& [number, one] : all) wake(std::move(one), {}, true);
}

asio::awaitable<void> doorbell::wait() {
    if (std::exchange(rung_, false)) co_return;
    instant never;
    co_await enter(nullptr, never);
}

asio::awaitable<bool> doorbell::wait_until(clock_source& clock, instant when) {
    if (std::exchange(rung_, false)) co_return true;
    if (when <= clock.now()) co_return false;
    co_return co_await enter(&clock, when);
}

asio::awaitable<bool> doorbell::enter(clock_source* clock, instant when) {
    auto executor = co_await asio::this_coro::executor;
    auto number = arrivals_++;
    // Each may be called after the ring, and after the bell itself is gone.
    auto leave = [kept = std::weak_ptr(waiters_), number](boost::system::error_code why) {
        auto waiters = kept.lock();
        if (!waiters) return;
        auto found = waiters->extract(number);
        if (!found.empty()) wake(std::move(found.mapped()), why, false);
    };
    auto begin = [&](auto resumed) {
        // The erased handler takes over the coroutine's cancellation slot, so the slot to listen on
        // is its own.
        handler erased{std::move(resumed)};
        auto slot = asio::get_associated_cancellation_slot(erased);
        waiter arrived{executor, std::move(erased), nullptr};
        auto& added = waiters_->emplace(number, std::move(arrived)).first->second;
        if (clock) added.limit = clock->ring_at(executor, when, [leave] { leave({}); });
        auto cancelled = [leave](asio::cancellation_type) {
            leave(asio::error::operation_aborted);
        };
        if (slot.is_connected()) slot.assign(cancelled);
    };
    using signature = void(boost::system::error_code, bool);
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, signature>(
        begin, asio::use_awaitable);
}

}  // namespace ha
