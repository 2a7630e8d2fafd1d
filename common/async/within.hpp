// SPDX-License-Identifier: MIT
#pragma once

#include "common/async/clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace ha {

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
    auto executor = co_await asio::this_coro::executor;
    auto race = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred),
        asio::co_spawn(executor, clock.sleep_for(limit), asio::deferred));
    auto outcome =
        co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);

    constexpr auto last = std::tuple_size_v<decltype(outcome)> - 1;
    bool clock_won = std::get<0>(outcome)[0] == 1 && !std::get<last>(outcome);
    if (clock_won) throw boost::system::system_error{asio::error::timed_out};
    if (std::get<1>(outcome)) std::rethrow_exception(std::get<1>(outcome));
    if constexpr (!std::is_void_v<T>) co_return std::move(std::get<2>(outcome));
}

}  // namespace ha
