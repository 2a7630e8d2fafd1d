// SPDX-License-Identifier: MIT
#include "common/async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace ha {

namespace asio = boost::asio;

namespace {

// Empty for an orderly end and for cancellation.
std::string words_of(const std::exception_ptr& failure) {
    if (!failure) return {};
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& what) {
        if (what.code() == asio::error::operation_aborted) return {};
        return what.what();
    } catch (const std::exception& what) {
        return what.what();
    }
}

}  // namespace

task_group::task_group(asio::any_io_executor where, failure_report on_failure)
    : where_(std::move(where)), on_failure_(std::move(on_failure)) {}

void task_group::spawn(std::string name, asio::awaitable<void> work) {
    if (cancelled_) return;
    auto place = tasks_.emplace(tasks_.end());
    place->name = std::move(name);
    auto finish = [this, place](const std::exception_ptr& failure) {
        auto why = words_of(failure);
        auto ended = place->name;
        tasks_.erase(place);
        if (!why.empty() && on_failure_) on_failure_(ended, why);
        ended_.ring();
    };
    asio::co_spawn(where_,
                   std::move(work),
                   asio::bind_cancellation_slot(place->stop.slot(), std::move(finish)));
}

void task_group::cancel() {
    cancelled_ = true;
    // Whoever ends at once takes himself off the list: the next place is known before that.
    for (auto place = tasks_.begin(); place != tasks_.end();) {
        auto& stop = place->stop;
        ++place;
        stop.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> task_group::idle() {
    while (!tasks_.empty()) co_await ended_.wait();
}

}  // namespace ha
