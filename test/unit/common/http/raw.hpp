// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/memory_network.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <string>

// Bytes said to a server or client of ours by one who keeps to no rule.

namespace ha::test {

inline boost::asio::awaitable<bool> say(transport::byte_stream& to, std::string text) {
    auto bytes = std::as_bytes(std::span(text));
    auto done = co_await to.write(bytes);
    co_return done.has_value();
}

// One byte, a pause, one byte ...
inline boost::asio::awaitable<void> drip(transport::byte_stream& to,
                                         std::string text,
                                         clock_source& clock,
                                         duration pause) {
    for (char each : text) {
        auto more = co_await say(to, std::string(1, each));
        if (!more) co_return;
        co_await clock.sleep_for(pause);
    }
}

// What comes in one read; empty at the end.
inline boost::asio::awaitable<std::string> hear(transport::byte_stream& from) {
    std::string text(1 << 20, ' ');
    auto into = std::as_writable_bytes(std::span(text));
    auto count = co_await from.read_some(into);
    co_return text.substr(0, count.value_or(0));
}

struct raw_stage {
    boost::asio::io_context io{1};
    sim_clock clock{io};
    transport::memory_network net{clock};

    void go(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), boost::asio::detached);
        clock.settle();
    }

    void run() {
        while (clock.advance()) {}
    }
};

}  // namespace ha::test
