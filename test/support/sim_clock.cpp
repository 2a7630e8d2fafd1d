// SPDX-License-Identifier: MIT
#include "test/support/sim_clock.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace ha::test {

namespace asio = boost::asio;

asio::awaitable<void> sim_clock::sleep_until(instant when) {
    // The erased handler takes over the coroutine's cancellation slot, so the slot to listen on is
    // its own.
    auto enter = [this, when](auto waiter) {
        key place{when, arrivals_++};
        handler erased{std::move(waiter)};
        auto slot = asio::get_associated_cancellation_slot(erased);
        auto leave = [this, place](asio::cancellation_type) {
            wake(place, asio::error::operation_aborted);
        };
        if (slot.is_connected()) slot.assign(leave);
        sleepers_->emplace(place, std::move(erased));
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(boost::system::error_code)>(
        enter, asio::use_awaitable);
}

class sim_clock::set_alarm final : public alarm {
public:
    using call = std::shared_ptr<std::function<void()>>;
    set_alarm(const std::shared_ptr<sleeper_map>& all, key place, call made)
        : all_(all), place_(place), call_(std::move(made)) {}

    // It may be under way already: then the call finds itself gone.
    ~set_alarm() override {
        if (auto all = all_.lock()) all->erase(place_);
    }

private:
    std::weak_ptr<sleeper_map> all_;
    key place_;
    call call_;
};

std::unique_ptr<alarm> sim_clock::ring_at(asio::any_io_executor,
                                          instant when,
                                          std::function<void()> rung) {
    key place{when, arrivals_++};
    auto call = std::make_shared<std::function<void()>>(std::move(rung));
    auto due = [kept = std::weak_ptr(call)](boost::system::error_code) {
        if (auto made = kept.lock()) (*made)();
    };
    sleepers_->emplace(place, handler{std::move(due)});
    return std::make_unique<set_alarm>(sleepers_, place, std::move(call));
}

void sim_clock::at(instant when, std::function<void()> what) {
    auto call = [what = std::move(what)](boost::system::error_code) { what(); };
    sleepers_->emplace(key{when, arrivals_++}, handler{std::move(call)});
}

std::chrono::system_clock::time_point sim_clock::wall_time() const {
    constexpr auto day = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
    return day + std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch());
}

void sim_clock::settle() {
    while (io_.poll() != 0) {}
    io_.restart();
}

bool sim_clock::advance() {
    return advance_to(instant::max());
}

bool sim_clock::advance_to(instant limit) {
    settle();
    if (sleepers_->empty() || sleepers_->begin()->first.first > limit) {
        if (limit != instant::max()) now_ = std::max(now_, limit);
        return false;
    }
    auto first = sleepers_->begin()->first;
    now_ = std::max(now_, first.first);
    wake(first, {});
    settle();
    return true;
}

void sim_clock::wake(key sleeper, boost::system::error_code why) {
    auto found = sleepers_->extract(sleeper);
    if (found.empty()) return;
    auto resume = [waiter = std::move(found.mapped()), why]() mutable { std::move(waiter)(why); };
    asio::post(io_, std::move(resume));
}

}  // namespace ha::test
