// SPDX-License-Identifier: MIT
#include "common/async/doorbell.hpp"

#include "test/support/catch.hpp"
#include "test/support/sim_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace ha;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

struct stage {
    asio::io_context io{1};
    test::sim_clock clock{io};
    doorbell bell;
    int woken = 0;
    int late = 0;

    asio::awaitable<void> wait_for(duration limit) {
        auto rang = co_await bell.wait_until(clock, clock.now() + limit);
        (rang ? woken : late)++;
    }
};

}  // namespace

TEST_CASE("a ring wakes everyone who waits") {
    stage set;
    asio::co_spawn(set.io, set.wait_for(1s), asio::detached);
    asio::co_spawn(set.io, set.wait_for(1s), asio::detached);
    set.clock.settle();
    set.bell.ring();
    set.clock.settle();
    REQUIRE(set.woken == 2);
    REQUIRE(set.late == 0);
}

TEST_CASE("a ring that nobody heard is kept, once") {
    stage set;
    set.bell.ring();
    set.bell.ring();
    asio::co_spawn(set.io, set.wait_for(1s), asio::detached);
    set.clock.settle();
    REQUIRE(set.woken == 1);
    asio::co_spawn(set.io, set.wait_for(1s), asio::detached);
    while (set.clock.advance()) {}
    REQUIRE(set.late == 1);
}

TEST_CASE("a wait ends at its time, and its place is free again") {
    stage set;
    asio::co_spawn(set.io, set.wait_for(1s), asio::detached);
    auto start = set.clock.now();
    while (set.clock.advance()) {}
    REQUIRE(set.late == 1);
    REQUIRE(set.clock.now() == start + 1s);
    set.bell.ring();  // nobody waits: this must not touch the one who left
    set.clock.settle();
    REQUIRE(set.woken == 0);
}

TEST_CASE("who was woken and is cancelled before it runs has left its place already") {
    stage set;
    asio::cancellation_signal stop;
    bool ended = false;
    asio::co_spawn(
        set.io,
        set.wait_for(1s),
        asio::bind_cancellation_slot(stop.slot(), [&ended](std::exception_ptr) { ended = true; }));
    set.clock.settle();
    set.bell.ring();
    stop.emit(asio::cancellation_type::terminal);
    set.clock.settle();
    REQUIRE(ended);
    set.bell.ring();
    set.clock.settle();
}
