// SPDX-License-Identifier: MIT
#include "common/async/system_clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>

namespace ha {

namespace asio = boost::asio;

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

std::chrono::system_clock::time_point system_clock::wall_time() const {
    return std::chrono::system_clock::now();
}

}  // namespace ha
