// SPDX-License-Identifier: MIT
#include "common/async/doorbell.hpp"

#include "common/async/within.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ha {

namespace asio = boost::asio;

namespace {

// Posted, never called in place: who rings goes on undisturbed.
template <class Waiter>
void wake(Waiter woken, boost::system::error_code why) {
    auto executor = woken.executor;
    auto resume = [resumed = std::move(woken.resume), why]() mutable { std::move(resumed)(why); };
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
    for (auto& [number, one] : all) wake(std::move(one), {});
}

asio::awaitable<void> doorbell::wait() {
    if (rung_) {
        rung_ = false;
        co_return;
    }
    // The erased handler takes over the coroutine's cancellation slot, so the slot to listen on is
    // its own.
    auto executor = co_await asio::this_coro::executor;
    auto enter = [this, &executor](auto resumed) {
        handler erased{std::move(resumed)};
        auto slot = asio::get_associated_cancellation_slot(erased);
        auto number = arrivals_++;
        waiters_->emplace(number, waiter{executor, std::move(erased)});
        // It may be called after the ring, and after the bell itself is gone.
        auto leave = [kept = std::weak_ptr(waiters_), number](asio::cancellation_type) {
            auto waiters = kept.lock();
            if (!waiters) return;
            auto found = waiters->extract(number);
            if (!found.empty()) wake(std::move(found.mapped()), asio::error::operation_aborted);
        };
        if (slot.is_connected()) slot.assign(leave);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code)>(
        enter, asio::use_awaitable);
}

asio::awaitable<bool> doorbell::wait_until(clock_source& clock, instant when) {
    auto limit = when - clock.now();
    if (limit <= duration::zero() && !rung_) co_return false;
    try {
        auto ringing = wait();
        co_await within(clock, limit, std::move(ringing));
    } catch (const boost::system::system_error& failure) {
        if (failure.code() != asio::error::timed_out) throw;
        co_return false;
    }
    co_return true;
}

}  // namespace ha
