// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>

namespace ha {

namespace asio = boost::asio;

namespace {

// A timer that has run out already cannot be called back: its handler asks whether it still counts.
class timer_alarm final : public alarm {
public:
    timer_alarm(asio::any_io_executor where, duration span, std::function<void()> rung)
        : call_(std::make_shared<std::function<void()>>(std::move(rung))),
          timer_(std::move(where), std::chrono::steady_clock::now() + span) {
        timer_.async_wait([kept = std::weak_ptr(call_)](boost::system::error_code why) {
            auto call = kept.lock();
            if (call && !why) (*call)();
        });
    }

private:
    std::shared_ptr<std::function<void()>> call_;
    asio::steady_timer timer_;
};

}  // namespace

instant system_clock::now() const {
    std::timespec reading{};
    clock_gettime(CLOCK_BOOTTIME, &reading);
    return instant{std::chrono::seconds{reading.tv_sec} +
                   std::chrono::nanoseconds{reading.tv_nsec}};
}

asio::awaitable<void> system_clock::sleep_until(instant when) {
    // The timer below is monotonic and stands still while the machine sleeps; it can only ring
    // late, and who wakes late sees it in now().
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, std::chrono::steady_clock::now() + (when - now()));
    co_await timer.async_wait(asio::use_awaitable);
}

std::unique_ptr<alarm> system_clock::ring_at(asio::any_io_executor where,
                                             instant when,
                                             std::function<void()> rung) {
    return std::make_unique<timer_alarm>(std::move(where), when - now(), std::move(rung));
}

std::chrono::system_clock::time_point system_clock::wall_time() const {
    return std::chrono::system_clock::now();
}

}  // namespace ha
