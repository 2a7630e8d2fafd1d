// SPDX-License-Identifier: MIT
#include "common/async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <vector>

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
    auto number = arrivals_++;
    auto& added = tasks_[number];
    added.name = std::move(name);
    auto finish = [this, number](const std::exception_ptr& failure) {
        auto why = words_of(failure);
        auto ended = tasks_.extract(number);
        if (!why.empty() && on_failure_) on_failure_(ended.mapped().name, why);
        ended_.ring();
    };
    asio::co_spawn(where_,
                   std::move(work),
                   asio::bind_cancellation_slot(added.stop.slot(), std::move(finish)));
}

// Asio passes a cancellation on through the executor; from outside of it the signal would arrive
// after a task that has ended meanwhile.
void task_group::cancel() {
    cancelled_ = true;
    auto all = [this] { emit_all(); };
    asio::dispatch(where_, all);
}

// One task's end may end others: each is looked up when its turn comes.
void task_group::emit_all() {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, one] : tasks_) numbers.push_back(number);
    for (auto number : numbers) {
        auto found = tasks_.find(number);
        if (found != tasks_.end()) found->second.stop.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> task_group::idle() {
    while (!tasks_.empty()) co_await ended_.wait();
}

}  // namespace ha
