// SPDX-License-Identifier: MIT
#pragma once

#include "common/transport/stream.hpp"
#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <string>
#include <vector>

// Reads, writes, calls and is called, and keeps what came of it.

namespace ha::test {

struct talk_stage {
    boost::asio::io_context io{1};
    sim_clock clock{io};
    std::unique_ptr<transport::byte_stream> near;
    std::unique_ptr<transport::byte_stream> far;
    std::vector<std::string> diary;

    void note(const std::string& what) { diary.push_back(what); }

    boost::asio::awaitable<void> call(transport::dialer& from, transport::endpoint to) {
        auto made = co_await from.dial(to);
        if (made) near = std::move(*made);
        note(made ? "connected" : made.error().message);
    }

    boost::asio::awaitable<void> receive(transport::listener& at) {
        auto made = co_await at.accept();
        if (made) far = std::move(*made);
        if (!made) note(made.error().message);
    }

    boost::asio::awaitable<void> read(transport::byte_stream& from, std::size_t most = 100) {
        std::string text(most, ' ');
        auto into = std::as_writable_bytes(std::span(text));
        auto count = co_await from.read_some(into);
        if (!count) note("far: " + count.error().message);
        if (count && *count == 0) note("end");
        if (count && *count > 0) note("read " + text.substr(0, *count));
    }

    boost::asio::awaitable<void> receive_and_read(transport::listener& at) {
        co_await receive(at);
        if (far) co_await read(*far);
    }

    boost::asio::awaitable<void> write(transport::byte_stream& to, std::string text) {
        auto bytes = std::as_bytes(std::span(text));
        auto done = co_await to.write(bytes);
        if (!done) note(done.error().message);
    }

    void go(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), boost::asio::detached);
        clock.settle();
    }
};

using lines = std::vector<std::string>;

}  // namespace ha::test
