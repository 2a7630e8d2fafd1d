// SPDX-License-Identifier: MIT
#include "common/async/supervise.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace ha {

namespace {

std::string reason(const std::exception_ptr& thrown) {
    if (!thrown) return "it returned";
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
        return failure.what();
    } catch (...) {
        return "an exception that says nothing of itself";
    }
}

}  // namespace

void supervise(boost::asio::any_io_executor where,
               std::string name,
               boost::asio::awaitable<void> loop,
               loop_end on_end) {
    auto ended = [name = std::move(name), on_end = std::move(on_end)](std::exception_ptr thrown) {
        on_end(name, reason(thrown));
    };
    boost::asio::co_spawn(where, std::move(loop), std::move(ended));
}

}  // namespace ha
