// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

// Loops that must run as long as the process does. A program that goes on with one of its loops
// dead is worse than one that ends and is started again; so the end of a loop ends the process.

namespace ha {

// What to do when a loop ended: the daemon logs loop_ended and ends the process, a test notes it.
using loop_end = std::function<void(std::string_view name, std::string_view why)>;

// Starts the loop on the executor. When it ends, by return, by exception or by cancellation, on_end
// is called once, on that executor, with the loop's name and the reason in words.
void supervise(boost::asio::any_io_executor where,
               std::string name,
               boost::asio::awaitable<void> loop,
               loop_end on_end);

}  // namespace ha
